"""Description of a population of tunes: shares of correct tunes and bars, by position, and its forms."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from folkprobe.statistics.shares import estimate_share, proportion_interval

# Boolean columns of tunes.csv.
TUNE_OUTCOMES = ("ok", "strict_ok", "wellformed", "is_aabb")
# Section lengths with a row each; all others share one.
SECTION_BARS = ("4", "6", "8", "12", "16")
OTHER_LENGTH = "other"
# ASSUME: with fewer tunes that are long enough, a share is not informative.
_FEWEST_TUNES = 10


def estimate_population(
    tunes: pd.DataFrame, *, rng_seed: int, level: float, n_resamples: int
) -> Iterator[dict[str, object]]:
    """Estimate the shares that describe a population of tunes.

    Parameters
    ----------
    tunes : pandas.DataFrame
        Rows of ``tunes.csv``.
    rng_seed, level, n_resamples
        As for `folkprobe.statistics.shares.estimate_share`.

    Yields
    ------
    dict
        One estimate: ``outcome``, ``at``, ``value`` in [0, 1], ``lower``, ``upper``, ``level``, ``n_tunes`` (of the
        tunes that enter), ``method``. Outcomes, and what ``at`` says of them:

        share_of_tunes_ok, _strict_ok, _wellformed, _is_aabb
            Nothing. Tunes without a measured bar do not enter the first two.
        share_of_correct_bars
            Nothing. Of measured bars; long tunes weigh more.
        share_of_bars_correct_at
            The bar's number: 1 is the first full bar, a pickup at the beginning of the tune 0. Of the tunes that have
            this bar, measured.
        share_of_tunes_wrong_by
            The bar's number: the share of all tunes whose first wrong bar is this one or an earlier one. A tune that
            ends without a wrong bar stays right.
        share_of_sections_with_bars
            A length in bars, or "other". Of all sections, each counted once however often it is played.

        Numbers of bars go as far as ten tunes do.
    """
    bootstrap = {"rng_seed": rng_seed, "level": level, "n_resamples": n_resamples}
    for column in TUNE_OUTCOMES:
        judged = tunes[column].dropna()
        yield from _proportion(f"share_of_tunes_{column}", None, int((judged == 1).sum()), len(judged), level)
    yield _share("share_of_correct_bars", None, tunes["n_ok_bars"], tunes["n_measured_bars"], bootstrap)
    first = tunes["first_measured_bar"].to_numpy(dtype=float)
    end = first + tunes["n_measured_bars"].to_numpy()
    wrong = Counter(number for numbers in _lists(tunes["wrong_bars"]) for number in numbers)
    first_wrong = tunes["first_wrong_bar"].to_numpy(dtype=float)
    number = 0
    while (n_tunes := int(((first <= number) & (number < end)).sum())) >= _FEWEST_TUNES or number == 0:
        if n_tunes >= _FEWEST_TUNES:
            n_correct = n_tunes - wrong[str(number)]
            yield from _proportion("share_of_bars_correct_at", number, n_correct, n_tunes, level)
            n_wrong = int((first_wrong <= number).sum())
            yield from _proportion("share_of_tunes_wrong_by", number, n_wrong, len(tunes), level)
        number += 1
    sections = [
        Counter(length if length in SECTION_BARS else OTHER_LENGTH for length in lengths)
        for lengths in _lists(tunes["section_bars"])
    ]
    n_sections = np.array([each.total() for each in sections])
    for length in (*SECTION_BARS, OTHER_LENGTH):
        counts = np.array([each[length] for each in sections])
        yield _share("share_of_sections_with_bars", length, counts, n_sections, bootstrap)


def _lists(column: pd.Series) -> list[list[str]]:
    """Return the words of each cell; pandas reads a single number as a number, and an empty cell as nan."""
    return [[] if pd.isna(cell) else str(cell).split() for cell in column]


def _proportion(outcome: str, at: object, n_yes: int, n_tunes: int, level: float) -> Iterator[dict[str, object]]:
    """Yield one row with a closed-form interval, tunes being independent; nothing without a tune."""
    if n_tunes:
        lower, upper = proportion_interval(n_yes, n_tunes, level=level)
        yield _row(outcome, at, n_yes / n_tunes, lower, upper, level, n_tunes, "Wilson score interval over tunes")


def _share(outcome: str, at: object, n_correct, n_bars, bootstrap: dict) -> dict[str, object]:
    """Return one row, with a bootstrap over tunes, whose bars and sections are not independent."""
    share = estimate_share(np.asarray(n_correct), np.asarray(n_bars), **bootstrap)
    return _row(outcome, at, share.value, share.lower, share.upper, share.level, share.n_tunes, share.method)


def _row(outcome, at, value, lower, upper, level, n_tunes, method) -> dict[str, object]:
    return {
        "outcome": outcome,
        "at": at,
        "value": value,
        "lower": lower,
        "upper": upper,
        "level": level,
        "n_tunes": n_tunes,
        "method": method,
    }
