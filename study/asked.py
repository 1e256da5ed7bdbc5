"""What today's rules request of a job, under the configuration of an earlier day."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import yaml

from folkprobe.limits import RULES_CPU_SECONDS, ask_program
from folkprobe.refusal import Refusal
from study.config import read_nodes


class Asked(NamedTuple):
    """What a rule requests of one job.

    Attributes
    ----------
    job : dict
        The params value: `config`, `library`, `packages`.
    script : str
        Path below the project's root.
    inputs, outputs : list of (str or None, str)
        Names and paths; the record is not among the outputs.
    temporary : set of str
        Outputs that Snakemake deletes once they have been read.
    """

    job: dict
    script: str
    inputs: list[tuple[str | None, str]]
    outputs: list[tuple[str | None, str]]
    temporary: set[str]


def ask_rules(
    configuration: dict, jobs: Iterable[tuple[str, dict]], root: Path
) -> Callable[[str, dict[str, str]], Asked]:
    """Report, as Snakemake evaluates the rules of a project, what they request of jobs.

    Parameters
    ----------
    configuration : dict
        `files`, paths below `root`, the default configuration first; `overrides`, from the command line.
    jobs : iterable of (str, dict)
        Rules and the values of their wildcards.
    root : Path
        The project's root.

    Returns
    -------
    callable
        From one of these jobs to what is requested of it; KeyError if the rules define no such job. Its attribute
        `files` lists the configurations that are read today.

    Raises
    ------
    Refusal
        If a configuration is missing or cannot be read, or the rules cannot be parsed under it.
    """
    files = configuration["files"]
    for file in files:
        _require_readable(root / file, file)
    jobs = list(jobs)
    # Snakemake reads the default configuration itself.
    request = {"files": files[1:], "overrides": configuration["overrides"], "jobs": jobs}
    # A separate process: rules are parsed relative to the project, and the audit itself needs no Snakemake.
    try:
        found = ask_program(["workflow/ask.py"], request, root, RULES_CPU_SECONDS)
    except Refusal as refusal:
        raise Refusal(f"today's rules cannot be read under the study's configuration: {refusal}") from None
    answers = {_key(*job): answer for job, answer in zip(jobs, found["answers"], strict=True)}

    def asked(rule: str, wildcards: dict[str, str]) -> Asked:
        answer = answers[_key(rule, wildcards)]
        if "missing" in answer:
            raise KeyError(f"{rule}: {answer['missing']}")
        inputs = [(name, path) for name, path in answer["inputs"]]
        outputs = [(name, path) for name, path in answer["outputs"] if name != "record"]
        return Asked(answer["job"], answer["script"], inputs, outputs, set(answer["temporary"]))

    asked.files = found["files"]
    return asked


def _key(rule: str, wildcards: dict) -> str:
    return json.dumps([rule, wildcards], sort_keys=True)


def _require_readable(path: Path, name: str) -> None:
    try:
        # The name comes from a manifest, which may not be trusted: never read a device.
        if not path.is_file():
            raise FileNotFoundError(name)
        node = read_nodes(path)
        if node is not None and not isinstance(node, yaml.MappingNode):
            raise ValueError(name)
    except (OSError, ValueError):
        raise Refusal(f"{name}: this configuration of the study is missing or cannot be read") from None
