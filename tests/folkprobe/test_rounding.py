"""Roundings by hand, and misprints of the article's tables."""

from collections import Counter
from decimal import Decimal

import pytest
from project import ROOT

from benchmarks.misprints import judge_printed, misprints_in_the_last_place
from folkprobe.claims.claim import read_claims
from folkprobe.claims.rounding import explaining_roundings, named_explanation, rounded, verdict_on_cell


@pytest.mark.parametrize(
    ("value", "n_decimals", "rounding", "lower_end", "upper_end"),
    [
        (8.3069, 1, "nearest", "8.3", "8.3"),
        (62.5, 0, "nearest", "63", "63"),
        (9.3554, 1, "outward", "9.3", "9.4"),
        (47.547, 0, "outward", "47", "48"),
        (9.649, 1, "cut", "9.6", "9.6"),
        (2.2, 2, "outward", "2.20", "2.21"),  # 2.2 is a little above 2.2 in binary
    ],
)
def test_rounded(value, n_decimals, rounding, lower_end, upper_end):
    assert rounded(value, n_decimals, rounding) == Decimal(lower_end)
    assert rounded(value, n_decimals, rounding, upper_end=True) == Decimal(upper_end)


def test_every_rounding_that_gives_both_ends_is_named():
    candidates = {"exact": (8.1059, 9.6241), "frequency rounded": (8.088, 9.649)}
    assert explaining_roundings(("8.0", "9.6"), candidates) == [("frequency rounded", "cut")]
    assert explaining_roundings(("8.1", "9.6"), candidates) == [
        ("exact", "nearest"),
        ("exact", "cut"),
        ("frequency rounded", "nearest"),
    ]
    assert explaining_roundings(("8.10", "9.6"), candidates) == [("exact", "cut")]
    assert explaining_roundings(("7.9", "9.6"), candidates) == []


def test_an_end_that_was_not_printed_does_not_count():
    assert explaining_roundings(("103", None), {"exact": (102.774, float("inf"))}) == [("exact", "nearest")]


def test_a_cell_keeps_its_tables_rule_or_another_or_none():
    rule, other, cut = ("exact", "nearest"), ("frequency rounded", "outward"), ("exact", "cut")
    assert verdict_on_cell(rule, [cut, rule]) == "its table's rule"
    assert verdict_on_cell(rule, [cut, other]) == "another rounding than its table's"
    assert verdict_on_cell(rule, [cut]) == "no rounding, only digits cut off"
    assert verdict_on_cell(rule, []) == "no rounding"
    assert named_explanation(other) == "outward, frequency rounded"


def test_a_misprint_in_the_last_place_is_noticed():
    """benchmarks/misprints.py changes every digit."""
    claims = read_claims(ROOT / "resources/claims.yaml", ROOT / "workflow/schemas/claims.schema.yaml")
    as_printed, fits = judge_printed(claims, misprints_in_the_last_place)
    assert Counter(as_printed.values()) == {
        "its table's rule": 22,
        "another rounding than its table's": 2,
        "no rounding, only digits cut off": 1,
    }
    assert len(fits) == 92
    # Both undo what the article misprinted.
    assert [misprint for misprint, is_reproduced in fits.items() if is_reproduced] == [
        ("p7.tab.sidelobe.rect.8.8", "lower", "8.1"),
        ("p7.num.88text", "lower", "8.3"),
    ]
