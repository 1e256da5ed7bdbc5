"""Summary statistics of a distribution of values."""

import numpy as np

PERCENTILES = (1, 5, 25, 50, 75, 95, 99)


def describe_values(values: np.ndarray) -> dict[str, float]:
    """Return moments and percentiles of values.

    Parameters
    ----------
    values : ndarray, shape (n_values,)

    Returns
    -------
    dict of str to float
        `n`, `mean`, `standard_deviation` (ddof = 0), `share_beyond_1` (of magnitudes above 1) and `p{percentile}` for
        each of `PERCENTILES`; nan, but for n, where there are no values.
    """
    if not len(values):
        names = ("mean", "standard_deviation", "share_beyond_1", *(f"p{each}" for each in PERCENTILES))
        return {"n": 0, **dict.fromkeys(names, np.nan)}
    moments = {"mean": values.mean(), "standard_deviation": values.std(), "share_beyond_1": (np.abs(values) > 1).mean()}
    percentiles = zip(PERCENTILES, np.percentile(values, PERCENTILES), strict=True)
    return {"n": len(values), **moments, **{f"p{each}": value for each, value in percentiles}}
