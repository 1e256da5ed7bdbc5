"""Intervals for shares of bars, with the tune as the independent unit."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from folkprobe.refusal import Refusal

# Resampled tunes held at once, about 32 MB of indices; it bounds memory and changes no result.
_BLOCK = 1 << 22


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes
    ----------
    value : float
        The estimate; nan where there is no bar to count.
    lower, upper : float
        The interval; nan where fewer than two tunes leave nothing to judge the spread by.
    level : float
        Confidence level of the interval, in (0, 1).
    n_tunes : int
        Tunes that have at least one bar.
    n_bars : int
        Bars counted, of all conditions that enter.
    method : str
        How the interval was made, to be printed beside it.
    rng_seed : int
        Seed of the bootstrap.
    """

    value: float
    lower: float
    upper: float
    level: float
    n_tunes: int
    n_bars: int
    method: str
    rng_seed: int


def estimate_share(
    n_correct: np.ndarray, n_bars: np.ndarray, *, rng_seed: int, level: float = 0.95, n_resamples: int = 10_000
) -> Estimate:
    """Estimate the share of correct bars of a population of tunes.

    Parameters
    ----------
    n_correct, n_bars : ndarray of int, shape (n_tunes,)
        Correct and counted bars of each tune. With n_bars all 1 this is a share of tunes.
    rng_seed : int
        Seed of the bootstrap.
    level : float
        Confidence level, in (0, 1).
    n_resamples : int
        Bootstrap resamples.

    Returns
    -------
    Estimate
        The ratio of sums, in [0, 1]: long tunes weigh more, as their bars do. The interval is a percentile bootstrap
        over tunes, since the bars of one tune are not independent. Where all bars are correct, or none, a bootstrap
        sees no spread; the interval is then Clopper and Pearson's with each tune as one trial, n of n. A tune
        without bars is left out.

    Raises
    ------
    Refusal
        If the arrays differ in shape, or a count is negative or exceeds the bars of its tune.

    References
    ----------
    A. C. Davison and D. V. Hinkley, Bootstrap Methods and their Application, 1997, sections 2.4 (ratios) and 3.8
    (clusters).
    """
    counts = _checked_counts(n_correct, n_bars)
    counts = counts[:, counts[1] > 0]
    n_tunes = counts.shape[1]
    total_correct, total_bars = counts.sum(axis=1)
    value, lower, upper = _ratio(total_correct, total_bars), np.nan, np.nan
    method = f"percentile bootstrap over tunes, {n_resamples} resamples"
    if n_tunes > 1 and 0 < total_correct < total_bars:
        correct, bars = _resampled_sums(counts, rng_seed, n_resamples)
        lower, upper = _central_interval(_ratio(correct, bars), level)
    elif n_tunes > 1:
        method = "Clopper-Pearson over tunes, all alike"
        extreme = float(((1 - level) / 2) ** (1 / n_tunes))
        lower, upper = (extreme, 1.0) if total_correct else (0.0, 1 - extreme)
    return Estimate(float(value), lower, upper, level, n_tunes, int(total_bars), method, rng_seed)


def compare_shares(
    n_correct: np.ndarray,
    n_bars: np.ndarray,
    reference_n_correct: np.ndarray,
    reference_n_bars: np.ndarray,
    *,
    rng_seed: int,
    level: float = 0.95,
    n_resamples: int = 10_000,
) -> Estimate:
    """Estimate the difference in the share of correct bars between a condition and a reference, tune by tune.

    Parameters
    ----------
    n_correct, n_bars : ndarray of int, shape (n_tunes,)
        Of the condition.
    reference_n_correct, reference_n_bars : ndarray of int, shape (n_tunes,)
        Of the reference; tune k of both was drawn with the same random numbers.
    rng_seed, level, n_resamples
        As for `estimate_share`.

    Returns
    -------
    Estimate
        Share of the condition less share of the reference, in [-1, 1]. The interval is a percentile bootstrap that
        resamples tunes with both their versions, and so keeps what they have in common; it is [0, 0] for two equal
        conditions. A tune without bars in both is left out; a resample that leaves one side without bars is dropped.

    Raises
    ------
    Refusal
        As `estimate_share`, and if the two have different numbers of tunes.
    """
    condition = _checked_counts(n_correct, n_bars)
    reference = _checked_counts(reference_n_correct, reference_n_bars)
    if condition.shape != reference.shape:
        raise Refusal(
            f"a paired comparison of {condition.shape[1]} with {reference.shape[1]} tunes is impossible: "
            "generate the same tunes under both conditions"
        )
    counts = np.concatenate([condition, reference])
    counts = counts[:, (counts[1] > 0) | (counts[3] > 0)]
    n_tunes = counts.shape[1]
    value, lower, upper = _difference(counts.sum(axis=1)), np.nan, np.nan
    if n_tunes > 1 and np.isfinite(value):
        lower, upper = _central_interval(_difference(_resampled_sums(counts, rng_seed, n_resamples)), level)
    method = f"paired percentile bootstrap over tunes, {n_resamples} resamples"
    total_bars = int(counts[1].sum() + counts[3].sum())
    return Estimate(float(value), lower, upper, level, n_tunes, total_bars, method, rng_seed)


def proportion_interval(n_successes: int, n_trials: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval of a proportion of independent trials, such as tunes.

    Parameters
    ----------
    n_successes, n_trials : int
        At least one trial.
    level : float
        Confidence level, in (0, 1).

    Returns
    -------
    lower, upper : float
        In [0, 1]; neither end leaves it where all trials are alike.

    Raises
    ------
    Refusal
        Without a trial, or with more successes than trials.

    References
    ----------
    E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22, 1927.
    """
    if not 0 <= n_successes <= n_trials or n_trials == 0:
        raise Refusal(f"{n_successes} of {n_trials} is not a proportion: give 0 to n of at least 1 trial")
    z2 = NormalDist().inv_cdf((1 + level) / 2) ** 2
    share = n_successes / n_trials
    centre = share + z2 / (2 * n_trials)
    spread = sqrt(z2 * (share * (1 - share) + z2 / (4 * n_trials)) / n_trials)
    scale = 1 + z2 / n_trials
    # Rounding could put the ends past what they estimate.
    return max(0.0, min((centre - spread) / scale, share)), min(1.0, max((centre + spread) / scale, share))


def _checked_counts(n_correct: np.ndarray, n_bars: np.ndarray) -> np.ndarray:
    """Stack the two counts, shape (2, n_tunes), after checking them."""
    n_correct, n_bars = np.asarray(n_correct), np.asarray(n_bars)
    if n_correct.ndim != 1 or n_correct.shape != n_bars.shape:
        raise Refusal(f"n_correct {n_correct.shape} and n_bars {n_bars.shape} differ: give one number per tune each")
    wrong = np.flatnonzero(~((n_correct >= 0) & (n_correct <= n_bars)))
    if len(wrong):
        tune_index = wrong[0]
        raise Refusal(
            f"tune {tune_index} has {n_correct[tune_index]} correct of {n_bars[tune_index]} bars: count its bars again"
        )
    return np.stack([n_correct, n_bars]).astype(np.int64)


def _resampled_sums(counts: np.ndarray, rng_seed: int, n_resamples: int) -> np.ndarray:
    """Sum counts, shape (n_counts, n_tunes), over tunes drawn with replacement: shape (n_counts, n_resamples)."""
    n_tunes = counts.shape[1]
    rng = np.random.default_rng(rng_seed)
    per_block = max(1, _BLOCK // n_tunes)
    blocks = []
    for start in range(0, n_resamples, per_block):
        drawn = rng.integers(n_tunes, size=(min(per_block, n_resamples - start), n_tunes))
        blocks.append([count[drawn].sum(axis=1) for count in counts])
    return np.concatenate(blocks, axis=1)


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Divide; nan where the denominator is 0."""
    numerator = np.asarray(numerator, dtype=np.float64)
    return np.divide(numerator, denominator, out=np.full_like(numerator, np.nan), where=np.asarray(denominator) > 0)


def _difference(sums: np.ndarray) -> np.ndarray:
    n_correct, n_bars, reference_n_correct, reference_n_bars = sums
    return _ratio(n_correct, n_bars) - _ratio(reference_n_correct, reference_n_bars)


def _central_interval(resampled: np.ndarray, level: float) -> tuple[float, float]:
    defined = resampled[np.isfinite(resampled)]
    lower, upper = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(lower), float(upper)
