"""What the study says about each layer, in words, with the intervals behind them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from folkprobe.claims.count_answers import CANNOT_TELL, amount
from folkprobe.figures.lesion_tables import describe_p
from folkprobe.statistics.lesion_design import FEWEST_SETS_TO_TEST

if TYPE_CHECKING:
    import pandas as pd

# An effect on the share of wrong bars that is taken for none.
_NEGLIGIBLE_POINTS = 5
_AS_MANY = "as many bars are wrong"


def verdicts_by_layer(effects: "pd.DataFrame", interchange: "pd.DataFrame | None") -> list[dict[str, object]]:
    """Say of each layer how much of the count it holds and tells, and what excising its units at the bar does.

    Parameters
    ----------
    effects : pandas.DataFrame
        ``effects.csv``.
    interchange : pandas.DataFrame or None
        ``interchange.csv``; None in a study without the study of the count.

    Returns
    -------
    list of dict
        `layer`; `verdicts`, sentences in three pieces, `before`, `word` and `after`, with their `numbers`.
    """
    verdicts: dict[int, list[dict[str, str]]] = {}
    if interchange is not None:
        is_layer = interchange["layers"].astype(str).str.isdecimal()
        whole = (interchange["set"] == "all") & (interchange["donor"] == "other_count")
        for row in interchange[whole & is_layer].to_dict("records"):
            word = amount(row["lower"], row["upper"])
            verb, numbers = row["mode"], with_interval(row, "shift", 1, 2)
            said = ("", f" how much of the count it {verb}") if word == CANNOT_TELL else (f"{verb} ", " of the count")
            verdicts.setdefault(int(row["layers"]), []).append(_verdict(word, *said, numbers))
    for row in effects[effects["role"] == "primary"].to_dict("records"):
        word, numbers = lesion_word(row), f"{with_interval(row, 'estimate', 100, 1)} percentage points of wrong bars"
        if row["n_sets"] >= FEWEST_SETS_TO_TEST:
            numbers += f", p {describe_p(row['p_value_adjusted'])} adjusted over the layers"
        said = ("without its units at the bar, ", f" {'as' if word == _AS_MANY else 'than'} without random ones")
        if word == CANNOT_TELL:
            said = ("", " whether it needs its units at the bar more than random ones")
        verdicts.setdefault(int(row["layer"]), []).append(_verdict(word, *said, numbers))
    return [{"layer": layer, "verdicts": verdicts[layer]} for layer in sorted(verdicts)]


def _verdict(word: str, before: str, after: str, numbers: str) -> dict[str, str]:
    if before:
        before = before[0].upper() + before[1:]
    else:
        word = word[0].upper() + word[1:]
    return {"before": before, "word": word, "after": after, "numbers": numbers}


def lesion_word(row: Mapping) -> str:
    """Return in words what the interval of a primary contrast, a share of wrong bars, allows."""
    lower, upper = 100 * row["lower"], 100 * row["upper"]
    if lower > 0:
        return "more bars are wrong"
    if upper < 0:
        return "fewer bars are wrong"
    # Without an interval, which a single random set does not have, both comparisons are false.
    return _AS_MANY if max(-lower, upper) < _NEGLIGIBLE_POINTS else CANNOT_TELL


def fixed(value: float, n_decimals: int) -> str:
    """Return a number with fixed decimals; empty where there is none."""
    # Adding 0 makes a negative zero positive.
    return "" if value != value else f"{round(value, n_decimals) + 0.0:.{n_decimals}f}"


def decimals_of(outcome: str) -> int:
    """Return how many decimals an outcome has: three of shares and of log-probabilities in nats, one of tokens."""
    return 1 if outcome.endswith("_tokens_per_tune") else 3


def with_interval(row: Mapping, column: str, scale: float, n_decimals: int) -> str:
    """Return an estimate with its interval, `lower` and `upper`, if it has one; all times `scale`."""
    value, lower, upper = (fixed(scale * row[name], n_decimals) for name in (column, "lower", "upper"))
    return f"{value} [{lower}, {upper}]" if lower else value
