"""Which units a lesion study cuts out."""

from itertools import combinations

import numpy as np
import pytest

from folkprobe.refusal import Refusal
from folkprobe.signal.activity import Activity
from folkprobe.signal.lesion_sets import (
    activity_matched_units,
    bottom_units,
    choose_units,
    random_units,
    resolve_n_units,
    targeted_units,
)

POWER_FRACTION = np.array([0.1, 0.5, 0.3, 0.5, 0.0, 0.2])


@pytest.mark.parametrize(
    ("n_layer_units", "n_units", "share", "expected"),
    [
        (128, None, 0.33, 42),
        (512, None, 0.33, 169),
        (6, None, 0.25, 2),
        (2, None, 0.1, 1),
        (12, 8, None, 8),
        (4, 8, None, 4),
    ],
)
def test_sizes_are_rounded_and_no_more_than_there_is(n_layer_units, n_units, share, expected):
    assert resolve_n_units(n_layer_units, n_units=n_units, share_of_layer=share) == expected


def test_targeted_and_bottom_are_the_two_ends_of_one_order():
    assert list(targeted_units(POWER_FRACTION, 1)) == [1]
    assert list(targeted_units(POWER_FRACTION, 3)) == [1, 2, 3]
    assert list(bottom_units(POWER_FRACTION, 2)) == [0, 4]
    for n in range(1, 6):
        assert sorted([*targeted_units(POWER_FRACTION, n), *bottom_units(POWER_FRACTION, 6 - n)]) == list(range(6))


def test_random_sets_depend_on_what_they_should():
    def draw(**changed):
        return tuple(random_units(40, 9, **({"rng_seed": 1, "layer": 2, "set_index": 3} | changed)))

    assert draw() == draw()
    assert len({draw(), draw(rng_seed=2), draw(layer=1), draw(set_index=4)}) == 4
    assert list(draw()) == sorted(set(draw()))


def test_every_subset_is_as_likely():
    sets = [tuple(random_units(5, 2, rng_seed=7, layer=1, set_index=i)) for i in range(2000)]
    counts = [sets.count(pair) for pair in combinations(range(5), 2)]
    assert sum(counts) == 2000
    # chi-squared with 9 degrees of freedom exceeds 27.9 once in a thousand times; the seed is fixed.
    assert sum((count - 200) ** 2 / 200 for count in counts) < 27.9


def test_partners_are_the_nearest_in_all_by_brute_force():
    rng = np.random.default_rng(3)
    activity = rng.normal(size=(8, 2)) * [1, 100]
    targeted = np.array([1, 4, 6])
    scaled = activity / activity.std(axis=0)

    def cost(partners):
        from itertools import permutations

        return min(
            sum(((scaled[t] - scaled[p]) ** 2).sum() for t, p in zip(targeted, each, strict=True))
            for each in permutations(partners)
        )

    best = min(combinations([0, 2, 3, 5, 7], 3), key=cost)
    assert tuple(activity_matched_units(activity, targeted)) == best


def test_targeted_units_are_partners_only_where_there_is_no_other():
    activity = np.random.default_rng(3).normal(size=(8, 2))
    targeted = np.arange(5)
    matched = activity_matched_units(activity, targeted)
    assert len(set(matched)) == 5
    assert set(matched) >= {5, 6, 7}


def test_a_measure_that_does_not_vary_counts_nothing():
    activity = np.array([[0.0, 1.0], [0.1, 1.0], [5.0, 1.0]])
    assert list(activity_matched_units(activity, np.array([0]))) == [1]


def test_the_kinds_lead_to_their_functions():
    rng = np.random.default_rng(5)
    activity = Activity(*rng.uniform(0.1, 1, (3, 6)), n_steps=10)
    how = {"n_units": 2, "layer": 1, "set_index": 0, "rng_seed": 4}

    def choose(kind):
        return list(choose_units(POWER_FRACTION, activity, kind=kind, **how))

    assert choose("targeted") == [1, 3]
    assert choose("bottom") == [0, 4]
    assert choose("random") == list(random_units(6, 2, rng_seed=4, layer=1, set_index=0))
    measures = np.stack([activity.mean_absolute, activity.variance], axis=1)
    assert choose("activity_matched") == list(activity_matched_units(measures, np.array([1, 3])))
    with pytest.raises(Refusal, match="'best' is not one of the kinds of sets"):
        choose("best")
    with pytest.raises(Refusal, match="7 of a layer's 6 units"):
        choose_units(POWER_FRACTION, activity, kind="bottom", **how | {"n_units": 7})
