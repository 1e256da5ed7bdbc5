"""What the rules would ask of a job today: read off the rule files without Snakemake, which takes a second to start.

The rule files are plain enough for this (literal paths, one params value, no `run:`); a test holds every job of a study
to what Snakemake asked of it.
"""

import importlib
import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import yaml

from folkprobe.refusal import Refusal
from study.checks import leave_out_nulls, merge_configs

# Of no use to a job's parameters and inputs.
_WITH_SNAKEMAKE = "study.jobs"
_SECTION = r"^    {}:\n((?:        .*\n|\n)+)"


class Asked(NamedTuple):
    """What a rule asks of one job.

    Attributes
    ----------
    job : dict
        The params value: `config`, `library`, `packages`.
    inputs : list of (str or None, str)
        Names and paths.
    temporary : set of str
        Outputs that are deleted when they have been read.
    """

    job: dict
    inputs: list[tuple[str | None, str]]
    temporary: set[str]


class _Temporary(str):
    __slots__ = ()


def merged_config(files: list[str], overrides: dict, root: Path) -> dict:
    """Merge configuration files as Snakemake does: mappings deeply, everything else replaced.

    Parameters
    ----------
    files : list of str
        Paths below `root`, the default configuration first.
    overrides : dict
        What was given on the command line.
    root : Path

    Returns
    -------
    dict
        As the rules see it: without the conditions that an overlay leaves out.

    Raises
    ------
    Refusal
        If a file is not there, or cannot be read.
    """
    config: dict = {}
    for file in files:
        try:
            # The name comes from a manifest that somebody may have mailed: no device is read.
            if not (root / file).is_file():
                raise FileNotFoundError(file)
            config = merge_configs(config, yaml.safe_load((root / file).read_text(encoding="utf-8")) or {})
        except (OSError, ValueError, yaml.YAMLError, AttributeError):
            raise Refusal(f"{file}: this configuration of the study is no longer there or cannot be read") from None
    config = merge_configs(config, overrides)
    leave_out_nulls(config)
    return config


def read_rules(config: dict, root: Path) -> Callable[[str, dict[str, str]], Asked]:
    """Read the rules under a configuration.

    Parameters
    ----------
    config : dict
    root : Path
        Of the project.

    Returns
    -------
    callable
        From a rule and the values of its wildcards to what it asks; KeyError if no such job can be asked for.

    Raises
    ------
    Refusal
        If the rules cannot be read under that configuration.
    """
    text = (root / "Snakefile").read_text(encoding="utf-8")
    included = re.findall(r'^include: "(.+)"$', text, re.MULTILINE)
    text += "\n".join((root / path).read_text(encoding="utf-8") for path in included)
    names: dict[str, object] = {}
    for module in re.findall(r"^from (workflow\.\w+) import", text, re.MULTILINE):
        if module != _WITH_SNAKEMAKE:
            names |= vars(importlib.import_module(module))
    names |= {"config": config, "expand": _expand, "temp": _temporary, "report": lambda path, **_: path}
    # An assignment ends where a line starts with neither white space nor a closing bracket.
    for assignment in re.findall(r"^[A-Z][A-Z_]* = .*(?:\n[ \])}].*)*", text, re.MULTILINE):
        try:
            exec(assignment, names)  # noqa: S102 (our own rules, which Snakemake executes too)
        except Exception as error:
            raise Refusal(f"today's rules cannot be read under the study's configuration: {error!r}") from error
    bodies = dict(re.findall(r"^rule (\w+):\n((?:(?:    .*)?\n)+)", text + "\n", re.MULTILINE))

    def asked(rule: str, wildcards: dict[str, str]) -> Asked:
        try:
            return ask(bodies[rule] + "\n", wildcards)
        except Exception as error:
            # Of whatever kind: the rules index the configuration, and the sources may be half edited.
            raise KeyError(f"{rule}: {error!r}") from error

    def ask(body: str, wildcards: dict[str, str]) -> Asked:
        values = SimpleNamespace(**wildcards)
        job = _arguments(body, "params", names)[0][1]
        return Asked(
            job=job(values) if callable(job) else job,
            inputs=[(name, str(path)) for name, path in _files(_arguments(body, "input", names), values)],
            temporary={
                str(path)
                for _, path in _files(_arguments(body, "output", names), values)
                if isinstance(path, _Temporary)
            },
        )

    return asked


def _arguments(body: str, section: str, names: dict) -> list[tuple[str | None, object]]:
    match = re.search(_SECTION.format(section), body, re.MULTILINE)
    if not match:
        return []
    positional, named = eval(f"(lambda *args, **names: (args, names))({match[1]})", names)  # noqa: S307 (as above)
    return [*((None, value) for value in positional), *named.items()]


def _files(arguments: list[tuple[str | None, object]], wildcards: SimpleNamespace) -> Iterator[tuple[str | None, str]]:
    for name, value in arguments:
        paths = value(wildcards) if callable(value) else value
        for path in [paths] if isinstance(paths, str) else paths:
            yield name, type(path)(re.sub(r"\{(\w+)\}", lambda match: getattr(wildcards, match[1]), path))


def _expand(patterns: str | list[str], **values: object) -> list[str]:
    patterns = [patterns] if isinstance(patterns, str) else patterns
    lists = [[value] if isinstance(value, str | int) else value for value in values.values()]
    return [pattern.format(**dict(zip(values, of, strict=True))) for pattern in patterns for of in product(*lists)]


def _temporary(path: str) -> str:
    return _Temporary(path)
