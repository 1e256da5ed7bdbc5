"""Distributions in a few numbers."""

import numpy as np

from folkprobe.signal.distribution import describe_values


def test_a_hundred_and_one_steps():
    told = describe_values(np.linspace(-2, 3, 101))
    assert told["n"] == 101
    np.testing.assert_allclose([told["mean"], told["p1"], told["p50"], told["p95"]], [0.5, -1.95, 0.5, 2.75])
    np.testing.assert_allclose(told["standard_deviation"], 0.05 * np.sqrt((101**2 - 1) / 12))
    # -2 to -1.05 are 20 values, 1.05 to 3 are 40.
    np.testing.assert_allclose(told["share_beyond_1"], 60 / 101)


def test_nothing_has_the_same_columns():
    none, some = describe_values(np.array([])), describe_values(np.array([1.0]))
    assert list(none) == list(some)
    assert none["n"] == 0
    assert np.isnan([value for name, value in none.items() if name != "n"]).all()
