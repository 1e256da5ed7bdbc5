"""What the figures of the lesion study select, and say in words."""

import numpy as np
import pandas as pd
import pytest
from lesion_factory import DEFAULT_CUTS, FULL_CUTS, ZEROED, effects_table, outcomes_table

from folkprobe.figures.lesion_tables import (
    describe_cuts,
    describe_draws,
    describe_intervals,
    describe_p,
    describe_sets,
    dose_levels,
    intact_share,
    leading_family,
    share_by_set,
)
from folkprobe.statistics.lesion_design import FEWEST_SETS_TO_TEST


def test_the_leading_family_is_the_primary_one_wherever_it_stands():
    effects = pd.DataFrame({"role": ["descriptive", "secondary", "primary"], "family": ["a", "b", "b"]})
    assert leading_family(effects) == "b"
    assert leading_family(effects[:1]) == "a"
    assert leading_family(effects.assign(family=np.nan)) is None


def test_shares_of_a_set_are_ratios_of_sums():
    outcomes = pd.DataFrame(
        [
            ("intact", None, None, None, None, 8, 1),
            ("random", 2, "third", 5, 1, 10, 1),
            ("random", 2, "third", 5, 1, 30, 9),
            ("random", 2, "third", 5, 1, 0, 0),
            ("random", 2, "third", 5, 0, 0, 0),
            ("targeted", 2, "third", 5, None, 4, 4),
        ],
        columns=["kind", "layer", "family", "n_units", "set_index", "n_measured_bars", "n_wrong_bars"],
    )
    sets = share_by_set(outcomes)
    columns = ["layer", "n_units", "kind", "set_index", "n_tunes", "n_measured_bars", "share_of_wrong_bars"]
    assert sets[columns].fillna(-1).to_numpy().tolist() == [
        [2, 5, "random", 1, 2, 40, 0.25],
        [2, 5, "random", 0, 0, 0, -1],
        [2, 5, "targeted", 0, 1, 4, 1],
    ]


def test_doses_are_the_families_that_only_differ_in_size():
    effects = effects_table(
        outcomes_table(dict.fromkeys(["third", "third_mean", "third_rec", "units_8"], 2), n_tunes=3)
    )
    levels = dose_levels(effects, FULL_CUTS)
    assert set(zip(levels["family"], levels["n_units"], strict=True)) == {("third", 42), ("units_8", 8)}
    assert set(levels["contrast"]) == {"targeted", "random", "activity_matched", "bottom"}
    assert set(levels["outcome"]) == {"share_of_wrong_bars"}
    # Three layers, four kinds, two sizes.
    assert len(levels) == 24


def test_of_families_of_one_size_the_one_with_more_random_sets_is_the_dose():
    effects = effects_table(outcomes_table({"third": 3, "units_64": 2, "units_8": 1}, n_tunes=3))
    # A small layer, of which 64 units would be more than a third.
    effects.loc[(effects["family"] == "units_64") & (effects["layer"] == 2), "n_units"] = 42
    levels = dose_levels(effects, FULL_CUTS)
    families = levels.groupby(["layer", "n_units"])["family"].unique().str.join(" ").to_dict()
    assert families == {
        (1, 8): "units_8",
        (1, 42): "third",
        (1, 64): "units_64",
        (2, 8): "units_8",
        (2, 42): "third",
        (3, 8): "units_8",
        (3, 42): "third",
        (3, 64): "units_64",
    }


def test_the_intact_share_is_that_of_wrong_bars():
    outcomes = outcomes_table({"third": 2}, n_tunes=5)
    intact = outcomes[outcomes["kind"] == "intact"]
    expected = intact["n_wrong_bars"].sum() / intact["n_measured_bars"].sum()
    assert intact_share(effects_table(outcomes)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("n_sets", "text"),
    [
        ([5, 5], "descriptive, 5 random sets"),
        ([1], "descriptive, 1 random set"),
        ([FEWEST_SETS_TO_TEST, 39], "20 to 39 random sets"),
        ([FEWEST_SETS_TO_TEST - 1, 39], "descriptive, 19 to 39 random sets"),
        ([], "descriptive, no random sets"),
        ([0], "descriptive, 0 random sets"),
    ],
)
def test_few_sets_are_called_descriptive(n_sets, text):
    assert describe_sets(n_sets) == text


def test_where_nothing_is_tested_many_sets_are_descriptive_too():
    assert describe_sets([39], is_tested=False) == "descriptive, 39 random sets"


def test_each_way_of_making_intervals_has_its_line():
    effects = pd.DataFrame(
        {
            "contrast": ["targeted", "activity_matched", "random", "random"],
            "level": 0.9,
            "method": ["over tunes", "over tunes", "over sets", "none: one set"],
            "n_tunes": [200, 198, 200, 1234],
            "rng_seed": 3,
        }
    )
    assert describe_intervals(effects).splitlines() == [
        "targeted, activity matched: 90% interval, over tunes; 198 to 200 tunes; rng_seed 3",
        "random: 90% interval, over sets; 200 tunes; rng_seed 3",
        "random: no interval, one set; 1,234 tunes; rng_seed 3",
    ]
    assert describe_intervals(effects[:0]) == ""


def test_long_notes_are_broken_into_lines_of_about_one_length():
    effects = pd.DataFrame({"contrast": ["random"], "level": 0.95, "method": "word " * 40, "n_tunes": 9, "rng_seed": 3})
    first, second = map(len, describe_intervals(effects).splitlines())
    assert max(first, second) < 150
    assert min(first, second) > 80


def test_draws_say_what_the_sets_can_tell():
    outcomes = outcomes_table({"third": FEWEST_SETS_TO_TEST}, n_tunes=3)
    sets, effects = share_by_set(outcomes), effects_table(outcomes)
    effects = effects[(effects["family"] == "third") & (effects["outcome"] == "share_of_wrong_bars")]
    effects.loc[effects["contrast"] == "targeted - random", "permutation_p_value"] = [0.5, 0.25, 1 / 21]
    assert describe_draws(effects, sets) == {
        1: "42 units\n20 random sets\npermutation p = 0.500",
        2: "42 units\n20 random sets\npermutation p = 0.250",
        3: "42 units\n20 random sets\npermutation p = 0.048",
    }
    fewer = sets[~((sets["kind"] == "random") & (sets["set_index"] == 0))].copy()
    fewer.loc[(fewer["layer"] == 2) & (fewer["set_index"] == 1), "share_of_wrong_bars"] = np.nan
    assert describe_draws(effects, fewer)[1] == "42 units\ndescriptive, 19 random sets"
    assert describe_draws(effects, fewer)[2] == "42 units\ndescriptive, 19 random sets\n(1 without a measured bar)"


def test_every_cut_has_a_name_of_its_own():
    assert describe_cuts(DEFAULT_CUTS) == {
        "third": "at zero",
        "third_mean": "at their mean",
        "third_out": "at zero for the next layer only",
        "third_rec": "at zero for their own layer only",
    }
    assert describe_cuts({"a": ZEROED, "b": ZEROED}) == {"a": "at zero (a)", "b": "at zero (b)"}


def test_small_p_values_are_not_called_zero():
    assert [describe_p(p) for p in (1.0, 0.0496, 0.001, 0.00099, 0.0)] == [
        "= 1.000",
        "= 0.050",
        "= 0.001",
        "< 0.001",
        "< 0.001",
    ]
