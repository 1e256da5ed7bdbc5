"""Bootstrap over tunes against slow loops, known answers, and coverage in simulation."""

import itertools

import numpy as np
import pytest

from folkprobe.refusal import Refusal
from folkprobe.statistics.resampling import area_under_curve, ratio_difference, resample_weights
from folkprobe.statistics.shares import compare_shares


def test_weights_say_how_often_each_tune_was_drawn():
    weights = resample_weights(20, rng_seed=1, n_resamples=4000)
    assert weights.shape == (4000, 20)
    assert (weights.sum(axis=1) == 20).all()
    assert (weights == np.round(weights)).all()
    np.testing.assert_allclose(weights.mean(axis=0), 1, atol=0.1)
    # A tune's count is binomial: variance 1 - 1/20.
    np.testing.assert_allclose(weights.var(), 0.95, atol=0.02)


def test_ratios_agree_with_the_bootstrap_of_shares():
    rng = np.random.default_rng(0)
    n_bars = rng.integers(5, 30, (2, 150))
    n_ok = rng.binomial(n_bars, [[0.6], [0.8]])
    counts = [np.stack([n_ok[side], n_bars[side]], axis=-1)[:, None] for side in (0, 1)]
    weights = resample_weights(150, rng_seed=3, n_resamples=4000)
    value, lower, upper = ratio_difference(*counts, weights, level=0.95)
    expected = compare_shares(n_ok[0], n_bars[0], n_ok[1], n_bars[1], rng_seed=9, n_resamples=4000)
    assert value[0] == pytest.approx(expected.value, abs=1e-14)
    # Two bootstraps of the same data, other draws.
    assert lower[0] == pytest.approx(expected.lower, abs=0.004)
    assert upper[0] == pytest.approx(expected.upper, abs=0.004)


def test_pairs_keep_what_they_have_in_common():
    rng = np.random.default_rng(0)
    length = rng.integers(50, 500, 100)
    one = np.stack([length + 10, np.ones(100)], axis=-1)[:, None]
    other = np.stack([length, np.ones(100)], axis=-1)[:, None]
    weights = resample_weights(100, rng_seed=0, n_resamples=500)
    value, lower, upper = ratio_difference(one, other, weights, level=0.95)
    np.testing.assert_allclose([value[0], lower[0], upper[0]], 10, atol=1e-9)


def test_nothing_to_divide_by_and_a_single_tune():
    counts = np.array([[[1, 2], [0, 0]]])
    weights = resample_weights(1, rng_seed=0, n_resamples=10)
    value, lower, upper = ratio_difference(counts, counts, weights, level=0.95)
    np.testing.assert_array_equal(value, [0, np.nan])
    assert np.isnan(lower).all()
    assert np.isnan(upper).all()
    with pytest.raises(Refusal, match="generate the same tunes under both conditions"):
        ratio_difference(counts, np.concatenate([counts, counts]), weights, level=0.95)


def test_area_is_the_share_of_pairs():
    rng = np.random.default_rng(0)
    score = rng.integers(0, 6, 60).astype(float)  # With ties.
    is_event = rng.random(60) < 0.3
    tune_index = rng.integers(0, 4, 60)
    weights = np.array([[1, 1, 1, 1], [2, 0, 1, 1], [0, 0, 4, 0]], dtype=float)
    for row in weights:
        won = total = 0
        for i, j in itertools.product(np.flatnonzero(is_event), np.flatnonzero(~is_event)):
            pair = row[tune_index[i]] * row[tune_index[j]]
            total += pair
            won += pair * (0.5 if score[i] == score[j] else score[i] > score[j])
        _, lower, upper = area_under_curve(score, is_event, tune_index, row[None], level=0.95)
        assert lower == upper == pytest.approx(won / total, abs=1e-14)
    assert area_under_curve(score, is_event, tune_index, weights, level=0.95)[0] == value_of_all(score, is_event)


def value_of_all(score, is_event):
    above = score[is_event][:, None] - score[~is_event]
    return pytest.approx(((above > 0) + 0.5 * (above == 0)).mean(), abs=1e-14)


def test_area_without_events_is_unknown():
    weights = resample_weights(2, rng_seed=0, n_resamples=5)
    assert np.isnan(
        area_under_curve(np.arange(4.0), np.zeros(4, bool), np.array([0, 0, 1, 1]), weights, level=0.9)
    ).all()


def test_area_covers_the_truth():
    # Two normals one standard deviation apart: the area is Phi(1 / sqrt 2) = 0.760.
    rng = np.random.default_rng(5)
    n_covered = 0
    for _ in range(100):
        is_event = np.tile([True, False, False, False], 50)
        score = rng.normal(size=200) + is_event
        weights = resample_weights(50, rng_seed=int(rng.integers(1 << 30)), n_resamples=300)
        _, lower, upper = area_under_curve(score, is_event, np.repeat(np.arange(50), 4), weights, level=0.95)
        n_covered += lower <= 0.7602 <= upper
    assert 88 <= n_covered <= 100
