"""Sets crossed with tunes: intervals and tests against scipy, brute force, and simulated studies."""

import warnings

import numpy as np
import pytest
from scipy import stats

from benchmarks.lesion_studies import COMPONENTS, Normal
from folkprobe.refusal import Refusal
from folkprobe.statistics.crossed import (
    ALL_ALIKE,
    NOTHING,
    ONE_SET,
    ONE_TUNE,
    OVER_SETS,
    OVER_TUNES,
    compare_sides,
    exchangeability_p_values,
    linearise,
)

RNG = np.random.default_rng(8)
# benchmarks/calibrate_effects.py has 1,000 studies of 200 tunes; fewer here, for speed.
N_STUDIES, N_TUNES = 400, 40


def _means(values):
    """Counts whose ratios are means over tunes, shape (n_sets, n_tunes, 1, 2)."""
    values = np.atleast_2d(values).astype(float)
    return np.stack([values, np.ones_like(values)], axis=-1)[:, :, None]


def test_a_mean_has_student_s_interval():
    values = RNG.normal(3, 1, 12)
    found = compare_sides(linearise(_means(values)), level=0.9)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    np.testing.assert_allclose([found.lower[0], found.upper[0]], expected, rtol=1e-12)
    assert (found.n_tunes[0], found.n_sets[0], found.method[0]) == (12, 1, OVER_TUNES)


def test_a_difference_of_means_is_paired():
    one, other = RNG.normal(size=(2, 15)) + RNG.normal(0, 5, 15)
    found = compare_sides(linearise(_means(one)), linearise(_means(other)), level=0.95)
    expected = stats.ttest_rel(one, other).confidence_interval(0.95)
    np.testing.assert_allclose([found.lower[0], found.upper[0]], expected, rtol=1e-12)


def test_a_ratio_has_the_spread_of_its_jackknife():
    n_bars = RNG.integers(1, 40, 300)
    n_wrong = RNG.binomial(n_bars, RNG.beta(1, 3, 300))
    found = compare_sides(linearise(np.stack([n_wrong, n_bars], axis=-1)[None, :, None]), level=0.95)
    left_out = (n_wrong.sum() - n_wrong) / (n_bars.sum() - n_bars)
    jackknife = np.sqrt(299 / 300 * ((left_out - left_out.mean()) ** 2).sum())
    assert found.value[0] == pytest.approx(n_wrong.sum() / n_bars.sum(), rel=1e-12)
    half_width = (found.upper[0] - found.lower[0]) / 2
    assert half_width == pytest.approx(stats.t.ppf(0.975, 299) * jackknife, rel=0.02)


@pytest.mark.parametrize("sign", [1, -1])
def test_where_tunes_are_alike_sets_are_the_sample(sign):
    shares = RNG.random(7)
    counts = np.stack([shares[:, None] * np.full(20, 8), np.full((7, 20), 8)], axis=-1)[:, :, None]
    sides = [linearise(np.full((1, 20, 1, 2), 2.0)), linearise(counts, is_sample=True)][::sign]
    found = compare_sides(*sides, level=0.95)
    expected = stats.t.interval(0.95, 6, loc=sign * (1 - shares.mean()), scale=stats.sem(shares))
    np.testing.assert_allclose([found.lower[0], found.upper[0]], expected, rtol=1e-9)
    assert (found.n_sets[0], found.method[0]) == (7, OVER_SETS)


def test_the_parts_of_the_variance_are_those_of_a_two_way_table():
    # Means over tunes: the table's mean squares, by their textbook definitions.
    table, fixed = RNG.normal(size=(6, 25)) + RNG.normal(size=(6, 1)) + RNG.normal(size=25), RNG.normal(size=25)
    sets, tunes = table.mean(axis=1), table.mean(axis=0)
    residual = table - sets[:, None] - tunes + table.mean()
    between = sets.var(ddof=1) / 6
    interaction = (residual**2).sum() / (5 * 24) / (6 * 25)
    paired = (tunes - fixed).var(ddof=1) / 25
    assert paired > interaction
    half_width = np.sqrt(stats.t.ppf(0.975, 5) ** 2 * between + stats.t.ppf(0.975, 24) ** 2 * (paired - interaction))
    found = compare_sides(linearise(_means(fixed)), linearise(_means(table), is_sample=True), level=0.95)
    assert (found.upper[0] - found.lower[0]) / 2 == pytest.approx(half_width, rel=1e-12)


def test_prediction_is_the_t_test_of_one_against_many():
    values, one = RNG.normal(size=(9, 30)), RNG.normal(2, 1, 30)
    p_value, _ = exchangeability_p_values(linearise(_means(one)), linearise(_means(values), is_sample=True))
    expected = stats.ttest_ind([one.mean()], values.mean(axis=1), equal_var=True).pvalue
    assert p_value[0] == pytest.approx(expected, rel=1e-10)
    values, one = RNG.random((9, 30)), RNG.random(30)
    p_value, permutation = exchangeability_p_values(
        linearise(_means(one)), linearise(_means(values), is_sample=True), is_share=np.array([True])
    )
    angles = np.arcsin(np.sqrt([one.mean(), *values.mean(axis=1)]))
    assert p_value[0] == pytest.approx(stats.ttest_ind(angles[:1], angles[1:]).pvalue, rel=1e-10)
    assert permutation[0] == exchangeability_p_values(linearise(_means(one)), linearise(_means(values)))[1][0]


@pytest.mark.parametrize("place", range(8))
def test_permutation_counts_sets_that_are_as_far(place):
    shares = np.array([0.1, 0.2, 0.2, 0.4, 0.5, 0.6, 0.9, 0.95])
    fixed, others = shares[place], np.delete(shares, place)
    _, p_value = exchangeability_p_values(
        linearise(_means(np.full((1, 3), fixed))), linearise(_means(np.repeat(others[:, None], 3, axis=1)))
    )
    # Each of the sets in turn plays the targeted one; its statistic is the distance from the mean of the rest.
    distances = [abs(share - np.delete(shares, i).mean()) for i, share in enumerate(shares)]
    n_reached = sum(distance >= distances[place] - 1e-12 for distance in distances)
    assert p_value[0] == n_reached / 8


@pytest.mark.parametrize("place", range(6))
def test_permutation_does_not_hang_on_a_last_digit(place):
    # Pairs as far from the mean on either side, whatever rounding makes of it.
    shares = np.array([0.6, 0.8, 0.5, 0.9, 0.4, 1.0])
    fixed, others = _means(shares[place]), _means(np.delete(shares, place)[:, None])
    _, p_value = exchangeability_p_values(linearise(fixed), linearise(others, is_sample=True))
    assert p_value[0] == (6, 4, 2)[place // 2] / 6


def test_permutation_is_two_sided_and_has_a_floor():
    others = linearise(_means(np.linspace(0.4, 0.6, 39)[:, None] * np.ones(4)), is_sample=True)
    for share in (0.0, 1.0):
        _, p_value = exchangeability_p_values(linearise(_means(np.full((1, 4), share))), others)
        assert p_value[0] == 1 / 40


def test_one_set_shows_no_spread_between_sets():
    one, other = linearise(_means(RNG.random(9)), is_sample=True), linearise(_means(RNG.random(9)))
    for found in (compare_sides(one, level=0.95), compare_sides(other, one, level=0.95)):
        assert np.isnan([found.lower[0], found.upper[0]]).all()
        assert np.isfinite(found.value[0])
        assert (found.n_sets[0], found.method[0]) == (1, ONE_SET)
    assert np.isnan(exchangeability_p_values(other, one)[0][0])


def test_two_sets_have_one_degree_of_freedom():
    counts = _means(np.array([[0.2], [0.4]]) * np.ones(6))
    found = compare_sides(linearise(counts, is_sample=True), level=0.95)
    np.testing.assert_allclose(found.upper[0] - 0.3, stats.t.ppf(0.975, 1) * 0.1, rtol=1e-9)


def test_one_tune_and_no_tune():
    counts = np.array([[[1, 2], [0, 0]], [[0, 0], [0, 0]]], dtype=float)[None]
    found = compare_sides(linearise(counts), level=0.95)
    np.testing.assert_array_equal(found.value, [0.5, np.nan])
    assert np.isnan([found.lower, found.upper]).all()
    assert list(found.method) == [ONE_TUNE, NOTHING]
    p_values = exchangeability_p_values(linearise(counts), linearise(np.repeat(counts, 5, axis=0), is_sample=True))
    assert [p[0] for p in p_values] == [1, 1]
    assert np.isnan([p[1] for p in p_values]).all()


def test_tunes_and_sets_with_nothing_to_count_change_nothing():
    counts = RNG.integers(1, 9, (4, 12, 1, 2)).astype(float)
    fixed = RNG.integers(1, 9, (1, 12, 1, 2)).astype(float)
    plain = compare_sides(linearise(fixed), linearise(counts, is_sample=True), level=0.95)
    more_tunes = [np.concatenate([each, np.zeros((len(each), 5, 1, 2))], axis=1) for each in (fixed, counts)]
    more_sets = np.concatenate([more_tunes[1], np.zeros((1, 17, 1, 2))])
    found = compare_sides(linearise(more_tunes[0]), linearise(more_sets, is_sample=True), level=0.95)
    for name in ("value", "lower", "upper", "n_tunes", "n_sets"):
        np.testing.assert_allclose(getattr(found, name), getattr(plain, name), rtol=1e-12)
    p_values = [
        exchangeability_p_values(linearise(a), linearise(b)) for a, b in ((fixed, counts), (more_tunes[0], more_sets))
    ]
    np.testing.assert_allclose(*p_values, rtol=1e-12)


def test_shares_that_never_vary_are_judged_by_the_number_of_tunes():
    all_wrong, none_wrong = (linearise(np.stack([np.full((1, 50, 1), x), np.full((1, 50, 1), 4)], -1)) for x in (4, 0))
    interval = stats.binomtest(50, 50).proportion_ci(0.95, method="exact")
    found = compare_sides(all_wrong, level=0.95, is_share=np.array([True]))
    np.testing.assert_allclose([found.lower[0], found.upper[0]], interval)
    assert found.method[0] == ALL_ALIKE
    found = compare_sides(none_wrong, level=0.95, is_share=np.array([True]))
    np.testing.assert_allclose([found.lower[0], found.upper[0]], [0, 1 - interval.low])
    found = compare_sides(none_wrong, all_wrong, level=0.95, is_share=np.array([True]))
    np.testing.assert_allclose([found.lower[0], found.upper[0]], [-1, 1 - 2 * interval.low])
    found = compare_sides(all_wrong, all_wrong, level=0.95, is_share=np.array([True]))
    assert found.lower[0] == found.upper[0] == 0


def test_shares_stay_shares():
    counts = _means(np.array([[0.1], [0.9]]) * np.ones(6))
    fixed = linearise(_means(np.full(6, 0.9)))
    for sides, ends in ((1, [0, 1]), (2, [-1, 1])):
        of_sets = linearise(counts, is_sample=True)
        args = (of_sets,) if sides == 1 else (of_sets, fixed)
        found = compare_sides(*args, level=0.95, is_share=np.array([True]))
        np.testing.assert_array_equal([found.lower[0], found.upper[0]], ends)
        assert compare_sides(*args, level=0.95).upper[0] > 1


def test_sets_that_are_all_alike_leave_only_the_permutation():
    same = linearise(_means(np.full((5, 6), 0.3)), is_sample=True)
    apart, equal = (linearise(_means(np.full((1, 6), share))) for share in (0.9, 0.3))
    assert [p[0] for p in exchangeability_p_values(apart, same)] == [1 / 6, 1 / 6]
    assert [p[0] for p in exchangeability_p_values(equal, same)] == [1, 1]


def test_what_cannot_be_compared():
    sample = linearise(_means(RNG.random((3, 5))), is_sample=True)
    with pytest.raises(Refusal, match="both sides of a comparison are samples"):
        compare_sides(sample, sample, level=0.95)
    with pytest.raises(Refusal, match="different numbers of tunes"):
        compare_sides(sample, linearise(_means(RNG.random(6))), level=0.95)


def _within(share, lowest, highest):
    """Whether a simulated share is one that a true share between the two would give in 999 of 1,000 runs."""
    n = round(share * N_STUDIES)
    return stats.binom.cdf(n, N_STUDIES, lowest) > 0.0005 and stats.binom.sf(n - 1, N_STUDIES, highest) > 0.0005


@pytest.mark.parametrize("layer", COMPONENTS)
@pytest.mark.parametrize("n_sets", [2, 5, 39])
def test_simulated_studies_cover_the_truth_and_reject_as_promised(n_sets, layer):
    rng = np.random.default_rng([n_sets, layer])
    covered, predicted, permuted = np.zeros((3, N_STUDIES), dtype=bool)
    for k in range(N_STUDIES):
        study = COMPONENTS[layer].draw(rng, n_sets=n_sets, n_tunes=N_TUNES)
        random = linearise(study.random, is_sample=True)
        found = compare_sides(linearise(study.targeted), random, level=0.95)
        covered[k] = found.lower[0] <= study.true_difference[0] <= found.upper[0]
        p_values = exchangeability_p_values(linearise(study.stranger), random)
        predicted[k], permuted[k] = (p[0] <= 0.05 for p in p_values)
    assert _within(covered.mean(), 0.93, 0.97)
    assert _within(predicted.mean(), 0.035, 0.065)
    # With few sets it cannot reach 0.05; with 39 it does in 2 of 40.
    assert permuted.mean() == 0 if n_sets < 19 else _within(permuted.mean(), 0.035, 0.065)


def test_where_sets_are_alike_tunes_still_are_a_sample():
    alike = Normal(mean_share=0.5, targeted_share=0.6, sd_sets=0, sd_tunes=0.3, sd_pairs=0.3, mean_bars=20, cv_bars=0.5)
    rng = np.random.default_rng(0)
    n_covered = n_by_sets = 0
    for _ in range(N_STUDIES):
        study = alike.draw(rng, n_sets=39, n_tunes=N_TUNES)
        random = linearise(study.random, is_sample=True)
        found = compare_sides(linearise(study.targeted), random, level=0.95)
        n_covered += found.lower[0] <= study.true_difference[0] <= found.upper[0]
        # What a test over sets alone, blind to the tunes, would promise.
        n_by_sets += abs(found.value[0] - study.true_difference[0]) <= 2.02 * stats.sem(random.ratio[:, 0])
    assert _within(n_covered / N_STUDIES, 0.93, 0.97)
    assert n_by_sets / N_STUDIES < 0.6


def test_nothing_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        counts = np.zeros((1, 3, 2, 2))
        compare_sides(linearise(counts), linearise(counts, is_sample=True), level=0.95)
        exchangeability_p_values(linearise(counts), linearise(np.zeros((4, 3, 2, 2)), is_sample=True))
