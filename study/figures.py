"""The figures of a study, one row each: the source of their rules, their order in the report and docs/figures.md.

``python -m study.figures`` updates the table in docs/figures.md.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product

import yaml

from folkprobe.network.projection import DECOMPOSITIONS
from study.conditions import (
    GENERATED,
    INTACT,
    MANIPULATIONS,
    excision_block,
    in_words,
    lesions,
    looks,
    shown_with_verdicts,
    stimulated,
)
from study.counting import layer_groups
from study.lesions import lesion_conditions
from study.network import has_bars, layers
from study.places import DEFAULT_CONFIG, ROOT

REPLAYS = (INTACT, *MANIPULATIONS, *GENERATED)
# Tables of a study whose tunes have bars.
TABLES_OF_BARS = (
    "coherence",
    "responses",
    "replays",
    "bar_ends",
    "interchange",
    "phase_response",
    "clocks",
    "probe",
)
# Part 7: 33 % of the units of layer 1 exceed the threshold.
ARTICLE_SHARE_SELECTED = 0.33

# The first three that a study draws are on the first screen of the report.
KEY_FIGURES = (
    "count_holders",
    "phase_response",
    "lesion_draws",
    "lesion_effects",
    "power_fraction",
    "mean_spectra_population",
)
# The sections of the report after it, in order: title and text.
SECTIONS = {
    "counting": (
        "Does it count?",
        (
            "The units of each layer with the most power at the period of the bar are excised; for comparison, so are "
            "equally many units chosen otherwise. All networks then generate tunes from the same random numbers, and "
            "their bars are counted. If the targeted units had no special role, they would behave like a random set. A "
            "lesion shows what counting needs, not where the count is held."
        ),
    ),
    "periods": (
        "Which periods live in the network?",
        (
            "Spectra of the hidden states while the network generates tunes: for one tune, as in the articles, and "
            "for the population of tunes."
        ),
    ),
    "units": (
        "Which units carry them?",
        "What single units do, and which of them the article's criterion selects under every reading of it.",
    ),
    "cause": (
        "Cause or caused?",
        (
            "What remains of the period of the bar in the hidden states when the network no longer reads periodic bar "
            "tokens. What remains is not driven by them; what vanishes may be, or the network counts from the last bar "
            "token that it read, and loses count."
        ),
    ),
    "tune": (
        "One tune from within",
        "The hidden states and the predictions of the network, step by step, while it generates one tune.",
    ),
    "softmax": (
        "What the softmax layer sees",
        (
            "The singular directions of the softmax layer's matrix, and whether the network uses them: how its tunes "
            "change when a direction is removed, compared with random directions that carry as much variance."
        ),
    ),
}


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


def _shown_tune(config: dict) -> dict:
    return {"tune_index": config["spectra"]["shown_tune_index"]}


def _band(config: dict) -> dict:
    return {"period_steps": config["selection"]["period_steps"]}


def _cuts(config: dict) -> dict:
    families = config["lesion_study"]["families"]
    return {"cuts": {name: {key: family[key] for key in ("value", "scope")} for name, family in families.items()}}


def n_doses(config: dict) -> int:
    """Return the largest number of sizes among the sets of one layer that the lesion study holds at zero."""
    sizes: dict[int, set] = {}
    for lesion in lesion_conditions(config):
        if (lesion["value"], lesion["scope"]) == ("zero", "both"):
            sizes.setdefault(lesion["layer"], set()).add((lesion["n_units"], lesion["share_of_layer"]))
    return max(map(len, sizes.values()), default=0)


def _doses(config: dict) -> dict:
    return _cuts(config) | {"n_layers": len(layers(config))}


def _excised(config: dict) -> dict:
    blocks = {name: excision_block(config, name) for name in lesions(config)}
    return {
        "conditions": looks(config),
        "lesions": {name: {key: block[key] for key in ("layer", "unit_index")} for name, block in blocks.items()},
    }


def _words(config: dict, names: Sequence[str]) -> dict[str, str]:
    words = in_words(config)
    # A name that no condition has is refused elsewhere.
    return {name: words.get(name, name) for name in names}


def _replays(_: dict) -> list[str]:
    return list(REPLAYS)


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
        A key of `SECTIONS`.
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

    def names(self, config: dict) -> list[str]:
        """List the figures that a study draws of `path`, its wildcards filled in."""
        wildcards = re.findall(r"\{(\w+)\}", self.path)
        values = product(*(drawn(config)[each] for each in wildcards))
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
        stem="count_holders",
        summary="How far each part of the state carries the count from one tune to another, by layer.",
        question=(
            "Where is the count held? Parts of the state are taken from a tune at another count: which of them move "
            "the bar that the network expects, and which only read the count out?"
        ),
        inputs={"interchange": "interchange.csv"},
        block=lambda config: {"layers": list(layer_groups(config))},
        section="counting",
        needs_bars=True,
    ),
    Figure(
        stem="phase_response",
        summary="How the count moves when bar tokens are inserted or omitted, and when notes are lengthened.",
        question=(
            "What moves the count? Does a bar token reset it, does it go on without one, and do durations or tokens "
            "advance it?"
        ),
        inputs={"phase_response": "phase_response.csv"},
        section="counting",
        needs_bars=True,
    ),
    Figure(
        stem="two_clocks",
        summary="What eighths and steps since the bar token each add to the prediction of every unit.",
        question=(
            "Do the units follow the eighth notes or the tokens since the bar? What either clock adds to the "
            "prediction of each unit by the other, beside the same with that clock permuted."
        ),
        inputs={"clocks": "clocks.csv"},
        section="counting",
        needs_bars=True,
    ),
    Figure(
        stem="probe",
        summary="How well the count can be decoded from each layer, beside what the layer holds.",
        question=(
            "From which layers can the count be decoded, and which of them hold it? What can be decoded need not be "
            "used. Also in other metres."
        ),
        inputs={"probe": "probe.csv", "interchange": "interchange.csv"},
        section="counting",
        needs_bars=True,
    ),
    Figure(
        stem="lesion_effects",
        summary="Effect of excising the units at the bar beyond that of random sets, by layer.",
        question=(
            "Does excising those units do more harm than excising random ones, layer by layer? Also with units held at "
            "their mean or cut off from one reader only, and for the other outcomes."
        ),
        inputs={"effects": "effects.csv"},
        block=_cuts,
        section="counting",
        category="Lesions",
    ),
    Figure(
        stem="lesion_draws",
        summary="Share of wrong bars of each random set and of the targeted set.",
        question="Where does the targeted set lie among the individual random sets?",
        inputs={"effects": "effects.csv", "outcomes": "lesions/outcomes.csv"},
        section="counting",
        category="Lesions",
        needs_bars=True,
    ),
    Figure(
        stem="lesion_doses",
        summary="Share of wrong bars against the number of excised units, targeted and controls.",
        question=(
            "How does the harm grow with the number of excised units, compared with random, equally active and least "
            "periodic ones? Only in a study of several sizes, such as config/full_study.yaml."
        ),
        inputs={"effects": "effects.csv", "outcomes": "lesions/outcomes.csv"},
        block=_doses,
        section="counting",
        category="Lesions",
        needs_bars=True,
        needs_doses=True,
    ),
    Figure(
        stem="bar_shares",
        summary="Share of correctly counted bars by condition.",
        question=(
            "Does the network still count bars when those units are excised, or when it reads two tokens at "
            "once? 95 % intervals over tunes."
        ),
        inputs={"effects": "effects.csv", "selection": "selection.csv"},
        block=_excised,
        section="counting",
        needs_bars=True,
    ),
    Figure(
        stem="bar_verdicts",
        summary="The bars of the shown tune with their verdicts, as drawn and under each stimulus.",
        question="Which bars of one tune are wrong, intact and excised, with and without the two-hot input?",
        inputs={"bars": "{condition}/bars.csv"},
        each={"condition": shown_with_verdicts},
        block=lambda config: _shown_tune(config) | {"conditions": _words(config, shown_with_verdicts(config))},
        section="counting",
        needs_bars=True,
    ),
    Figure(
        stem="population",
        summary="Correct tunes, forms, and where in a tune the counting fails, beside tunes that people wrote.",
        question=(
            "How many tunes are entirely correct, where in a tune does the counting fail, and how long are the "
            "sections? Compared with tunes that people wrote."
        ),
        inputs={"population": "population.csv"},
        block=lambda config: {"conditions": looks(config)},
        section="counting",
        needs_bars=True,
    ),
    Figure(
        stem="mean_spectra",
        name="mean_spectra_{spectrum}",
        summary="Mean spectra of the layers and the softmax output with one standard error on either side.",
        question=(
            "Which periods occur in each layer and in the output? For the shown tune (band: one standard error "
            "over units, as in the article), for all tunes (over tunes), and for the shown tune with a rectangular "
            "window and zero-padding."
        ),
        inputs={"spectra": "intact/spectra.h5"},
        block=_band,
        section="periods",
    ),
    Figure(
        stem="long_periods",
        summary="Mean spectra at long periods under both windows, and of the rectified sequences.",
        question="Which long periods are only sidelobes of DC? Both windows, and rectified sequences.",
        inputs={"spectra": "intact/spectra.h5"},
        section="periods",
    ),
    Figure(
        stem="window_spectra",
        summary="Spectra of the article's two windows with the sidelobes of DC.",
        question=(
            "What peaks does each window produce from a constant? The article's puzzling 60-step peak is the "
            "rectangle's second sidelobe (59.78 steps, −17.83 dB)."
        ),
        inputs={"tables": "window_tables.csv"},
        block=lambda config: config["windows"],
        section="periods",
    ),
    Figure(
        stem="recurrences",
        summary="Peaks of the mean spectra above the recurrences of the tokens.",
        question=(
            "Which peaks are neither sidelobes nor such as noise has, and which tokens and phrases recur at their "
            "periods?"
        ),
        inputs={
            "spectra": "intact/spectra.h5",
            "peaks": "peaks.csv",
            "phrases": "phrases.csv",
            "tunes": "intact/tunes.h5",
        },
        block=lambda config: _shown_tune(config) | _band(config),
        section="periods",
    ),
    Figure(
        stem="lines",
        summary="Share of units with a line, and coherent with the bars, at each frequency.",
        question=(
            "How many units have a significant line in the shown tune, and how many are, over all tunes, more coherent "
            "with the bar tokens of their own tune than with those of others?"
        ),
        inputs={"lines": "lines.csv", "coherence": "coherence.csv"},
        block=_band,
        section="periods",
        needs_bars=True,
    ),
    Figure(
        stem="power_fraction",
        summary="Power fraction of every unit in the band, with the thresholds.",
        question=(
            "How much of each unit's power lies at the bar, compared with a flat spectrum, and which units are "
            "selected by our threshold and by the article's?"
        ),
        inputs={"units": "intact/units.csv", "selection": "selection.csv"},
        block=_band,
        section="units",
    ),
    Figure(
        stem="specification_curve",
        summary="Share of units that each reading of the article's criterion selects.",
        question="What does the article's criterion select under each possible reading?",
        inputs={"specifications": "specifications.csv"},
        block=lambda _: {"article_share": ARTICLE_SHARE_SELECTED},
        section="units",
    ),
    Figure(
        stem="unit_overlay",
        name="unit_overlay_{units}",
        summary="Hidden states of single units against the tokens of the shown tune.",
        question=(
            "What do single units do at the bars? Shown for the strongest unit of each layer; request "
            "`unit_overlay_1_247` for unit 247 of layer 1, and so on."
        ),
        inputs={"trajectories": "intact/trajectories.h5", "tunes": "intact/tunes.h5", "spectra": "intact/spectra.h5"},
        block=lambda config: _shown_tune(config) | _band(config),
        section="units",
    ),
    Figure(
        stem="unit_spectra",
        name="unit_spectra_layer_{layer}",
        summary="Image of the spectra of all units of one layer.",
        question="Which units carry these periods?",
        inputs={"spectra": "intact/spectra.h5", "units": "intact/units.csv"},
        block=lambda config: {"spectrum": config["selection"]["spectrum"]} | _band(config),
        section="units",
    ),
    Figure(
        stem="replays",
        summary=(
            "Spectra of the intact network with and without periodic bar tokens at its input, and where bars end."
        ),
        question=(
            "Cause or caused? The spectra, and whether the network still knows where a bar ends, when the bar tokens "
            "that it reads are deleted or moved at random. What vanishes need not have been driven by them."
        ),
        inputs={"spectra": "{replay}/spectra.h5", "tunes": "intact/tunes.h5", "bar_ends": "bar_ends.csv"},
        each={"replay": _replays},
        block=lambda config: {"replays": _words(config, REPLAYS)} | _band(config),
        section="cause",
        needs_bars=True,
    ),
    Figure(
        stem="responses",
        summary="Mean response of the strongest unit of each layer around bar tokens.",
        question=(
            "How do the strongest units respond to a bar at the input, and do they follow it or the output where the "
            "two differ?"
        ),
        inputs={"responses": "responses.csv", "curves": "intact/responses.csv", "spectra": "intact/spectra.h5"},
        block=_band,
        section="cause",
        needs_bars=True,
    ),
    Figure(
        stem="hidden_state",
        name="hidden_state_layer_{layer}",
        summary="Image of the hidden state of one layer over the shown tune.",
        question="What do the units do while one tune is generated? Time goes upward; bar lines are marked.",
        inputs={"trajectories": "intact/trajectories.h5", "tunes": "intact/tunes.h5"},
        block=_shown_tune,
        section="tune",
    ),
    Figure(
        stem="posterior",
        summary="Image of the posterior over the shown tune.",
        question="What did the network predict at each step of that tune, and what was drawn?",
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
        question="How many units of each layer saturate at least once?",
        inputs={"trajectories": "intact/trajectories.h5"},
        block=_shown_tune,
        section="tune",
    ),
    Figure(
        stem="singular_values",
        summary="Singular values of both decompositions.",
        question=(
            "How much of the softmax layer's V lies along one direction, and how much of that is a constant that the "
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
        question="How does each unit of the last layer contribute to the first three singular directions?",
        inputs={"checkpoint": "intact/checkpoint.h5"},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="token_directions",
        summary="Entries of u_1 to u_3 by class of tokens, and the tokens at their ends.",
        question="Which tokens do the first three singular directions favour?",
        inputs={"checkpoint": "intact/checkpoint.h5"},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="pushed_posteriors",
        name="pushed_posteriors_{decomposition}",
        summary="Distributions of the next token where the bias is pushed along u_1 to u_3.",
        question="Which next tokens would a hidden state along these directions predict? softmax(v ± s_i u_i).",
        inputs={"checkpoint": "intact/checkpoint.h5"},
        block=lambda config: {"n_top_tokens": config["softmax"]["n_top_tokens"]},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="variance_shares",
        summary="Share of the logits' variance that each direction carries.",
        question="How much of the variance that the softmax sees in generated tunes lies along each direction?",
        inputs={"shares": "softmax_variance_shares.csv"},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="projections",
        name="projections_{decomposition}",
        summary="Distribution of the projections by next token.",
        question="Where does the hidden state lie along these directions, by next token, and does it ever reach ±1?",
        inputs={"summary": "softmax_projections.csv", "auc": "softmax_auc.csv"},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="section_events",
        name="section_events_{decomposition}",
        summary="Mean projections around the starts and ends of sections.",
        question="When does the projection change: around `|:`, `:|`, the end, a plain bar line?",
        inputs={"projections": "intact/projections.h5"},
        block=lambda config: {"n_lags_steps": config["softmax"]["n_lags_steps"]},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="removals",
        summary="How tunes change without a direction, beside random directions that carry as much variance.",
        question=(
            "Does the model use a direction? How tunes change without it, compared with random directions that carry "
            "as much variance."
        ),
        inputs={"effects": "softmax_effects.csv"},
        block=lambda config: {"words": _words(config, config["interventions"]["removals"])},
        section="softmax",
        category="Softmax",
    ),
    Figure(
        stem="dose_response",
        summary="How tunes change as the bias is pushed along a direction.",
        question="How do the tunes change as the bias is pushed along a direction?",
        inputs={"effects": "softmax_effects.csv"},
        section="softmax",
        category="Softmax",
    ),
)


def figures(config: dict) -> list[Figure]:
    """List the figures that a study draws."""
    return [
        figure
        for figure in FIGURES
        if (has_bars(config) or not figure.needs_bars) and (n_doses(config) > 1 or not figure.needs_doses)
    ]


def left_out(config: dict) -> str | None:
    """Say in one line what a study leaves out because its network writes no bars; None if it leaves nothing out."""
    if has_bars(config):
        return None
    names = [figure.stem for figure in FIGURES if figure.needs_bars]
    missing = [name for name in config["stimulated"] if name not in stimulated(config)]
    return (
        f"The vocabulary has no bar lines or no metre, so that bars cannot be counted: left out are the figures "
        f"{', '.join(names)}, the tables {', '.join(TABLES_OF_BARS)}, the claims, scores, sound and ABC"
        + f", and the conditions {', '.join(missing)}"
        * bool(missing)
    )


def sections(config: dict) -> list[dict]:
    """Return the sections of the report in order: dicts of `title`, `text` and the names of `figures`.

    The first has the key figures, the others the rest.
    """
    names = {figure.stem: figure.names(config) for figure in figures(config)}
    key = [name for name in KEY_FIGURES if any(name in drawn_names for drawn_names in names.values())][:3]
    return [
        {"title": "In short", "text": "", "figures": key},
        *(
            {
                "title": title,
                "text": text,
                "figures": [
                    name
                    for figure in figures(config)
                    if figure.section == section
                    for name in names[figure.stem]
                    if name not in key
                ],
            }
            for section, (title, text) in SECTIONS.items()
        ),
    ]


def markdown_table(config: dict) -> str:
    """Return the table of a study's figures in Markdown, ending with a newline."""
    lines = ["| figure | rule | from | what it answers |", "|---|---|---|---|"]
    for figure in FIGURES:
        name = figure.path.format(
            **{
                key: "{" + ",".join(map(str, values)) + "}" if values[1:] else values[0]
                for key, values in drawn(config).items()
            }
        )
        read = ", ".join(f"`{path}`" for path in figure.inputs.values())
        question = figure.question.replace("|", r"\|")
        lines.append(f'| <a id="{figure.stem}"></a>`{name}` | `{figure.rule}` | {read} | {question} |')
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    config = yaml.safe_load((ROOT / DEFAULT_CONFIG).read_text(encoding="utf-8"))
    page = ROOT / "docs/figures.md"
    before, table, after = re.split(
        r"(^\| figure \| rule .*\n(?:\|.*\n)+)", page.read_text(encoding="utf-8"), flags=re.M
    )
    page.write_text(before + markdown_table(config) + after, encoding="utf-8")
