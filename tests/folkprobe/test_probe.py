"""Tests of the probe."""

import numpy as np
import pytest

from folkprobe.counting.probe import Probe, decode_held_out, offset_counts, share_decoded
from folkprobe.statistics.resampling import resample_weights

N_TUNES, N_STEPS = 8, 90


@pytest.fixture
def made():
    """A count from 0 to 8 that ten states carry linearly, with noise: R2 is 0.8 at best."""
    rng = np.random.default_rng(2)
    tune = np.repeat(np.arange(N_TUNES), N_STEPS)
    count = np.tile(np.arange(N_STEPS) % 9, N_TUNES)
    states = rng.normal(size=(len(tune), 10))
    states[:, 0] = count / 8 + rng.normal(0, np.std(count / 8) / 2, len(tune))
    return states, count, tune


def test_ridge_is_the_regression_with_the_penalty_as_observations(made):
    states, count, _ = made
    probe = Probe.fit(states, count[:, np.newaxis], penalty=3.0)
    centred = np.vstack([states - states.mean(axis=0), np.sqrt(3.0) * np.eye(10)])
    expected, *_ = np.linalg.lstsq(centred, np.append(count - count.mean(), np.zeros(10)), rcond=None)
    assert np.allclose(probe.weights[:, 0], expected)
    assert probe.decode(states.mean(axis=0, keepdims=True))[0, 0] == pytest.approx(count.mean())


def test_held_out_decoding_ignores_its_own_fold(made):
    states, count, tune = made
    second = tune % 2 == 1
    decoded = decode_held_out(states, count[:, np.newaxis], second, penalty=1.0)
    changed = np.where(second, 100, count)[:, np.newaxis]
    again = decode_held_out(states, changed, second, penalty=1.0)
    assert np.array_equal(decoded[second], again[second])
    assert not np.allclose(decoded[~second], again[~second])


def test_the_count_is_decoded_and_the_control_only_by_chance(made):
    states, count, tune = made
    weights = resample_weights(N_TUNES, rng_seed=1, n_resamples=199)
    control = offset_counts(count, tune, bar_eighths=9, rng_seed=4)
    decoded = decode_held_out(states, np.column_stack([count, control]).astype(float), tune % 2 == 1, penalty=1.0)
    r2, lower, upper = share_decoded(count, decoded[:, 0], tune, weights, level=0.95)
    assert lower < r2 < upper
    assert r2 == pytest.approx(0.8, abs=0.05)
    assert share_decoded(control, decoded[:, 1], tune, weights, level=0.95)[0] < 0.1


def test_each_tune_has_an_offset_of_its_own_number():
    tune, count = np.repeat([3, 5, 6], 9), np.tile(np.arange(9), 3)
    shifted = offset_counts(count, tune, bar_eighths=8, rng_seed=1)
    assert set(shifted) == set(range(8))
    for k in (3, 5, 6):
        assert len(set((shifted - count)[tune == k] % 8)) == 1
        alone = offset_counts(count[tune == k], tune[tune == k], bar_eighths=8, rng_seed=1)
        assert np.array_equal(alone, shifted[tune == k])


def test_a_decoded_constant_explains_nothing_and_a_wrong_one_less():
    targets, tune = np.array([0.0, 2.0, 0.0, 2.0]), np.array([0, 0, 1, 1])
    weights = np.array([[1.0, 1.0], [2.0, 0.0]])
    assert share_decoded(targets, np.ones(4), tune, weights, level=0.95) == (0, 0, 0)
    assert share_decoded(targets, np.full(4, 3.0), tune, weights, level=0.95) == (-4, -4, -4)
