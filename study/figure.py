"""A kind of figure: what its rule reads, and what its files are called."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product

from folkprobe.network.projection import DECOMPOSITIONS
from study.network import layers


def drawn(config: dict) -> dict[str, Sequence]:
    """Return the values that a study draws for each wildcard in a figure's name."""
    return {
        "layer": layers(config),
        "spectrum": ("population", "shown_tune", "shown_tune_rect"),
        "units": ("strongest",),
        "decomposition": tuple(DECOMPOSITIONS),
    }


def _no_arguments(_: dict) -> dict:
    return {}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A kind of figure.

    Attributes
    ----------
    stem : str
        Stem of the rule and the script ``plot_{stem}``, and of the caption ``workflow/report/{stem}.rst``.
    summary : str
        What is drawn; the rule's docstring.
    question : str
        The question that the figure answers.
    inputs : dict of str to str
        Files below ``results/{model}/``, keyed by their names in the script.
    section : str
        A key of `study.sections.SECTIONS`.
    name : str, default `stem`
        The file's stem below ``figures/``, with wildcards of `drawn`.
    block : callable
        Returns the script's keyword arguments for a configuration.
    each : dict of str to callable
        Returns, for a configuration, all values of a wildcard in `inputs`; the figure reads the file of each.
    category : str
        Category in Snakemake's own report.
    needs_bars : bool
        Whether it is drawn only of tunes whose bars can be counted.
    needs_doses : bool
        Whether it is drawn only of a study with sets of several sizes.
    """

    stem: str
    summary: str
    question: str
    inputs: dict[str, str]
    section: str
    name: str = ""
    block: Callable[[dict], dict] = _no_arguments
    each: dict[str, Callable[[dict], list[str]]] = field(default_factory=dict)
    category: str = "Figures"
    needs_bars: bool = False
    needs_doses: bool = False

    @property
    def rule(self) -> str:
        """The name of the rule and of the script."""
        return f"plot_{self.stem}"

    @property
    def path(self) -> str:
        """The file's stem below ``figures/``, with wildcards."""
        return self.name or self.stem

    @property
    def job(self) -> str:
        """The stem of the record and the log, with the wildcards of `path`."""
        return "_".join([self.rule, *re.findall(r"\{\w+\}", self.path)])

    def names(self, config: dict) -> dict[str, dict]:
        """Return the wildcards of the figures that a study draws of `path`, by the names of these."""
        wildcards = re.findall(r"\{(\w+)\}", self.path)
        values = [dict(zip(wildcards, of, strict=True)) for of in product(*(drawn(config)[each] for each in wildcards))]
        return {self.path.format(**each): each for each in values}

    def files(self, config: dict) -> dict[str, str | list[str]]:
        """Return the input files by name, with the wildcard `model`; lists where a field has several values."""
        files: dict[str, str | list[str]] = {}
        for name, path in self.inputs.items():
            files[name] = f"results/{{model}}/{path}"
            for wildcard, values in self.each.items():
                if f"{{{wildcard}}}" in path:
                    files[name] = [files[name].replace(f"{{{wildcard}}}", value) for value in values(config)]
        return files
