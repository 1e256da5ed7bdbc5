"""The verdict on each layer, in words."""

import math

import pandas as pd
import pytest

from folkprobe.report.verdicts import fixed, lesion_word, verdicts_by_layer

EFFECT = {"role": "primary", "layer": 1, "estimate": 0.298506, "lower": 0.090723, "upper": 0.506, "n_sets": 5}
EFFECT |= {"p_value_adjusted": 0.0123}
PART = {
    "layers": "1",
    "set": "all",
    "donor": "other_count",
    "mode": "holds",
    "shift": 0.69,
    "lower": 0.64,
    "upper": 0.73,
}

POINTS = "percentage points of wrong bars"


def said(effects, interchange=None):
    return {
        each["layer"]: [
            f"{verdict['before']}*{verdict['word']}*{verdict['after']}: {verdict['numbers']}"
            for verdict in each["verdicts"]
        ]
        for each in verdicts_by_layer(pd.DataFrame(effects), interchange and pd.DataFrame(interchange))
    }


@pytest.mark.parametrize(
    ("lower", "upper", "word"),
    [
        (0.09, 0.5, "more bars are wrong"),
        (-0.5, -0.01, "fewer bars are wrong"),
        (-0.04, 0.049, "as many bars are wrong"),
        (-0.04, 0.06, "cannot tell"),
        (-1.0, 1.0, "cannot tell"),
        (math.nan, math.nan, "cannot tell"),
    ],
)
def test_an_interval_is_put_into_words(lower, upper, word):
    assert lesion_word({"lower": lower, "upper": upper}) == word


def test_each_layer_has_its_verdicts_with_fixed_decimals():
    interchange = [
        PART,
        PART | {"mode": "tells", "layers": "3", "shift": 0.5, "lower": -0.2, "upper": 1.0},
        # Not about a layer as a whole.
        PART | {"layers": "1+2"},
        PART | {"set": "targeted"},
        PART | {"donor": "same_count"},
    ]
    effects = [EFFECT, EFFECT | {"layer": 3, "lower": -1.0, "upper": 1.0}, EFFECT | {"role": "secondary", "layer": 2}]
    assert said(effects, interchange) == {
        1: [
            "Holds *most* of the count: 0.69 [0.64, 0.73]",
            f"Without its units at the bar, *more bars are wrong* than without random ones: 29.9 [9.1, 50.6] {POINTS}",
        ],
        3: [
            "*Cannot tell* how much of the count it tells: 0.50 [-0.20, 1.00]",
            f"*Cannot tell* whether it needs its units at the bar more than random ones: 29.9 [-100.0, 100.0] {POINTS}",
        ],
    }


def test_layers_are_numbers_where_no_group_was_handed_over():
    assert list(said([EFFECT], [PART | {"layers": 2}])) == [1, 2]


def test_a_test_is_told_where_there_are_sets_enough():
    (words,) = said([EFFECT | {"n_sets": 20}])[1]
    assert words.endswith("wrong bars, p = 0.012 adjusted over the layers")


def test_a_study_without_both_says_nothing():
    assert said([EFFECT | {"role": "descriptive"}]) == {}


def test_a_number_has_its_decimals_and_zero_no_sign():
    assert [fixed(value, 2) for value in (1.0, -0.001, 0.125, math.nan)] == ["1.00", "0.00", "0.12", ""]
