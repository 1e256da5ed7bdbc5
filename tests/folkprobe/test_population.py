"""Shares of a population, counted by hand over tunes that are written out."""

import io

import pandas as pd
import pytest

from folkprobe.music.bars import count_bars
from folkprobe.music.form import describe_tune
from folkprobe.statistics.population import estimate_population
from folkprobe.statistics.shares import estimate_share, proportion_interval

SETTINGS = {"rng_seed": 3, "level": 0.9, "n_resamples": 200}
REEL = " | ".join(["C 8"] * 8)
TUNES = [
    *[f"M:4/4 {REEL} :| |: {REEL} :|"] * 6,
    *["M:4/4 G | C 8 | D 9 | E 7 |"] * 5,
    "M:4/4 C 8 | foo D 8 |",
    "C 8 |",
    "",
]


def table(tunes):
    rows = [describe_tune(tokens.split(), count_bars(tokens.split())) for tokens in tunes]
    # Through a file, as the workflow has it.
    text = pd.DataFrame(rows).to_csv(index=False)
    return pd.read_csv(io.StringIO(text), dtype={"section_bars": str, "wrong_bars": str})


@pytest.fixture(scope="module")
def rows():
    return list(estimate_population(table(TUNES), **SETTINGS))


def find(rows, outcome, at=None):
    (row,) = [row for row in rows if row["outcome"] == outcome and row["at"] == at]
    return row


@pytest.mark.parametrize(
    ("column", "n_yes", "n_tunes"), [("ok", 7, 12), ("strict_ok", 7, 12), ("wellformed", 13, 14), ("is_aabb", 6, 14)]
)
def test_shares_of_tunes(rows, column, n_yes, n_tunes):
    row = find(rows, f"share_of_tunes_{column}")
    assert (row["value"], row["n_tunes"]) == (n_yes / n_tunes, n_tunes)
    assert (row["lower"], row["upper"]) == proportion_interval(n_yes, n_tunes, level=0.9)
    assert row["method"].startswith("Wilson")


def test_share_of_bars_is_the_one_of_the_effects(rows):
    row = find(rows, "share_of_correct_bars")
    share = estimate_share([16] * 6 + [3] * 5 + [2], [16] * 6 + [4] * 5 + [2], **SETTINGS)
    assert (row["value"], row["lower"], row["upper"]) == (share.value, share.lower, share.upper)


def test_shares_along_the_tune(rows):
    along = {row["at"]: (row["value"], row["n_tunes"]) for row in rows if row["outcome"] == "share_of_bars_correct_at"}
    # Five tunes have a pickup, twelve a bar 1 and 2, eleven a bar 3; from bar 4 on there are six, too few.
    assert along == {1: (1.0, 12), 2: (7 / 12, 12), 3: (1.0, 11)}
    wrong_by = {row["at"]: row["value"] for row in rows if row["outcome"] == "share_of_tunes_wrong_by"}
    assert wrong_by == {1: 0.0, 2: 5 / 14, 3: 5 / 14}


def test_shares_of_sections(rows):
    shares = {row["at"]: row["value"] for row in rows if row["outcome"] == "share_of_sections_with_bars"}
    # 12 sections of 8 bars; 5 of 25/8, one of 2, one that nobody knows.
    assert shares == {"4": 0.0, "6": 0.0, "8": 12 / 19, "12": 0.0, "16": 0.0, "other": 7 / 19}


def test_a_population_without_bars_has_no_shares_along_the_tune():
    rows = list(estimate_population(table(["", "C |"]), **SETTINGS))
    assert {row["outcome"] for row in rows} == {
        "share_of_tunes_wellformed",
        "share_of_tunes_is_aabb",
        "share_of_correct_bars",
        "share_of_sections_with_bars",
    }
