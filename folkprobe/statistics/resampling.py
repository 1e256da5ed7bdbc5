"""Bootstrap over tunes for ratios and ranks, many outcomes at once.

Tunes are the independent units. A resample is a vector of weights, how often each tune was drawn, so that sums over
resampled tunes are one matrix product, exact for whole numbers; every outcome of a comparison sees the same resamples.
"""

import numpy as np

from folkprobe.refusal import Refusal


def resample_weights(n_tunes: int, *, rng_seed: int, n_resamples: int) -> np.ndarray:
    """Draw bootstrap resamples of tunes.

    Returns
    -------
    ndarray of float64, shape (n_resamples, n_tunes)
        How often each tune was drawn, whole numbers; rows sum to n_tunes.
    """
    rng = np.random.default_rng(rng_seed)
    return rng.multinomial(n_tunes, np.full(n_tunes, 1 / n_tunes), size=n_resamples).astype(np.float64)


def ratio_of_sums(counts: np.ndarray) -> np.ndarray:
    """Return the ratio of sums over tunes: long tunes weigh more.

    Parameters
    ----------
    counts : ndarray, shape (..., n_tunes, n_outcomes, 2)
        Numerator and denominator of each tune and outcome.

    Returns
    -------
    ndarray, shape (..., n_outcomes)
        nan where the denominators sum to 0.
    """
    return _divide(counts.sum(axis=-3))


def ratio_interval(
    counts: np.ndarray, weights: np.ndarray, *, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ratios of sums over tunes with percentile intervals.

    Parameters
    ----------
    counts : ndarray, shape (n_tunes, n_outcomes, 2)
        Numerator and denominator of each tune and outcome.
    weights, level
        As for `ratio_difference`.

    Returns
    -------
    value, lower, upper : ndarray, shape (n_outcomes,)
        nan where the denominators do not sum to more than 0; such a resample is left out.
    """
    lower, upper = _interval(_divide(np.tensordot(weights, counts, axes=(1, 0))), level, n_tunes=len(counts))
    return ratio_of_sums(counts), lower, upper


def ratio_difference(
    counts: np.ndarray, reference_counts: np.ndarray, weights: np.ndarray, *, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the paired difference of ratios of sums between two conditions, with percentile intervals.

    Parameters
    ----------
    counts, reference_counts : ndarray, shape (n_tunes, n_outcomes, 2)
        Numerator and denominator of each tune and outcome. Tune k of both was drawn with the same random numbers.
    weights : ndarray, shape (n_resamples, n_tunes)
        From `resample_weights`.
    level : float
        Confidence level, in (0, 1).

    Returns
    -------
    value, lower, upper : ndarray, shape (n_outcomes,)
        Ratio of the condition less ratio of the reference. Resampling tunes with both their versions keeps what they
        have in common. nan where a denominator is 0 throughout, and intervals of fewer than two tunes; a resample with
        a denominator of 0 is left out.

    Raises
    ------
    Refusal
        If the shapes differ.

    References
    ----------
    A. C. Davison and D. V. Hinkley, Bootstrap Methods and their Application, 1997, sections 2.4 and 3.8.
    """
    counts, reference_counts = np.asarray(counts, dtype=np.float64), np.asarray(reference_counts, dtype=np.float64)
    if counts.shape != reference_counts.shape or len(counts) != weights.shape[1]:
        raise Refusal(
            f"a paired comparison of {len(counts)} with {len(reference_counts)} tunes, resampled as "
            f"{weights.shape[1]}, is impossible: generate the same tunes under both conditions"
        )

    def difference(of_tunes: np.ndarray) -> np.ndarray:
        sums, reference_sums = (np.tensordot(of_tunes, each, axes=(1, 0)) for each in (counts, reference_counts))
        return _divide(sums) - _divide(reference_sums)

    value = ratio_of_sums(counts) - ratio_of_sums(reference_counts)
    lower, upper = _interval(difference(weights), level, n_tunes=len(counts))
    return value, lower, upper


def area_under_curve(
    score: np.ndarray, is_event: np.ndarray, tune_index: np.ndarray, weights: np.ndarray, *, level: float
) -> tuple[float, float, float]:
    """Return the AUC, the chance that an event's score exceeds another step's, with an interval over tunes.

    Parameters
    ----------
    score : ndarray of float, shape (n_steps,)
    is_event : ndarray of bool, shape (n_steps,)
    tune_index : ndarray of int, shape (n_steps,)
        0 to n_tunes - 1.
    weights : ndarray, shape (n_resamples, n_tunes)
        From `resample_weights`.
    level : float
        Confidence level, in (0, 1).

    Returns
    -------
    value, lower, upper : float
        In [0, 1]; ties count a half; 0.5 is no relation. nan without events or without other steps.

    Notes
    -----
    The pairs of events of tune i with other steps of tune j are counted once; a resample then weighs that table.

    References
    ----------
    J. A. Hanley and B. J. McNeil, The meaning and use of the area under a receiver operating characteristic (ROC)
    curve, Radiology 143, 1982.
    """
    n_tunes = weights.shape[1]
    order = np.argsort(tune_index[is_event], kind="stable")
    events, event_tune = score[is_event][order], tune_index[is_event][order]
    n_events = np.bincount(event_tune, minlength=n_tunes)
    n_others = np.bincount(tune_index[~is_event], minlength=n_tunes)
    wins = np.zeros((n_tunes, n_tunes))
    for tune in np.flatnonzero(n_others):
        others = np.sort(score[~is_event & (tune_index == tune)])
        below = (np.searchsorted(others, events, "left") + np.searchsorted(others, events, "right")) / 2
        wins[:, tune] = np.bincount(event_tune, below, minlength=n_tunes)

    def area(of_tunes: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            n_pairs = (of_tunes @ n_events) * (of_tunes @ n_others)
            return ((of_tunes @ wins) * of_tunes).sum(axis=1) / n_pairs

    value = area(np.ones((1, n_tunes)))[0]
    lower, upper = _interval(area(weights)[:, None], level, n_tunes=n_tunes)
    return float(value), float(lower[0]), float(upper[0])


def _divide(pairs: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return pairs[..., 0] / np.where(pairs[..., 1] > 0, pairs[..., 1], np.nan)


def _interval(resampled: np.ndarray, level: float, *, n_tunes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return percentiles of each column, shape (n_resamples, n_outcomes); nan with no spread to estimate them from."""
    lower, upper = np.full((2, resampled.shape[1]), np.nan)
    for outcome, values in enumerate(resampled.T):
        defined = values[np.isfinite(values)]
        if n_tunes > 1 and defined.size:
            lower[outcome], upper[outcome] = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return lower, upper
