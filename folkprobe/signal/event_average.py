"""Averages of a sequence around events."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class EventAverage:
    """Mean of a sequence at lags around events.

    Attributes
    ----------
    lag_steps : ndarray of int, shape (n_lags,)
        0 is the event; negative lags come before it.
    mean : ndarray, shape (n_lags,)
        Over tunes, each tune weighing the same; nan where no tune reaches.
    standard_error : ndarray, shape (n_lags,)
        Of that mean over tunes (ddof = 1); nan for fewer than two tunes.
    n_tunes : ndarray of int, shape (n_lags,)
        Tunes with an event whose lag is inside the tune.
    n_events : int
    """

    lag_steps: np.ndarray
    mean: np.ndarray
    standard_error: np.ndarray
    n_tunes: np.ndarray
    n_events: int


def average_around_events(
    sequences: Sequence[np.ndarray], event_steps: Sequence[np.ndarray], *, n_lags: int
) -> EventAverage:
    """Average sequences around events, first within each tune and then over tunes.

    Parameters
    ----------
    sequences : sequence of ndarray, each of shape (n_steps,)
        One for each tune.
    event_steps : sequence of ndarray of int
        Steps of each tune's events.
    n_lags : int
        Lags from -n_lags to n_lags are averaged; what lies outside the tune is left out.

    Returns
    -------
    EventAverage
        Tunes without events do not count.
    """
    lags = np.arange(-n_lags, n_lags + 1)
    within = []
    for sequence, events in zip(sequences, event_steps, strict=True):
        places = np.asarray(events, dtype=np.int64)[:, None] + lags
        inside = (places >= 0) & (places < len(sequence))
        values = np.where(inside, np.asarray(sequence)[np.clip(places, 0, len(sequence) - 1)], 0.0)
        n_inside = inside.sum(axis=0)
        within.append(np.divide(values.sum(axis=0), n_inside, out=np.full(len(lags), np.nan), where=n_inside > 0))
    means = np.array(within).reshape(-1, len(lags))
    there = np.isfinite(means)
    n_tunes = there.sum(axis=0)
    nan = np.full(len(lags), np.nan)
    mean = np.divide(np.where(there, means, 0).sum(axis=0), n_tunes, out=nan.copy(), where=n_tunes > 0)
    squares = (np.where(there, means - mean, 0) ** 2).sum(axis=0)
    variance = np.divide(squares, n_tunes - 1, out=nan.copy(), where=n_tunes > 1)
    standard_error = np.sqrt(variance / np.maximum(n_tunes, 1))
    return EventAverage(lags, mean, standard_error, n_tunes, int(sum(len(events) for events in event_steps)))
