"""Draw one figure of a study in all its formats: `make figure NAME=unit_overlay_1_5` runs this program.

    python -m workflow.figure NAME ARGUMENTS OF SNAKEMAKE

The arguments say of which study, as `--configfile config/smoke.yaml`.
"""

import re
import sys
from difflib import get_close_matches
from functools import reduce
from pathlib import Path

import yaml
from snakemake.cli import parse_config

from folkprobe.provenance.ledger import COMPARISONS
from folkprobe.refusal import Refusal
from study.checks import merge_configs
from study.cluster.preflight import read_arguments
from study.comparison import QUESTIONS
from study.config import read_nodes
from study.figures import FIGURES
from study.jobs import FIGURE_SUFFIXES
from study.places import DEFAULT_CONFIG, given_file
from workflow import run


def figure_files(name: str, arguments: list[str]) -> list[str]:
    """Return the files of a figure, of the study that arguments of Snakemake name; a Refusal if there is none."""
    given = read_arguments(arguments)
    paths = [given_file(DEFAULT_CONFIG), *(given.configfile or [])]
    for path in paths:
        # Refuses what cannot be read.
        read_nodes(path)
    overlays = [yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {} for path in paths]
    config = reduce(merge_configs, [*overlays, parse_config(given.config)], {})
    compared = config.get("compare")
    names = list(QUESTIONS) if compared else [figure.path for figure in FIGURES]
    if not any(re.fullmatch(re.sub(r"\\\{\w+\\\}", ".+", re.escape(each)), name) for each in names):
        like = get_close_matches(name, names, n=1)
        hint = f"; did you mean {like[0]}?" if like else ""
        raise Refusal(f"NAME={name}: no figure has this name, docs/figures.md lists them{hint}")
    home = f"results/{COMPARISONS}/{compared['name']}" if compared else f"results/{config['model']}"
    return [f"{home}/figures/{name}{suffix}" for suffix in FIGURE_SUFFIXES]


def main() -> None:
    """Draw the figure that the first argument names."""
    name, *arguments = sys.argv[1:]
    try:
        files = figure_files(name, arguments)
    except Refusal as refusal:
        sys.exit(str(refusal))
    print(*files, sep="\n")
    sys.argv[1:] = [*files, *arguments]
    run.run("progress", run, ["--show-failed-logs"])


if __name__ == "__main__":
    main()
