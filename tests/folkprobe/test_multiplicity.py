"""Adjusted p-values against worked examples and brute force."""

import itertools

import numpy as np
import pytest

from folkprobe.statistics.multiplicity import benjamini_hochberg, holm


def test_holm_by_hand():
    # 4 x 0.005, 3 x 0.01, 2 x 0.03; 1 x 0.04 is raised to what comes before it.
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm([0.5, 0.9, 0.4]), [1, 1, 1])


def test_holm_is_the_closed_bonferroni_test():
    # A hypothesis falls at a level if every intersection with it does, each tested by Bonferroni (Marcus et al. 1976).
    p_values = np.random.default_rng(0).random(6) ** 3
    adjusted = holm(p_values)
    for one in range(6):
        others = [i for i in range(6) if i != one]
        with_it = [(one, *more) for n in range(6) for more in itertools.combinations(others, n)]
        worst = max(min(1, len(each) * p_values[list(each)].min()) for each in with_it)
        assert adjusted[one] == pytest.approx(worst, rel=1e-12)


def test_benjamini_and_hochberg_s_own_example():
    # Benjamini and Hochberg 1995, section 4.1: 15 p-values; their procedure rejects 4 at 0.05, Holm's only 3.
    p_values = np.array(
        [1e-4, 4e-4, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1]
    )  # fmt: skip
    shuffled = np.random.default_rng(1).permutation(15)
    rejected = benjamini_hochberg(p_values[shuffled]) <= 0.05
    np.testing.assert_array_equal(np.sort(shuffled[rejected]), [0, 1, 2, 3])
    assert (holm(p_values) <= 0.05).sum() == 3


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_a_test_that_was_not_made_does_not_count(adjust):
    p_values = np.array([0.02, np.nan, 0.01, 0.5])
    adjusted = adjust(p_values)
    np.testing.assert_allclose(adjusted[[0, 2, 3]], adjust(p_values[[0, 2, 3]]))
    assert np.isnan(adjusted[1])
    assert adjust(np.array([])).shape == (0,)
    assert np.isnan(adjust([np.nan])).all()


def test_a_table_of_tests_is_one_family():
    p_values = np.random.default_rng(2).random(50) ** 2
    table = benjamini_hochberg(p_values.reshape(5, 10))
    np.testing.assert_array_equal(table, benjamini_hochberg(p_values).reshape(5, 10))
    assert benjamini_hochberg(np.zeros((3, 0))).shape == (3, 0)
