"""Where the count is held, in words: one sentence for each question, made from the tables of the study of the count.

A share of the count is *all* of it where its interval lies above 0.9, *most* above 0.5, *a part* between 0.1 and 0.9,
and *none* between -0.1 and 0.1. Where the interval fits none of these, the sentence says that it cannot tell.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from folkprobe.counting.layer_names import name_layers

# By question, the claims that it bears on.
CLAIMS = {
    "holders": ("p7.q.causal", "p7.q.L1role", "p7.num.contrastL3"),
    "readers": ("p7.q.causal", "p7.num.contrastL3"),
    "band_power": ("p7.q.disamb",),
    "reset": ("p7.q.causal", "p7.q.recurrence"),
    "free_run": ("p7.q.recurrence",),
    "advance": ("p7.q.disamb",),
    "clocks": (),
    "size": (),
}
CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Answer:
    """What the study says to a question.

    Attributes
    ----------
    question : str
        A key of `CLAIMS`.
    sentence : str
    is_answered : bool
        Whether the intervals allow an answer.
    """

    question: str
    sentence: str
    is_answered: bool


def answer_questions(tables: Mapping[str, pd.DataFrame]) -> list[Answer]:
    """Answer every question.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The study's CSV files by stem: interchange (its `layers` as text), phase_response, clock_summary. Any may be
        empty, where its experiment is undefined.

    Returns
    -------
    list of Answer
        In the order of `CLAIMS`.
    """
    interchange, phase = tables["interchange"], tables["phase_response"]
    return [
        _holders(interchange),
        _readers(interchange),
        _band_power(interchange),
        _reset(phase),
        _free_run(phase),
        _advance(phase),
        _clocks(tables["clock_summary"]),
        _size(interchange),
    ]


def claim_answers(answers: list[Answer]) -> Iterator[tuple[str, str]]:
    """Yield each claim that is answered, all of its questions, with its sentences."""
    for claim in dict.fromkeys(claim for claims in CLAIMS.values() for claim in claims):
        of_claim = [answer for answer in answers if claim in CLAIMS[answer.question]]
        if all(answer.is_answered for answer in of_claim):
            yield claim, " ".join(answer.sentence for answer in of_claim)


def amount(lower: float, upper: float) -> str:
    """Return in words what share of the count an interval allows, see the module."""
    if lower > 0.9:
        return "all"
    if lower > 0.5:
        return "most"
    if lower > 0.1 and upper < 0.9:
        return "a part"
    return "none" if lower > -0.1 and upper < 0.1 else CANNOT_TELL


def _number(row: pd.Series, column: str = "estimate") -> str:
    # Adding 0 makes a negative zero positive.
    value, lower, upper = (f"{round(row[name], 2) + 0.0:.2f}" for name in (column, "lower", "upper"))
    return f"{value} [{lower}, {upper}]"


def _name(layers: str) -> str:
    return f"{name_layers(layers)} together" if "+" in layers else name_layers(layers)


def _single(interchange: pd.DataFrame) -> list[str]:
    """Return the single layers in a table, in order."""
    return [layers for layers in interchange["layers"].unique() if "+" not in layers]


def _undefined(question: str, about: str) -> Answer:
    return Answer(question, f"{about}: {CANNOT_TELL}, the experiment is undefined for this network.", False)


def _parts(interchange: pd.DataFrame, mode: str, kind: str = "all") -> pd.DataFrame:
    is_other = interchange["donor"] == "other_count"
    return interchange[(interchange["set"] == kind) & (interchange["mode"] == mode) & is_other]


def _holders(interchange: pd.DataFrame) -> Answer:
    rows = _parts(interchange, "holds")
    if rows.empty:
        return _undefined("holders", "Which layers hold the count")
    words, said = {}, []
    for _, row in rows.iterrows():
        word = words[row["layers"]] = amount(row["lower"], row["upper"])
        name, verb = _name(row["layers"]), "hold" if "+" in row["layers"] else "holds"
        of_it = f"how much {name} {verb}, we {word}" if word == CANNOT_TELL else f"{name} {verb} {word} of it"
        said.append(f"{of_it}, {_number(row, 'shift')}")
    answered = CANNOT_TELL not in [words.get(layer, CANNOT_TELL) for layer in _single(interchange)]
    return Answer("holders", f"Where the count is held (shift by interchange): {'; '.join(said)}.", answered)


def _readers(interchange: pd.DataFrame) -> Answer:
    holds, tells = (_parts(interchange, mode).set_index("layers") for mode in ("holds", "tells"))
    layers = [layer for layer in _single(interchange) if layer in holds.index and layer in tells.index]
    if not layers:
        return _undefined("readers", "Which layers only read the count out")
    held, told = ({layer: amount(*rows.loc[layer, ["lower", "upper"]]) for layer in layers} for rows in (holds, tells))
    readers = [layer for layer in layers if held[layer] == "none" and told[layer] in ("all", "most")]
    open_layers = [layer for layer in layers if CANNOT_TELL in (held[layer], told[layer])]
    parts = [
        f"layer {layer} only reads the count out: it tells {told[layer]} of it, {_number(tells.loc[layer], 'shift')}, "
        f"and holds none, {_number(holds.loc[layer], 'shift')}"
        for layer in readers
    ]
    parts += [f"whether layer {layer} only reads it out, we {CANNOT_TELL}" for layer in open_layers]
    sentence = "; ".join(parts) or "no layer only reads the count out"
    return Answer("readers", f"{sentence[0].upper()}{sentence[1:]}.", not open_layers)


def _band_power(interchange: pd.DataFrame) -> Answer:
    holds, tells = (_parts(interchange, mode, "targeted").set_index("layers") for mode in ("holds", "tells"))
    layers = [layer for layer in _single(interchange) if layer in holds.index and layer in tells.index]
    if not layers:
        return _undefined("band_power", "What the units with the most power at the bar do")
    said, words = [], []
    for layer in layers:
        of_layer = [(verb, rows.loc[layer]) for verb, rows in (("hold", holds), ("tell", tells))]
        words += [amount(row["lower"], row["upper"]) for _, row in of_layer]
        amounts = " and ".join(f"{verb} {_number(row, 'shift')}" for verb, row in of_layer)
        said.append(f"in layer {layer} they {amounts} of the count")
    sentence = f"The units with the most power at the bar: {'; '.join(said)}."
    return Answer("band_power", sentence, CANNOT_TELL not in words)


def _reset(phase: pd.DataFrame) -> Answer:
    rows = phase[phase["quantity"] == "reset_index"]
    # By count; one row is of all counts.
    rows = rows.dropna(subset="elapsed_eighths")
    if rows.empty:
        return _undefined("reset", "Whether the bar token resets the count")
    word = amount(rows["lower"].min(), rows["upper"].min())
    least, most = rows.loc[rows["estimate"].idxmin()], rows.loc[rows["estimate"].idxmax()]
    answered = word != CANNOT_TELL
    said = {"all": "resets the count", "most": "resets most of the count", "a part": "resets a part of the count"}
    said |= {"none": "does not reset the count" + (" everywhere" if rows["upper"].max() >= 0.1 else "")}
    verb = said.get(word, f"may or may not reset the count, we {CANNOT_TELL}")
    ends = " to ".join(f"{_number(row)} after {row['elapsed_eighths']:.0f}" for row in (least, most))
    return Answer("reset", f"A bar token in mid-bar {verb} (reset index by eighths elapsed: {ends}).", answered)


def _free_run(phase: pd.DataFrame) -> Answer:
    rows = phase[(phase["quantity"] == "prominence") & (phase["perturbation"] == "omit_1")]
    if rows.empty:
        return _undefined("free_run", "Whether the count goes on without the bar token")
    row = rows.iloc[0]
    # P_8 may be as high as its neighbours for a count that stays due, too.
    goes_on, stops = row["lower"] > 0 and row["upper"] >= 0.1, row["upper"] < 0.1
    verb = "goes on" if goes_on else "does not go on" if stops else f"may or may not go on, we {CANNOT_TELL},"
    said = (
        f"Where the bar token that is due is left out, the count {verb} by itself (the probability of a bar 8 eighths"
    )
    return Answer("free_run", f"{said} later stands {_number(row)} above its neighbours).", bool(goes_on or stops))


def _advance(phase: pd.DataFrame) -> Answer:
    rows = phase[phase["quantity"] == "slope"]
    if rows.empty:
        return _undefined("advance", "Whether durations or tokens advance the count")
    row = rows.iloc[0]
    answered = row["upper"] < -0.5 or row["lower"] > -0.5
    what = (
        "Durations" if row["upper"] < -0.5 else "Tokens" if answered else "Durations or tokens, we cannot tell which,"
    )
    scale = "-1 if only durations did, 0 if only tokens"
    return Answer("advance", f"{what} advance the count (slope {_number(row)}; {scale}).", bool(answered))


def _clocks(summary: pd.DataFrame) -> Answer:
    rows = summary[summary["state"] == "p_bar"].set_index("clock")
    if rows.empty:
        return _undefined("clocks", "Which clock the probability of a bar follows")
    eighths, steps = rows.loc["eighths"], rows.loc["steps"]
    follows = [name for name, row in (("eighths", eighths), ("steps", steps)) if row["lower"] > 0]
    said = f"The probability of a bar follows {' and '.join(follows) or 'neither clock, as far as we can tell'}"
    numbers = (
        f"{_number(eighths, 'beyond_null')} of its variance for eighths, {_number(steps, 'beyond_null')} for steps"
    )
    return Answer("clocks", f"{said} (gain of either clock beyond the other, less its null: {numbers}).", bool(follows))


def _size(interchange: pd.DataFrame) -> Answer:
    if interchange.empty:
        return _undefined("size", "How few units or dimensions hold most of the count")
    # The most that were handed over together.
    group = max(interchange["layers"].unique(), key=lambda layers: layers.count("+"))

    def smallest(kind: str, column: str) -> pd.Series | None:
        rows = _parts(interchange, "holds", kind)
        rows = rows[(rows["layers"] == group) & (rows["lower"] > 0.5)].sort_values(column)
        return rows.iloc[0] if len(rows) else None

    parts = []
    if (row := smallest("count_explained", "n_units")) is not None:
        units = "1 unit holds" if row["n_units"] == 1 else f"{row['n_units']:.0f} units hold"
        parts.append(f"{units} most of the count, {_number(row, 'shift')}")
    if (row := smallest("subspace", "rank")) is not None:
        rest = _parts(interchange, "holds", "complement_of_subspace")
        rest = rest[(rest["layers"] == group) & (rest["rank"] == row["rank"])].iloc[0]
        parts.append(
            f"a subspace of rank {row['rank']:.0f}{' in each' * ('+' in group)} holds most of it, "
            f"{_number(row, 'shift')}, and leaves {_number(rest, 'shift')} to the rest"
        )
    if not parts:
        said = f"How few units or dimensions of {name_layers(group)} hold most of the count: {CANNOT_TELL}"
        return Answer("size", f"{said}, none that was tried does for sure.", False)
    return Answer("size", f"Of {name_layers(group)}, as few as {'; '.join(parts)}.", True)
