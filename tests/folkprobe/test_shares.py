"""Intervals against closed forms, an independent loop and their own coverage."""

import warnings

import numpy as np
import pytest
import scipy.stats

import folkprobe.statistics.shares as statistics
from folkprobe.refusal import Refusal
from folkprobe.statistics.shares import compare_shares, estimate_share, proportion_interval


def simulated_tunes(n_tunes, rng_seed, mean_share=0.85, spread=0.1):
    """Draw tunes of 10 to 40 bars whose shares of correct bars differ from tune to tune."""
    rng = np.random.default_rng(rng_seed)
    n_bars = rng.integers(10, 41, size=n_tunes)
    share = np.clip(rng.normal(mean_share, spread, size=n_tunes), 0, 1)
    return rng.binomial(n_bars, share), n_bars


def test_value_is_the_ratio_of_sums():
    estimate = estimate_share(np.array([1, 30]), np.array([2, 40]), rng_seed=0)
    assert estimate.value == 31 / 42  # not the mean of 1/2 and 3/4
    assert (estimate.n_tunes, estimate.n_bars, estimate.level, estimate.rng_seed) == (2, 42, 0.95, 0)


def test_bootstrap_is_that_of_a_plain_loop(monkeypatch):
    n_correct, n_bars = simulated_tunes(23, rng_seed=1)
    rng = np.random.default_rng(7)
    shares = []
    for _ in range(400):
        correct = bars = 0
        for tune_index in rng.integers(23, size=23):
            correct += n_correct[tune_index]
            bars += n_bars[tune_index]
        shares.append(correct / bars)
    estimate = estimate_share(n_correct, n_bars, rng_seed=7, n_resamples=400)
    assert (estimate.lower, estimate.upper) == tuple(np.quantile(shares, [0.025, 0.975]))
    # However few resamples are held at once.
    monkeypatch.setattr(statistics, "_BLOCK", 100)
    assert estimate_share(n_correct, n_bars, rng_seed=7, n_resamples=400) == estimate


@pytest.mark.parametrize(("n_tunes", "n_successes"), [(80, 60), (200, 171), (37, 5)])
def test_one_bar_a_tune_is_the_binomial(n_tunes, n_successes):
    # The sum of a resample is then binomial(n_tunes, n_successes / n_tunes) exactly.
    n_correct = np.arange(n_tunes) < n_successes
    estimate = estimate_share(n_correct, np.ones(n_tunes, dtype=int), rng_seed=3, n_resamples=200_000)
    binomial = scipy.stats.binom(n_tunes, n_successes / n_tunes)
    # A quantile of a discrete law is known up to one step where its tail is close to 2.5 %.
    assert estimate.lower * n_tunes == pytest.approx(binomial.ppf(0.025), abs=1.001)
    assert estimate.upper * n_tunes == pytest.approx(binomial.ppf(0.975), abs=1.001)
    width = (estimate.upper - estimate.lower) * n_tunes
    assert width == pytest.approx(binomial.ppf(0.975) - binomial.ppf(0.025), abs=1.001)


def test_bars_of_a_tune_are_not_independent():
    # Tunes all right or all wrong: 20 bars each add nothing over one bar each.
    right = np.arange(100) < 80
    twenty = estimate_share(20 * right, np.full(100, 20), rng_seed=0)
    one = estimate_share(right, np.ones(100, dtype=int), rng_seed=0)
    assert (twenty.lower, twenty.upper) == (one.lower, one.upper)
    assert twenty.upper - twenty.lower > 0.1


def test_coverage_of_the_interval():
    # Truth of the simulation from a very large sample; 300 intervals of 95 % cover it about 285 times.
    n_correct, n_bars = simulated_tunes(400_000, rng_seed=99)
    truth = n_correct.sum() / n_bars.sum()
    estimates = [estimate_share(*simulated_tunes(100, rng_seed=k), rng_seed=k, n_resamples=500) for k in range(300)]
    covered = sum(estimate.lower <= truth <= estimate.upper for estimate in estimates)
    assert 270 <= covered <= 297


@pytest.mark.parametrize("n_tunes", [2, 40])
def test_all_correct_and_none_correct_are_clopper_pearson_over_tunes(n_tunes):
    n_bars = np.full(n_tunes, 16)
    for n_correct, n_successes in ((n_bars, n_tunes), (0 * n_bars, 0)):
        estimate = estimate_share(n_correct, n_bars, rng_seed=0)
        exact = scipy.stats.binomtest(n_successes, n_tunes).proportion_ci(0.95, method="exact")
        assert (estimate.lower, estimate.upper) == pytest.approx((exact.low, exact.high), abs=1e-12)
        assert "Clopper-Pearson" in estimate.method


def test_no_tunes_no_bars_and_one_tune():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        none = estimate_share(np.array([]), np.array([]), rng_seed=0)
        no_bars = estimate_share(np.zeros(3, dtype=int), np.zeros(3, dtype=int), rng_seed=0)
        one = estimate_share(np.array([3]), np.array([4]), rng_seed=0)
    for estimate in (none, no_bars):
        assert np.isnan([estimate.value, estimate.lower, estimate.upper]).all()
        assert (estimate.n_tunes, estimate.n_bars) == (0, 0)
    assert (one.value, one.n_tunes) == (0.75, 1)
    assert np.isnan([one.lower, one.upper]).all()


def test_tunes_without_bars_change_nothing():
    n_correct, n_bars = simulated_tunes(30, rng_seed=4)
    padded = estimate_share(np.append(n_correct, [0, 0]), np.append(n_bars, [0, 0]), rng_seed=5)
    assert padded == estimate_share(n_correct, n_bars, rng_seed=5)


def test_same_seed_same_interval_and_another_seed_another():
    n_correct, n_bars = simulated_tunes(50, rng_seed=4)
    first = estimate_share(n_correct, n_bars, rng_seed=5)
    assert estimate_share(n_correct, n_bars, rng_seed=5) == first
    assert estimate_share(n_correct, n_bars, rng_seed=6).lower != first.lower


def test_wider_level_wider_interval():
    n_correct, n_bars = simulated_tunes(50, rng_seed=4)
    wide, narrow = (estimate_share(n_correct, n_bars, rng_seed=5, level=level) for level in (0.99, 0.5))
    assert wide.lower < narrow.lower < narrow.upper < wide.upper


def test_paired_bootstrap_is_that_of_a_plain_loop():
    n_correct, n_bars = simulated_tunes(19, rng_seed=1, mean_share=0.6)
    reference_n_correct, reference_n_bars = simulated_tunes(19, rng_seed=2)
    rng = np.random.default_rng(7)
    differences = []
    for _ in range(300):
        drawn = list(rng.integers(19, size=19))
        share = sum(n_correct[k] for k in drawn) / sum(n_bars[k] for k in drawn)
        reference = sum(reference_n_correct[k] for k in drawn) / sum(reference_n_bars[k] for k in drawn)
        differences.append(share - reference)
    estimate = compare_shares(n_correct, n_bars, reference_n_correct, reference_n_bars, rng_seed=7, n_resamples=300)
    assert (estimate.lower, estimate.upper) == pytest.approx(tuple(np.quantile(differences, [0.025, 0.975])), abs=1e-15)
    expected = n_correct.sum() / n_bars.sum() - reference_n_correct.sum() / reference_n_bars.sum()
    assert estimate.value == pytest.approx(expected, abs=1e-15)
    assert (estimate.n_tunes, estimate.n_bars) == (19, n_bars.sum() + reference_n_bars.sum())


def test_pairing_removes_what_tunes_have_in_common():
    reference_n_correct, n_bars = simulated_tunes(60, rng_seed=8, spread=0.25)
    n_correct = np.maximum(reference_n_correct - 2, 0)
    paired = compare_shares(n_correct, n_bars, reference_n_correct, n_bars, rng_seed=0)
    alone = estimate_share(n_correct, n_bars, rng_seed=0)
    assert paired.upper - paired.lower < (alone.upper - alone.lower) / 3
    assert paired.upper < 0


def test_equal_conditions_differ_by_exactly_nothing():
    n_correct, n_bars = simulated_tunes(30, rng_seed=4)
    estimate = compare_shares(n_correct, n_bars, n_correct, n_bars, rng_seed=0)
    assert (estimate.value, estimate.lower, estimate.upper) == (0, 0, 0)


def test_comparison_with_a_condition_without_bars_is_undefined():
    n_correct, n_bars = simulated_tunes(30, rng_seed=4)
    estimate = compare_shares(n_correct, n_bars, 0 * n_correct, 0 * n_bars, rng_seed=0)
    assert np.isnan([estimate.value, estimate.lower, estimate.upper]).all()
    # Bars in one tune of 30 only: a third of the resamples has none, and is dropped.
    rare = 0 * n_bars
    rare[3] = 10
    estimate = compare_shares(n_correct, n_bars, rare, rare, rng_seed=0)
    assert estimate.value == pytest.approx(n_correct.sum() / n_bars.sum() - 1)
    assert estimate.lower < estimate.value < estimate.upper


@pytest.mark.parametrize(
    ("call", "culprit"),
    [
        (lambda: estimate_share(np.array([1, 5]), np.array([2, 4]), rng_seed=0), "tune 1 has 5 correct of 4"),
        (lambda: estimate_share(np.array([-1]), np.array([2]), rng_seed=0), "tune 0 has -1"),
        (lambda: estimate_share(np.array([1]), np.array([2, 3]), rng_seed=0), "one number per tune"),
        (lambda: compare_shares([1], [2], [1, 1], [2, 2], rng_seed=0), "1 with 2 tunes"),
    ],
)
def test_refusals_name_the_culprit(call, culprit):
    with pytest.raises(Refusal, match=culprit):
        call()


@pytest.mark.parametrize(("n_successes", "n_trials"), [(0, 1), (1, 1), (0, 200), (3, 200), (100, 200), (200, 200)])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_interval_of_a_proportion_is_wilsons(n_successes, n_trials, level):
    expected = scipy.stats.binomtest(n_successes, n_trials).proportion_ci(level, method="wilson")
    lower, upper = proportion_interval(n_successes, n_trials, level=level)
    assert (lower, upper) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert 0 <= lower <= n_successes / n_trials <= upper <= 1


@pytest.mark.parametrize(("n_successes", "n_trials"), [(0, 0), (3, 2), (-1, 2)])
def test_what_is_no_proportion_is_refused(n_successes, n_trials):
    with pytest.raises(Refusal, match=f"{n_successes} of {n_trials} is no proportion"):
        proportion_interval(n_successes, n_trials)
