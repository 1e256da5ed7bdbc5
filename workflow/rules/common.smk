"""What all rules share: the checked configuration, wildcard domains, a job's parameters."""

import re
import sys
from functools import cache

from folkprobe.figures.lesion_tables import describe_cuts
from folkprobe.refusal import Refusal
from snakemake.exceptions import WorkflowError
from snakemake.io import flag
from snakemake.logging import logger
from snakemake.path_modifier import PATH_MODIFIER_FLAG
from study.comparison import OVERLAYS_KEY
from study.config import refuse_repeated_keys
from study.jobs import configuration, study_outputs
from study.counting import (
    interchange_block,
    layer_groups,
    phase_block,
    regression_block,
)
from study.lesions import (
    describe_lesion_study,
    lesion_batch_block,
    lesion_batches,
    lesion_conditions,
    lesion_sets,
    shown_lesions,
)
from study.cluster.costs import mem_mb, runtime_minutes
from study.checks import check_config, complete_config, with_defaults
from study.conditions import (
    GENERATED,
    INTACT,
    MANIPULATIONS,
    caption_paths,
    conditions,
    declare_files,
    excision_block,
    generation_block,
    given_files,
    in_words,
    interventions,
    job_params,
    lesions,
    network_of,
    replay_block,
    seed_range_block,
    what_tunes_depend_on,
)
from study.figure import drawn
from study.figure_blocks import REPLAYS, cuts
from study.figures import FIGURES, TABLES_OF_BARS, figures, left_out
from study.network import by_layer, has_bars, has_claims, layers
from study.places import code_file, refuse_read_only_folder
from study.sections import sections

# Of a study beside others: its configuration is not the files of the command line.
OVERLAYS = config.pop(OVERLAYS_KEY, None)
config = with_defaults(config)
complete_config(config)
try:
    # Whoever only asks for the rules writes nothing.
    if workflow.is_main_process:
        refuse_read_only_folder()
    # In a module they are those of another workflow.
    if not workflow.modifier.skip_configfile:
        refuse_repeated_keys(workflow.configfiles)
    check_config(config)
except Refusal as refusal:
    raise WorkflowError(str(refusal)) from None

# Jobs on a cluster read this file again. workflow/run.py estimates the run's time from the configuration, and
# workflow/plan.py compares what the rules ask for with what jobs recorded.
if workflow.is_main_process:
    logger.info(
        describe_lesion_study(config), extra={"config": config, "workflow": workflow}
    )
    if left_out(config):
        logger.info(left_out(config))

# Snakemake gives the interpreter's path to a shell unquoted (its issue 2645), which a folder with a space breaks. Escaped
# and not quoted, since Snakemake also cuts off the file's name and the Slurm plugin puts all in double quotes; and once,
# since a workflow may use this one twice.
sys.executable = re.sub(r"(?<!\\)([^\w@%+=:,./\\-])", r"\\\1", sys.executable)


# Each pass of Snakemake's scheduler (9.27) that leaves a job waiting plans another a second later, in case the limit of
# jobs a second held it back. On few cores something always waits, so these passes add up, one a finished job. A cluster
# needs the limit.
onstart:
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None


def own_rules():
    """Those of this workflow, and of this use of it, where another one uses it as a module."""
    return [rule for rule in workflow.rules if rule.module_globals is globals()]


# Snakemake asks for inputs several times a job, and always after it has parsed all rules.
@cache
def outputs_of_all():
    # The rules of a module have its prefix in their paths already.
    found = study_outputs(own_rules(), rules.all.input)
    return {kind: flag(paths, PATH_MODIFIER_FLAG) for kind, paths in found.items()}


CONDITIONS = conditions(config)
INTERVENTIONS = interventions(config)
HAS_CLAIMS, HAS_BARS = has_claims(config), has_bars(config)
SUFFIXES = ["svg", "pdf", "png"]


wildcard_constraints:
    model=config["model"],
    condition="|".join(
        [*CONDITIONS, *(each["condition"] for each in INTERVENTIONS), *GENERATED]
    ),
    replay="|".join([*CONDITIONS, *MANIPULATIONS, *GENERATED]),
    lesion="|".join(lesions(config)) or "(?!)",
    layer="|".join(map(str, layers(config))),
    shard=r"\d+",
    batch=r"\d+",
