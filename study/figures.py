"""The figures of a study, one row each; their rules, their order in the report and the README's table derive from it.

``python -m study.figures`` writes the table into README.md.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product

from folkprobe.network.projection import DECOMPOSITIONS
from study.conditions import (
    GENERATED,
    INTACT,
    LAYERS,
    MANIPULATIONS,
    ROOT,
    conditions,
    excision_block,
    shown_with_verdicts,
)

REPLAYS = (INTACT, *MANIPULATIONS, *GENERATED)
# The values that a study draws for each wildcard in a figure's name.
DRAWN = {
    "layer": LAYERS,
    "spectrum": ("population", "shown_tune", "shown_tune_rect"),
    "units": ("strongest",),
    "decomposition": tuple(DECOMPOSITIONS),
}
# Part 7: 33 % of the units of layer 1 exceed the threshold.
ARTICLE_SHARE_SELECTED = 0.33

# The sections of the report in order: title and text.
SECTIONS = {
    "counting": (
        "Does it count?",
        (
            "The units of each layer with the most power at the period of the bar are cut out, and so are as many "
            "units chosen otherwise; all networks then write from the same random numbers, and their bars are counted. "
            "If the targeted units did nothing particular, they would be one more random set."
        ),
    ),
    "periods": (
        "Which periods live in the network?",
        (
            "Spectra of the hidden states while the network writes: of one tune, as in the articles, and of the "
            "population of tunes."
        ),
    ),
    "units": (
        "Which units carry them?",
        "What single units do, and which of them the article's criterion selects under every reading of it.",
    ),
    "cause": (
        "Cause or caused?",
        (
            "What remains of the bar in the hidden states when the bar tokens that the network reads are no longer "
            "periodic."
        ),
    ),
    "tune": (
        "One tune from within",
        "The hidden states and the expectations of the network, step by step, while it writes one tune.",
    ),
    "softmax": (
        "What the softmax layer hears",
        (
            "The singular directions of the softmax layer's matrix, and whether the network makes use of them: what "
            "its tunes lose with a direction, beside random directions that carry as much."
        ),
    ),
}


def _no_arguments(_: dict) -> dict:
    return {}


def _shown_tune(config: dict) -> dict:
    return {"tune_index": config["spectra"]["shown_tune_index"]}


def _band(config: dict) -> dict:
    return {"period_steps": config["selection"]["period_steps"]}


def _cuts(config: dict) -> dict:
    families = config["lesion_study"]["families"]
    return {"cuts": {name: {key: family[key] for key in ("value", "scope")} for name, family in families.items()}}


def _excised(config: dict) -> dict:
    blocks = {name: excision_block(config, name) for name in config["lesions"]}
    return {
        "conditions": conditions(config),
        "lesions": {name: {key: block[key] for key in ("layer", "unit_index")} for name, block in blocks.items()},
    }


def _replays(_: dict) -> list[str]:
    return list(REPLAYS)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A kind of figure.

    Attributes
    ----------
    stem : str
        Names the rule and the script ``plot_{stem}``, and the caption ``workflow/report/{stem}.rst``.
    summary : str
        What is drawn: the rule's docstring.
    question : str
        The question that the figure answers.
    inputs : dict of str to str
        Files below ``results/{model}/``, by their names in the script.
    section : str
        A key of `SECTIONS`.
    name : str, default `stem`
        The file's stem below ``figures/``, with wildcards of `DRAWN`.
    block : callable
        From the configuration to keyword arguments of the script.
    each : dict of str to callable
        From the configuration to the values of a field of `inputs`; the figure reads the files of all values.
    category : str
        In Snakemake's own report.
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
        """The stem of the record and of the log, with the wildcards of `path`."""
        return "_".join([self.rule, *re.findall(r"\{\w+\}", self.path)])

    @property
    def names(self) -> list[str]:
        """List the figures that a study draws of `path`, its wildcards filled in."""
        wildcards = re.findall(r"\{(\w+)\}", self.path)
        values = product(*(DRAWN[each] for each in wildcards))
        return [self.path.format(**dict(zip(wildcards, of, strict=True))) for of in values]

    def files(self, config: dict) -> dict[str, str | list[str]]:
        """Return the input files by name, with the wildcard `model`; lists where a field has several values."""
        files: dict[str, str | list[str]] = {}
        for name, path in self.inputs.items():
            files[name] = f"results/{{model}}/{path}"
            for wildcard, values in self.each.items():
                if f"{{{wildcard}}}" in path:
                    files[name] = [files[name].replace(f"{{{wildcard}}}", value) for value in values(config)]
        return files


# In the order of the report.
FIGURES = (
    Figure(
        stem="lesion_effects",
        summary="What cutting out the units at the bar changes beyond what random sets change, by layer.",
        question=(
            "Does cutting those units do more harm than cutting random ones, layer by layer? And held at their "
            "mean, or cut off one way only; and to everything else about the tunes."
        ),
        inputs={"effects": "effects.csv"},
        block=_cuts,
        section="counting",
        category="Lesions",
    ),
    Figure(
        stem="lesion_draws",
        summary="Share of wrong bars of each random set, and where the targeted one stands among them.",
        question="Where do the targeted units stand among the random sets, one by one?",
        inputs={"effects": "effects.csv", "outcomes": "lesions/outcomes.csv"},
        section="counting",
        category="Lesions",
    ),
    Figure(
        stem="lesion_doses",
        summary="Share of wrong bars against the number of units cut out, targeted and controls.",
        question=(
            "How does the harm grow with the number of units, beside random, equally active and least periodic ones?"
        ),
        inputs={"effects": "effects.csv", "outcomes": "lesions/outcomes.csv"},
        block=_cuts,
        section="counting",
        category="Lesions",
    ),
    Figure(
        stem="bar_shares",
        summary="Share of correctly counted bars by condition.",
        question=(
            "Does the network still count bars when those units are cut out, or when it reads two tokens at "
            "once? 95 % intervals over tunes."
        ),
        inputs={"effects": "effects.csv", "selection": "selection.csv"},
        block=_excised,
        section="counting",
    ),
    Figure(
        stem="bar_verdicts",
        summary="The bars of the shown tune with their verdicts, as drawn and under each stimulus.",
        question="Which bars of one tune come out wrong, intact and excised, with and without the two-hot input?",
        inputs={"bars": "{condition}/bars.csv"},
        each={"condition": shown_with_verdicts},
        block=lambda config: _shown_tune(config) | {"conditions": shown_with_verdicts(config)},
        section="counting",
    ),
    Figure(
        stem="population",
        summary="Good tunes, forms, and where along a tune the counting goes wrong, beside tunes that people wrote.",
        question=(
            "How many tunes are right throughout, where along a tune does the counting go wrong, how long are "
            "the sections? Beside tunes that people wrote."
        ),
        inputs={"population": "population.csv"},
        section="counting",
    ),
    Figure(
        stem="mean_spectra",
        name="mean_spectra_{spectrum}",
        summary="Mean spectra of the layers and the softmax output with one standard error on either side.",
        question=(
            "Which periods live in each layer and in the output? In the shown tune (band: one standard error "
            "over units, as in the article), over all tunes (over tunes), and in the shown tune once more under "
            "a rectangular window, zero-padded."
        ),
        inputs={"spectra": "intact/spectra.h5"},
        section="periods",
    ),
    Figure(
        stem="long_periods",
        summary="Mean spectra at long periods under both windows, and of the rectified sequences.",
        question="Which long periods are the window's own sidelobes of DC? Both windows, and rectified sequences.",
        inputs={"spectra": "intact/spectra.h5"},
        section="periods",
    ),
    Figure(
        stem="window_spectra",
        summary="Spectra of the article's two windows with the sidelobes of DC.",
        question=(
            "What can each window make of a constant? The article's puzzling 60-step peak is the rectangle's "
            "second sidelobe (59.78 steps, −17.83 dB)."
        ),
        inputs={"tables": "window_tables.csv"},
        block=lambda config: config["windows"],
        section="periods",
    ),
    Figure(
        stem="recurrences",
        summary="Peaks of the mean spectra above the recurrences of the tokens.",
        question="Which peaks are real, and which tokens and phrases come back at their periods?",
        inputs={
            "spectra": "intact/spectra.h5",
            "peaks": "peaks.csv",
            "phrases": "phrases.csv",
            "tunes": "intact/tunes.h5",
        },
        block=_shown_tune,
        section="periods",
    ),
    Figure(
        stem="lines",
        summary="Share of units with a line, and coherent with the bars, at each frequency.",
        question=(
            "How many units have a significant line, and how many are coherent with the bar tokens beyond their "
            "surrogates?"
        ),
        inputs={"lines": "lines.csv"},
        section="periods",
    ),
    Figure(
        stem="power_fraction",
        summary="Power fraction of every unit in the band, with the thresholds.",
        question=(
            "How much of each unit's power sits at the bar, and who is selected: by our threshold, and by the "
            "article's?"
        ),
        inputs={"units": "intact/units.csv", "selection": "selection.csv"},
        block=_band,
        section="units",
    ),
    Figure(
        stem="specification_curve",
        summary="Share of units that each reading of the article's criterion selects.",
        question="What would the article's criterion select under every reading of it?",
        inputs={"specifications": "specifications.csv"},
        block=lambda _: {"article_share": ARTICLE_SHARE_SELECTED},
        section="units",
    ),
    Figure(
        stem="unit_overlay",
        name="unit_overlay_{units}",
        summary="Hidden states of single units against the tokens of the shown tune.",
        question=(
            "What do single units do at the bars? The strongest of each layer; `unit_overlay_1_247` asks for "
            "unit 247 of layer 1, and so on."
        ),
        inputs={"trajectories": "intact/trajectories.h5", "tunes": "intact/tunes.h5", "spectra": "intact/spectra.h5"},
        block=lambda config: _shown_tune(config) | _band(config),
        section="units",
    ),
    Figure(
        stem="unit_spectra",
        name="unit_spectra_layer_{layer}",
        summary="Image of the spectra of all units of one layer.",
        question="Which units carry them?",
        inputs={"spectra": "intact/spectra.h5", "units": "intact/units.csv"},
        block=lambda config: {"spectrum": config["selection"]["spectrum"]},
        section="units",
    ),
    Figure(
        stem="replays",
        summary=(
            "Spectra of the intact network with and without periodic bar tokens to read, replayed and while it draws."
        ),
        question=(
            "Cause or caused? The spectra when the bar tokens that the network reads are deleted, or moved at "
            "random: in its own finished tunes, and while it draws."
        ),
        inputs={"spectra": "{replay}/spectra.h5", "tunes": "intact/tunes.h5"},
        each={"replay": _replays},
        block=lambda config: {"replays": _replays(config)},
        section="cause",
    ),
    Figure(
        stem="responses",
        summary="Mean response of the strongest unit of each layer around bar tokens.",
        question=(
            "How do the strongest units respond to a bar at the input and at the output, and which do they follow?"
        ),
        inputs={"responses": "responses.csv", "curves": "intact/responses.csv", "spectra": "intact/spectra.h5"},
        block=_band,
        section="cause",
    ),
    Figure(
        stem="hidden_state",
        name="hidden_state_layer_{layer}",
        summary="Image of the hidden state of one layer over the shown tune.",
        question="What do the units do while one tune is written? Time goes upward; bar lines are marked.",
        inputs={"trajectories": "intact/trajectories.h5", "tunes": "intact/tunes.h5"},
        block=_shown_tune,
        section="tune",
    ),
    Figure(
        stem="posterior",
        summary="Image of the posterior over the shown tune.",
        question="What did the network expect at each step of that tune, and what was drawn?",
        inputs={"trajectories": "intact/trajectories.h5", "tunes": "intact/tunes.h5"},
        block=lambda config: _shown_tune(config) | {"probability_above": 0.05},
        section="tune",
    ),
    Figure(
        stem="activation_distribution",
        summary="Distribution of the values of hidden states in each layer.",
        question="How strongly are the units of each layer active?",
        inputs={"trajectories": "intact/trajectories.h5"},
        block=_shown_tune,
        section="tune",
    ),
    Figure(
        stem="maximum_magnitude",
        summary="Largest magnitude of each unit, sorted.",
        question="How many units of each layer ever saturate?",
        inputs={"trajectories": "intact/trajectories.h5"},
        block=_shown_tune,
        section="tune",
    ),
    Figure(
        stem="singular_values",
        summary="Singular values of both decompositions.",
        question=(
            "How much of the softmax layer's V is one direction, and how much of that is a constant that the "
            "softmax ignores?"
        ),
        inputs={"directions": "directions.csv"},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="bias_correlation",
        summary="Correlation of the columns of V with the bias.",
        question="Do the columns of V resemble the bias?",
        inputs={"checkpoint": "intact/checkpoint.h5"},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="unit_directions",
        summary="Entries of w_1 to w_3 and their cumulative histograms.",
        question="What do the first three singular directions hear of each unit of layer 3?",
        inputs={"checkpoint": "intact/checkpoint.h5"},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="token_directions",
        summary="Entries of u_1 to u_3, token by token.",
        question="What do the first three singular directions say of each token?",
        inputs={"checkpoint": "intact/checkpoint.h5"},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="pushed_posteriors",
        name="pushed_posteriors_{decomposition}",
        summary="Distributions of the next token where the bias is pushed along u_1 to u_3.",
        question="What a hidden state along them would make the next token: softmax(v ± s_i u_i).",
        inputs={"checkpoint": "intact/checkpoint.h5"},
        block=lambda config: {"n_top_tokens": config["softmax"]["n_top_tokens"]},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="variance_shares",
        summary="Share of the logits' variance that each direction carries.",
        question="How much of what the softmax hears in real tunes comes along each direction?",
        inputs={"shares": "softmax_variance_shares.csv"},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="projections",
        name="projections_{decomposition}",
        summary="Distribution of the projections by next token.",
        question="Where is the hidden state along them, by what follows, and does it ever stand at ±1?",
        inputs={"summary": "softmax_projections.csv", "auc": "softmax_auc.csv"},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="section_events",
        name="section_events_{decomposition}",
        summary="Mean projections around the starts and ends of sections.",
        question="When in a tune does it move: around `|:`, `:|`, the end, a plain bar line?",
        inputs={"projections": "intact/projections.h5"},
        block=lambda config: {"n_lags_steps": config["softmax"]["n_lags_steps"]},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="removals",
        summary="What the tunes lose with a direction, beside random directions that carry as much.",
        question=(
            "Is the model using a direction: what do the tunes lose with it, and with random ones that carry as much?"
        ),
        inputs={"effects": "softmax_effects.csv"},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="dose_response",
        summary="What the tunes do as the bias is pushed along a direction.",
        question="What do the tunes do as the bias is pushed along it?",
        inputs={"effects": "softmax_effects.csv"},
        section="softmax",
        category="Softmax",
    ),
)


def sections() -> list[dict]:
    """Return the sections of the report in order: dicts of `title`, `text` and the names of `figures`."""
    return [
        {
            "title": title,
            "text": text,
            "figures": [name for figure in FIGURES if figure.section == key for name in figure.names],
        }
        for key, (title, text) in SECTIONS.items()
    ]


def markdown_table() -> str:
    """Return the table of figures in Markdown, ending with a newline."""
    lines = ["| figure | rule | from | what it answers |", "|---|---|---|---|"]
    for figure in FIGURES:
        name = figure.path.format(
            **{
                key: "{" + ",".join(map(str, values)) + "}" if values[1:] else values[0]
                for key, values in DRAWN.items()
            }
        )
        read = ", ".join(f"`{path}`" for path in figure.inputs.values())
        question = figure.question.replace("|", r"\|")
        lines.append(f"| `{name}` | `{figure.rule}` | {read} | {question} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    readme = ROOT / "README.md"
    before, table, after = re.split(
        r"(^\| figure \| rule .*\n(?:\|.*\n)+)", readme.read_text(encoding="utf-8"), flags=re.M
    )
    readme.write_text(before + markdown_table() + after, encoding="utf-8")
