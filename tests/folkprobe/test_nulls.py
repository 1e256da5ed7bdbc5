"""Surrogates keep what they promise to keep, and lose the rest."""

import numpy as np
import pytest

from folkprobe.signal.nulls import autoregressive, circular_shift, phase_randomised, shuffled, surrogate_p_values


@pytest.mark.parametrize("n_steps", [1, 2, 40, 41])
def test_phases_change_and_power_does_not(n_steps):
    sequences = np.random.default_rng(0).normal(size=(n_steps, 3)) + 2
    surrogate = phase_randomised(sequences, np.random.default_rng(1))
    power = np.abs(np.fft.rfft(sequences, axis=0))
    np.testing.assert_allclose(np.abs(np.fft.rfft(surrogate, axis=0)), power, rtol=1e-10)
    np.testing.assert_allclose(surrogate.mean(axis=0), sequences.mean(axis=0))
    if n_steps > 2:
        assert np.abs(surrogate - sequences).max() > 0.1
        # Each unit by itself: what two units share is lost.
        twins = phase_randomised(np.repeat(sequences[:, :1], 2, axis=1), np.random.default_rng(1))
        assert np.abs(twins[:, 0] - twins[:, 1]).max() > 0.1


def test_phases_are_uniform():
    impulse = np.zeros((9, 3000))
    impulse[0] = 1
    angles = np.angle(np.fft.rfft(phase_randomised(impulse, np.random.default_rng(2)), axis=0)[1:])
    assert abs(np.exp(1j * angles).mean()) < 0.02
    assert abs(np.exp(2j * angles).mean()) < 0.02


def test_a_shift_keeps_the_circle_and_moves_each_unit_by_itself():
    sequences = np.repeat(np.arange(30.0)[:, np.newaxis], 400, axis=1)
    shifted = circular_shift(sequences, np.random.default_rng(3))
    np.testing.assert_array_equal(np.diff(shifted, axis=0) % 30, 1)
    # Every shift but none at all occurs.
    assert set(shifted[0]) == set(range(1, 30))
    np.testing.assert_array_equal(circular_shift(sequences[:1], np.random.default_rng(3)), sequences[:1])


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
    for surrogate in (autoregressive, circular_shift, phase_randomised, shuffled):
        first, second, third = (surrogate(sequences, np.random.default_rng(seed)) for seed in (5, 5, 6))
        np.testing.assert_array_equal(first, second)
        assert (first != third).any()


def test_p_values_count_the_data_as_one_of_the_surrogates():
    surrogates = [np.array([1.0, 5.0]), np.array([2.0, 5.0]), np.array([3.0, 5.0])]
    np.testing.assert_allclose(surrogate_p_values(np.array([2.0, 6.0]), iter(surrogates)), [3 / 4, 1 / 4])
