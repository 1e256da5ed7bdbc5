"""Activity of the units of a layer."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from folkprobe.refusal import Refusal


@dataclass(frozen=True)
class Activity:
    """Moments of each unit's hidden state over all steps of some tunes; long tunes weigh more.

    Attributes
    ----------
    mean, mean_absolute, variance : ndarray of float64, shape (n_units,)
        Of h, of |h|, and of h about its mean (divided by the number of steps).
    n_steps : int
    """

    mean: np.ndarray
    mean_absolute: np.ndarray
    variance: np.ndarray
    n_steps: int


def estimate_activity(hidden_states: Iterable[np.ndarray]) -> Activity:
    """Estimate the activity of a layer's units.

    Parameters
    ----------
    hidden_states : iterable of ndarray, each of shape (n_steps, n_units)
        One for each tune, processed one at a time.

    Raises
    ------
    Refusal
        If there is no step at all.
    """
    n_steps, moments = 0, 0.0
    for hidden_state in hidden_states:
        h = np.asarray(hidden_state, dtype=np.float64)
        n_steps += len(h)
        moments = moments + np.array([h.sum(axis=0), np.abs(h).sum(axis=0), (h**2).sum(axis=0)])
    if n_steps == 0:
        raise Refusal("there is no step to estimate the units' activity from: replay at least one tune")
    mean, mean_absolute, mean_square = moments / n_steps
    # |h| < 1, so what cancels is of the order of float64's rounding; it must not be negative.
    return Activity(mean, mean_absolute, np.maximum(mean_square - mean**2, 0.0), n_steps)
