"""Surrogates keep what they promise to keep, and lose the rest."""

import numpy as np
import pytest

from folkprobe.signal.nulls import circular_shift, phase_randomised, surrogate_p_values


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


def test_the_same_seed_gives_the_same_surrogates():
    sequences = np.random.default_rng(0).normal(size=(20, 3))
    for surrogate in (circular_shift, phase_randomised):
        first, second, third = (surrogate(sequences, np.random.default_rng(seed)) for seed in (5, 5, 6))
        np.testing.assert_array_equal(first, second)
        assert (first != third).any()


def test_p_values_count_the_data_as_one_of_the_surrogates():
    surrogates = [np.array([1.0, 5.0]), np.array([2.0, 5.0]), np.array([3.0, 5.0])]
    np.testing.assert_allclose(surrogate_p_values(np.array([2.0, 6.0]), iter(surrogates)), [3 / 4, 1 / 4])
