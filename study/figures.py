"""The figures of a study, one row each: the source of their rules, their order in the report and docs/figures.md.

It is long because it is a table.
"""

from study.conditions import looks, shown_with_verdicts, stimulated
from study.counting import layer_groups
from study.figure import Figure
from study.figure_blocks import (
    ARTICLE_SHARE_SELECTED,
    REPLAYS,
    band,
    cuts,
    doses,
    excised,
    n_doses,
    named,
    replays,
    shown_tune,
    words_of,
)
from study.network import has_bars

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
        block=cuts,
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
        block=doses,
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
        block=excised,
        section="counting",
        needs_bars=True,
    ),
    Figure(
        stem="bar_verdicts",
        summary="The bars of the shown tune with their verdicts, as drawn and under each stimulus.",
        question="Which bars of one tune are wrong, intact and excised, with and without the two-hot input?",
        inputs={"bars": "{condition}/bars.csv"},
        each={"condition": shown_with_verdicts},
        block=lambda config: shown_tune(config) | named("conditions", config, shown_with_verdicts(config)),
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
        block=band,
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
        block=lambda config: shown_tune(config) | band(config),
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
        block=band,
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
        block=band,
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
            "`unit_overlay_1_5` for unit 5 of layer 1, and so on."
        ),
        inputs={"trajectories": "intact/trajectories.h5", "tunes": "intact/tunes.h5", "spectra": "intact/spectra.h5"},
        block=lambda config: shown_tune(config) | band(config),
        section="units",
    ),
    Figure(
        stem="unit_spectra",
        name="unit_spectra_layer_{layer}",
        summary="Image of the spectra of all units of one layer.",
        question="Which units carry these periods?",
        inputs={"spectra": "intact/spectra.h5", "units": "intact/units.csv"},
        block=lambda config: {"spectrum": config["selection"]["spectrum"]} | band(config),
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
        each={"replay": replays},
        block=lambda config: named("replays", config, REPLAYS) | band(config),
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
        block=band,
        section="cause",
        needs_bars=True,
    ),
    Figure(
        stem="hidden_state",
        name="hidden_state_layer_{layer}",
        summary="Image of the hidden state of one layer over the shown tune.",
        question="What do the units do while one tune is generated? Time goes upward; bar lines are marked.",
        inputs={"trajectories": "intact/trajectories.h5", "tunes": "intact/tunes.h5"},
        block=shown_tune,
        section="tune",
    ),
    Figure(
        stem="posterior",
        summary="Image of the posterior over the shown tune.",
        question="What did the network predict at each step of that tune, and what was drawn?",
        inputs={"trajectories": "intact/trajectories.h5", "tunes": "intact/tunes.h5"},
        block=lambda config: shown_tune(config) | {"probability_above": 0.05},
        section="tune",
    ),
    Figure(
        stem="activation_distribution",
        summary="Distribution of the values of hidden states in each layer.",
        question="How strongly are the units of each layer active?",
        inputs={"trajectories": "intact/trajectories.h5"},
        block=shown_tune,
        section="tune",
    ),
    Figure(
        stem="maximum_magnitude",
        summary="Largest magnitude of each unit, sorted.",
        question="How many units of each layer saturate at least once?",
        inputs={"trajectories": "intact/trajectories.h5"},
        block=shown_tune,
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
        question="Which next tokens would a hidden state along these directions predict? softmax(v ± s_k u_k).",
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
        block=lambda config: {"words": words_of(config, config["interventions"]["removals"])},
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
