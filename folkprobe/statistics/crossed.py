"""Ratios of sums where both tunes and sets of units are samples: intervals, and tests over sets.

All sets are tried on the same tunes, so sets and tunes are crossed. The ratio of set s, R_s = sum_k a_sk / sum_k b_sk
over tunes k, is linearised: it varies over samples of tunes like sum_k v_sk, v_sk = (a_sk - R_s b_sk) / sum_k b_sk.
The mean of S random sets less that of a fixed one, or of none, then has three sources of variance, which the two
directions of the table (s, k) tell apart:

    between sets    B = sum_s (R_s - mean R)^2 / ((S - 1) S)                       sets + sets x tunes
    between tunes   T = n / (n - 1) sum_k (mean_s v_sk - v_k of the fixed set)^2    tunes + sets x tunes
    interaction     I = n / (n - 1) sum_sk (v_sk - mean_s v_sk)^2 / ((S - 1) S)             sets x tunes

The interaction is in both B and T, so the variance is B + (T - I). B rests on S - 1 degrees of freedom, T - I on many
more: with t_m the quantile of Student's t for m degrees, the interval is

    +- sqrt(t_(S-1)^2 B + t_(n-1)^2 max(T - I, 0))

after Banerjee, whose intervals cover at least what they promise for normal parts, and exactly where one part is all.
Satterthwaite's degrees of freedom do not: where few sets happen to be alike, they call the variance small and sure.
A bootstrap that draws sets and, within each, tunes anew takes a few sets for the population of sets.
docs/calibration.md has how often the intervals and that bootstrap cover the truth, and where they do not: few sets from
a skewed population, and shares of events so rare that few tunes have any.

References
----------
S. K. Banerjee, Approximate confidence interval for linear functions of means of k populations when the population
variances are not equal, Sankhya 22 (1960) 357.
A. B. Owen, The pigeonhole bootstrap, Ann. Appl. Stat. 1 (2007) 386, for crossed samples.
W. G. Cochran, Sampling Techniques, 3rd ed., 1977, chapter 6, for ratios.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from folkprobe.refusal import Refusal

OVER_TUNES = "t over tunes, linearised"
OVER_SETS = "t over random sets crossed with tunes, linearised (Banerjee)"
ALL_ALIKE = "Clopper-Pearson over tunes, all alike"
ONE_SET = "none: one random set shows no spread between sets"
ONE_TUNE = "none: fewer than two tunes to judge the spread by"
NOTHING = "none: nothing was counted"


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a set of units, or a sample of random sets.

    Attributes
    ----------
    ratio : ndarray, shape (n_sets, n_outcomes)
        nan where the denominators sum to 0; such a set does not count for that outcome.
    contribution : ndarray, shape (n_sets, n_tunes, n_outcomes)
        v of the module's docstring: how much each tune moves the ratio.
    n_tunes : ndarray of int, shape (n_outcomes,)
        Tunes with a denominator above 0 in at least one set.
    is_sample : bool
        Whether the sets were drawn from a population of sets that is inferred about, or are themselves of interest.
    """

    ratio: np.ndarray
    contribution: np.ndarray
    n_tunes: np.ndarray
    is_sample: bool

    @property
    def n_sets(self) -> np.ndarray:
        """Sets with a nonzero denominator, shape (n_outcomes,)."""
        return np.isfinite(self.ratio).sum(axis=0)

    @property
    def mean(self) -> np.ndarray:
        """Mean ratio of the sets, shape (n_outcomes,)."""
        return _mean_over_sets(self.ratio)

    @property
    def mean_contribution(self) -> np.ndarray:
        """How much each tune moves the mean ratio, shape (n_tunes, n_outcomes)."""
        return _mean_over_sets(self.contribution)


@dataclass(frozen=True)
class Intervals:
    """Estimates with intervals, each array of shape (n_outcomes,).

    Attributes
    ----------
    value, lower, upper : ndarray
        nan where `method` begins with "none".
    n_tunes, n_sets : ndarray of int
        Tunes that contribute on every side; random sets, or 1 where there is no sample of sets.
    method : ndarray of str
        How the interval was made, to be printed beside it.
    """

    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    n_tunes: np.ndarray
    n_sets: np.ndarray
    method: np.ndarray


def linearise(counts: np.ndarray, *, is_sample: bool = False) -> Side:
    """Return ratios of sums and each tune's contribution to them.

    Parameters
    ----------
    counts : ndarray, shape (n_sets, n_tunes, n_outcomes, 2)
        Numerator and denominator (at least 0). Tune k is the same tune in all sets.
    is_sample : bool
        Whether the sets were drawn at random from all possible ones.
    """
    numerator, denominator = np.moveaxis(np.asarray(counts, dtype=np.float64), -1, 0)
    total = denominator.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = numerator.sum(axis=1, keepdims=True) / np.where(total > 0, total, np.nan)
        contribution = (numerator - ratio * denominator) / total
    n_tunes = (denominator > 0).any(axis=0).sum(axis=0)
    return Side(ratio[:, 0], contribution, n_tunes, is_sample)


def compare_sides(
    side: Side, reference: Side | None = None, *, level: float, is_share: np.ndarray | None = None
) -> Intervals:
    """Estimate the mean ratio of a side, or by how much it exceeds a reference's.

    Parameters
    ----------
    side, reference : Side
        Of the same tunes. At most one of them is a sample of sets. Without a reference the ratio itself is estimated.
    level : float
        Confidence level, in (0, 1).
    is_share : ndarray of bool, shape (n_outcomes,), optional
        Which outcomes are confined to [0, 1]: intervals are cut there, at -1 and 1 for differences. Where every tune of
        every set is at the same end, no spread is seen; the interval is then Clopper and Pearson's with each tune as
        one trial, n of n, on both sides of a difference. Two sides that are alike tune by tune differ by [0, 0].

    Returns
    -------
    Intervals
        For the population of tunes; where a side is a sample, for the mean over the population of its sets. What is
        not a sample stands for itself: the interval of targeted minus random says by how much *this* targeted set
        exceeds the mean random one, not whether it is a remarkable set, which `exchangeability_p_values` asks.

    Raises
    ------
    Refusal
        If both sides are samples, or they have different numbers of tunes.
    """
    sides = [each for each in (side, reference) if each is not None]
    samples = [each for each in sides if each.is_sample]
    if len(samples) > 1:
        raise Refusal("both sides of a comparison are samples of sets: compare each with a fixed set")
    if len({each.contribution.shape[1:] for each in sides}) > 1:
        raise Refusal("a paired comparison of different numbers of tunes or outcomes is impossible: count the same")
    value, contribution = side.mean, side.mean_contribution
    if reference is not None:
        value, contribution = value - reference.mean, contribution - reference.mean_contribution
    n_tunes = np.min([each.n_tunes for each in sides], axis=0)
    n_sets = samples[0].n_sets if samples else np.ones_like(n_tunes)

    with np.errstate(invalid="ignore", divide="ignore"):
        small_sample = n_tunes / (n_tunes - 1)
        between_tunes = small_sample * (contribution**2).sum(axis=0)
        between_sets = interaction = np.zeros_like(between_tunes)
        if samples:
            ratio, v = samples[0].ratio, samples[0].contribution
            n_pairs = (n_sets - 1) * n_sets
            between_sets = np.nansum((ratio - samples[0].mean) ** 2, axis=0) / n_pairs
            interaction = small_sample * np.nansum((v - samples[0].mean_contribution) ** 2, axis=(0, 1)) / n_pairs
        of_tunes = np.maximum(between_tunes - interaction, 0)
        upper_tail = (1 + level) / 2
        margin = np.sqrt(
            stdtrit(np.maximum(n_tunes - 1, 1), upper_tail) ** 2 * of_tunes
            + stdtrit(np.maximum(n_sets - 1, 1), upper_tail) ** 2 * between_sets
        )
    lower, upper = value - margin, value + margin
    method = np.full(value.shape, OVER_SETS if samples else OVER_TUNES, dtype=object)

    is_share = np.zeros(value.shape, dtype=bool) if is_share is None else np.asarray(is_share)
    lowest, highest = (0 if reference is None else -1), 1
    lower, upper = (np.where(is_share, np.clip(each, lowest, highest), each) for each in (lower, upper))
    # Exactly: a ratio of equal whole numbers is 1, and each contribution to it 0.
    alike = is_share & (margin == 0) & np.all([np.isin(each.mean, (0, 1)) for each in sides], axis=0)
    if reference is not None:
        alike &= value != 0
    low, high = _extreme_bounds(side, level)
    if reference is not None:
        reference_low, reference_high = _extreme_bounds(reference, level)
        low, high = low - reference_high, high - reference_low
    lower, upper = np.where(alike, low, lower), np.where(alike, high, upper)
    method[alike] = ALL_ALIKE

    for unknown, why in ((n_tunes < 2, ONE_TUNE), (n_sets < 2, ONE_SET), (np.isnan(value), NOTHING)):
        if why is not ONE_SET or samples:
            lower[unknown], upper[unknown], method[unknown] = np.nan, np.nan, why
    return Intervals(value, lower, upper, n_tunes, n_sets, method)


def exchangeability_p_values(
    fixed: Side, sample: Side, *, is_share: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Test whether a set is exchangeable with the random ones.

    Parameters
    ----------
    fixed : Side
        Of one set.
    sample : Side
        Of n_sets random sets, on the same tunes.
    is_share : ndarray of bool, shape (n_outcomes,), optional
        Which outcomes lie in [0, 1]. Prediction takes them as angles, arcsin sqrt R: shares pile up before 0 and 1,
        and what is exchangeable remains so on any scale.

    Returns
    -------
    prediction_p_value : ndarray, shape (n_outcomes,)
        Two-sided, of (x - mean x_s) / (sd(x_s) sqrt(1 + 1 / n_sets)) under Student's t with n_sets - 1 degrees of
        freedom, x the ratios or their angles: a new draw's place beside a sample. It is exact where x is normal over
        sets, whatever the tunes add, since all sets share them. Where the random sets do not differ at all, it is the
        permutation p-value. nan for fewer than two sets.
    permutation_p_value : ndarray, shape (n_outcomes,)
        (1 + number of random sets at least as far from the mean of all n_sets + 1 sets) / (n_sets + 1), which assumes
        nothing but that the set is exchangeable with the random ones. It is never below 1 / (n_sets + 1).

    References
    ----------
    G. J. Hahn and W. Q. Meeker, Statistical Intervals, 1991, section 4.7, for the prediction of one observation.
    M. S. Bartlett, The use of transformations, Biometrics 3 (1947) 39, for the angles.
    B. Phipson and G. K. Smyth, Permutation p-values should never be zero, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39.
    """
    n_sets = sample.n_sets
    together = np.concatenate([fixed.ratio, sample.ratio])
    distance = np.abs(together - _mean_over_sets(together))
    # The mean is rounded: what is as far by definition must not fall short by a last digit.
    n_reached = 1 + (distance[1:] >= distance[0] * (1 - 1e-9)).sum(axis=0)
    permutation = np.where(np.isfinite(fixed.mean) & (n_sets > 0), n_reached / (n_sets + 1), np.nan)
    if is_share is not None:
        together[:, is_share] = np.arcsin(np.sqrt(together[:, is_share]))
    x, x_s = together[0], together[1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.nansum((x_s - _mean_over_sets(x_s)) ** 2, axis=0) / (n_sets - 1)
        statistic = np.abs(x - _mean_over_sets(x_s)) / np.sqrt(variance * (1 + 1 / n_sets))
        prediction = 2 * stdtr(np.maximum(n_sets - 1, 1), -statistic)
    spread = np.nanmax(sample.ratio, axis=0, initial=-np.inf) > np.nanmin(sample.ratio, axis=0, initial=np.inf)
    return np.where(n_sets < 2, np.nan, np.where(spread, prediction, permutation)), permutation


def _mean_over_sets(values: np.ndarray) -> np.ndarray:
    """Return the mean along the first axis, ignoring nan; nan where no value is left."""
    with np.errstate(invalid="ignore"):
        return np.nansum(values, axis=0) / np.isfinite(values).sum(axis=0)


def _extreme_bounds(side: Side, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return Clopper-Pearson bounds of a share that is 0 or 1 in all tunes."""
    with np.errstate(divide="ignore"):
        extreme = ((1 - level) / 2) ** (1 / side.n_tunes)
    return np.where(side.mean == 1, extreme, 0.0), np.where(side.mean == 1, 1.0, 1 - extreme)
