"""Surrogates keep what they promise to keep and lose the rest; the p-value of a statistic among them."""

import numpy as np
import pytest

from folkprobe.signal.nulls import autoregressive, shuffled, surrogate_p_values


def test_a_shuffle_moves_all_units_alike():
    sequences = np.arange(60.0).reshape(20, 3)
    surrogate = shuffled(sequences, np.random.default_rng(1))
    assert (surrogate != sequences).any()
    np.testing.assert_array_equal(surrogate[surrogate[:, 0].argsort()], sequences)


@pytest.mark.parametrize("coefficients", [(0.9, -0.5), (0.0, 0.6)])
def test_autoregressive_noise_keeps_each_units_memory_and_what_units_share(coefficients):
    rng = np.random.default_rng(3)
    sequences = rng.normal(size=(4000, 1)) + 0.5 * rng.normal(size=(4000, 2))
    for step in range(1, 4000):
        sequences[step] += np.array(coefficients) * sequences[step - 1]
    surrogate = autoregressive(sequences + np.array([5, -3]), np.random.default_rng(4))
    lagged = [np.corrcoef(surrogate[1:, unit], surrogate[:-1, unit])[0, 1] for unit in range(2)]
    np.testing.assert_allclose(lagged, coefficients, atol=0.05)
    np.testing.assert_allclose(np.cov(surrogate.T), np.cov(sequences.T), rtol=0.15)
    np.testing.assert_allclose(surrogate.mean(axis=0), [5, -3], atol=0.6)
    # Another course, and a constant stays one.
    assert abs(np.corrcoef(surrogate[:, 0], sequences[:, 0])[0, 1]) < 0.15
    np.testing.assert_array_equal(autoregressive(np.full((9, 1), 0.3), rng), np.full((9, 1), 0.3))


def test_the_same_seed_gives_the_same_surrogates():
    sequences = np.random.default_rng(0).normal(size=(20, 3))
    for surrogate in (autoregressive, shuffled):
        first, second, third = (surrogate(sequences, np.random.default_rng(seed)) for seed in (5, 5, 6))
        np.testing.assert_array_equal(first, second)
        assert (first != third).any()


def test_p_values_count_the_data_as_one_of_the_surrogates():
    surrogates = [np.array([1.0, 5.0]), np.array([2.0, 5.0]), np.array([3.0, 5.0])]
    np.testing.assert_allclose(surrogate_p_values(np.array([2.0, 6.0]), iter(surrogates)), [3 / 4, 1 / 4])
