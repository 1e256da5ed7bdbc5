# The training side-branch, on its own: nothing of the study depends on it. `make demo-model` runs it.
import sys
from pathlib import Path

import yaml
from snakemake.utils import min_version, validate

min_version("9.27")

# Snakemake looks for modules beside the Snakefile; folkprobe/ is one folder up.
sys.path.insert(0, str(Path(workflow.basedir).parent))

from study.conditions import declare_files, job_params
from study.places import ROOT, code_file, given_file
from study.values import read_values


configfile: given_file("config/training.yaml")


with (ROOT / "workflow/schemas/training.schema.yaml").open(encoding="utf-8") as schema:
    read_values(config, yaml.safe_load(schema))
validate(config, "schemas/training.schema.yaml", set_default=False)


wildcard_constraints:
    network="|".join(config["models"]),


include: "rules/training.smk"


rule all:
    default_target: True
    input:
        expand("results/training/{network}.pkl", network=config["models"]),
        "results/training/tunes.csv",


declare_files(workflow.rules)
