"""P-values of many tests at once."""

import numpy as np


def holm(p_values: np.ndarray) -> np.ndarray:
    """Adjust p-values so that all those up to a level are rejected at that familywise error rate.

    Parameters
    ----------
    p_values : ndarray, shape (n_tests,)
        In [0, 1]; nan for a test that could not be made, which does not count as one.

    Returns
    -------
    ndarray, shape (n_tests,)
        In [0, 1], never below the p-value itself; nan stays.

    References
    ----------
    S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6 (1979) 65.
    """
    p_values = np.asarray(p_values, dtype=np.float64)
    made = np.flatnonzero(np.isfinite(p_values))
    ascending = made[np.argsort(p_values[made], kind="stable")]
    adjusted = np.full(p_values.shape, np.nan)
    n_left = np.arange(len(made), 0, -1)
    adjusted[ascending] = np.minimum(np.maximum.accumulate(n_left * p_values[ascending]), 1)
    return adjusted


def benjamini_hochberg(p_values: np.ndarray) -> np.ndarray:
    """Adjust p-values so that all those up to a level are rejected at that false discovery rate.

    Parameters
    ----------
    p_values : ndarray
        Of all tests, any shape, in [0, 1]; nan for a test that could not be made, which does not count as one.

    Returns
    -------
    ndarray, same shape
        In [0, 1], never below the p-value itself; nan stays.

    References
    ----------
    Y. Benjamini and Y. Hochberg, Controlling the false discovery rate, J. R. Statist. Soc. B 57 (1995) 289.
    """
    # Imported here: scipy.stats takes a second, and only this needs it.
    from scipy.stats import false_discovery_control

    p_values = np.asarray(p_values, dtype=np.float64)
    made = np.isfinite(p_values)
    adjusted = np.full(p_values.shape, np.nan)
    if made.any():
        adjusted[made] = false_discovery_control(p_values[made])
    return adjusted
