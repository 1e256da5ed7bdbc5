"""Tests by surrogates: data that keep some properties of the data and randomise the others."""

from collections.abc import Iterable

import numpy as np


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
