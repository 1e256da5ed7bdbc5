"""What all rules share: the checked configuration, wildcard domains, a job's parameters."""

import shlex
import sys

from folkprobe.refusal import Refusal
from snakemake.exceptions import WorkflowError
from workflow.study import INTACT, check_config, conditions, is_url, job_params

try:
    check_config(config)
except Refusal as refusal:
    raise WorkflowError(str(refusal)) from None

# Snakemake gives the interpreter's path to a shell unquoted (its issue 2645), which a folder with a space breaks.
sys.executable = shlex.quote(sys.executable)

CONDITIONS = conditions(config)
LAYERS = [1, 2, 3]
# Tunes that the intact network reads with their bar tokens changed.
MANIPULATIONS = ["bars_deleted", "bars_jittered"]
SUFFIXES = ["svg", "pdf", "png"]


wildcard_constraints:
    model=config["model"],
    condition="|".join(CONDITIONS),
    replay="|".join([*CONDITIONS, *MANIPULATIONS]),
    lesion="|".join(config["lesions"]) or "(?!)",
    layer="|".join(map(str, LAYERS)),
