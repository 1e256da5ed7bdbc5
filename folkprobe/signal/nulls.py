"""Tests by surrogates: data that keep some properties of the data and randomise the others."""

from collections.abc import Iterable

import numpy as np


def shuffled(sequences: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Put the steps into a random order, the same for all units, which keeps what the units share at each step.

    Parameters
    ----------
    sequences : ndarray, shape (n_steps, n_units)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, same shape
        White noise with the values, and thus the mean and the covariance of units, of the data.
    """
    return rng.permutation(sequences, axis=0)


def autoregressive(sequences: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw first-order autoregressive noise (red noise) like the data, with what the units share at each step.

    Parameters
    ----------
    sequences : ndarray, shape (n_steps, n_units)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, same shape
        float64. Each unit has its own mean and lag-one autocorrelation (Yule and Walker's estimate, below 1). What that
        leaves unexplained of the data is put into a random order, the same for all units, and the first step is one of
        the data's.

    References
    ----------
    M. R. Allen and L. A. Smith, Monte Carlo SSA: detecting irregular oscillations in the presence of colored noise, J.
    Climate 9 (1996) 3373. The order in place of normal numbers: A. C. Davison and D. V. Hinkley, Bootstrap Methods and
    their Application, 1997, section 8.2.
    """
    mean = sequences.mean(axis=0, dtype=np.float64)
    deviation = sequences - mean
    power = (deviation**2).sum(axis=0)
    covariance = (deviation[1:] * deviation[:-1]).sum(axis=0)
    coefficient = np.divide(covariance, power, out=np.zeros_like(power), where=power > 0)
    innovation = rng.permutation(deviation[1:] - coefficient * deviation[:-1], axis=0)
    surrogate = np.concatenate([deviation[[rng.integers(len(deviation))]], innovation])
    for step in range(1, len(surrogate)):
        surrogate[step] += coefficient * surrogate[step - 1]
    return surrogate + mean


def surrogate_p_values(statistic: np.ndarray, surrogates: Iterable[np.ndarray]) -> np.ndarray:
    """Return the p-value of a statistic from its surrogates.

    Parameters
    ----------
    statistic : ndarray
        Of the data.
    surrogates : iterable of ndarray, same shape
        The statistic of each surrogate; at least one.

    Returns
    -------
    ndarray, same shape
        (1 + number of surrogates as large or larger) / (1 + number of surrogates): the data count as one of them, so
        that a test at a level keeps it.

    References
    ----------
    B. Phipson and G. K. Smyth, Permutation p-values should never be zero, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39.
    """
    n_reached, n_surrogates = np.ones(np.shape(statistic)), 1
    for surrogate in surrogates:
        n_reached += surrogate >= statistic
        n_surrogates += 1
    return n_reached / n_surrogates
