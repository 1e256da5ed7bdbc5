"""What all rules share: the checked configuration, wildcard domains, a job's parameters."""

import shlex
import sys

from folkprobe.refusal import Refusal
from snakemake.exceptions import WorkflowError
from workflow.study import (
    INTACT,
    MANIPULATIONS,
    check_config,
    conditions,
    generation_block,
    interventions,
    is_url,
    job_params,
    network_of,
    shown_with_verdicts,
)

try:
    check_config(config)
except Refusal as refusal:
    raise WorkflowError(str(refusal)) from None

# Snakemake gives the interpreter's path to a shell unquoted (its issue 2645), which a folder with a space breaks.
sys.executable = shlex.quote(sys.executable)

CONDITIONS = conditions(config)
INTERVENTIONS = interventions(config)
LAYERS = [1, 2, 3]
SUFFIXES = ["svg", "pdf", "png"]


wildcard_constraints:
    model=config["model"],
    condition="|".join([*CONDITIONS, *(each["condition"] for each in INTERVENTIONS)]),
    replay="|".join([*CONDITIONS, *MANIPULATIONS]),
    lesion="|".join(config["lesions"]) or "(?!)",
    layer="|".join(map(str, LAYERS)),
    shard=r"\d+",
