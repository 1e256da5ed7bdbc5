"""Surrogates: sequences that keep some properties of the data and randomise the others."""

from collections.abc import Iterable

import numpy as np
import scipy.fft


def circular_shift(sequences: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shift each sequence circularly by its own number of steps, which keeps the values and their order.

    Parameters
    ----------
    sequences : ndarray, shape (n_steps, n_units)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, same shape
        Shifted by 1 to n_steps - 1 steps, each as likely; a sequence of one step stays.
    """
    n_steps, n_units = sequences.shape
    if n_steps < 2:
        return sequences.copy()
    shifts = rng.integers(1, n_steps, size=n_units)
    return np.take_along_axis(sequences, (np.arange(n_steps)[:, np.newaxis] - shifts) % n_steps, axis=0)


def phase_randomised(sequences: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Randomise the phases of each sequence's Fourier coefficients, which keeps its power spectrum only.

    Parameters
    ----------
    sequences : ndarray, shape (n_steps, n_units)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, same shape
        float64. Bin 0, and bin n_steps / 2 of an even length, are real and stay.

    References
    ----------
    J. Theiler et al., Testing for nonlinearity in time series: the method of surrogate data, Physica D 58 (1992) 77.
    """
    n_steps = len(sequences)
    coefficients = scipy.fft.rfft(np.asarray(sequences, dtype=np.float64), axis=0)
    free = slice(1, (n_steps + 1) // 2)
    angle = rng.uniform(0, 2 * np.pi, size=coefficients[free].shape)
    coefficients[free] *= np.exp(1j * angle)
    return scipy.fft.irfft(coefficients, n=n_steps, axis=0)


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
