"""Responses of units around events: means over tunes against a null, and which of two events units follow."""

from dataclasses import dataclass

import numpy as np
import scipy.fft

from folkprobe.refusal import Refusal


@dataclass(frozen=True)
class Response:
    """Mean response of units around an event, and that of surrogates.

    Attributes
    ----------
    lag_steps : ndarray of int, shape (n_lags,)
        Steps after the event; negative before it.
    mean : ndarray, shape (n_lags, n_units)
        Of the sequence less its mean over the tune; each tune weighs the same.
    standard_deviation : ndarray, shape (n_units,)
        Of the sequence around that mean, over steps; each tune weighs the same.
    null_largest : ndarray, shape (n_surrogates, n_units)
        Largest magnitude over the lags of each surrogate's mean response.
    n_tunes, n_events : int
        Tunes with an event, and events in them.
    """

    lag_steps: np.ndarray
    mean: np.ndarray
    standard_deviation: np.ndarray
    null_largest: np.ndarray
    n_tunes: int
    n_events: int

    @property
    def null_bound(self) -> np.ndarray:
        """Return what 95 % of largest responses stay within under the null, shape (n_units,): a band for all lags."""
        # Weibull's quantile counts the data as one of the surrogates: (n + 1) 0.95 of them do not exceed it.
        return np.quantile(self.null_largest, 0.95, axis=0, method="weibull")

    def largest(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the largest response of each unit over the lags.

        Returns
        -------
        lag_steps, value, rank : ndarray, shape (n_units,)
            Where it is, the response there with its sign, and the rank of its magnitude among the surrogates', from 1
            (no surrogate reaches it) to n_surrogates + 1. rank / (n_surrogates + 1) is the p-value.
        """
        place = np.abs(self.mean).argmax(axis=0)
        value = self.mean[place, np.arange(len(place))]
        return self.lag_steps[place], value, 1 + (~(self.null_largest < np.abs(value))).sum(axis=0)


class EventResponse:
    """Mean response around an event, tunes added one by one.

    Parameters
    ----------
    n_units : int
    lag_steps_max : int
        Lags from minus to plus this, at least 0. If events are periodic, lags beyond half a period say nothing new.
    n_surrogates : int
        Of the null, at least 19: all events of a tune are shifted together around the tune, by a number of steps drawn
        for each tune, each as likely. This keeps their number and distances and randomises their position.
    rng_seed : int

    Notes
    -----
    A tune is read as a circle, by the data as by the surrogates: the data are the shift by 0 steps. So the null is
    exact for events whose position is uniform on the circle, whatever the sequences are (docs/bar_nulls.md).
    """

    def __init__(self, n_units: int, *, lag_steps_max: int = 4, n_surrogates: int = 199, rng_seed: int = 0) -> None:
        self.lag_steps = np.arange(-lag_steps_max, lag_steps_max + 1)
        self._rng = np.random.default_rng(rng_seed)
        # The data, then the surrogates.
        self._sum = np.zeros((1 + n_surrogates, len(self.lag_steps), n_units))
        self._variance = np.zeros(n_units)
        self.n_tunes = 0
        self.n_events = 0

    def add(self, sequences: np.ndarray, is_event: np.ndarray) -> None:
        """Add one tune; one without an event adds nothing.

        Parameters
        ----------
        sequences : ndarray, shape (n_steps, n_units)
            The step after the last is the first: see `whole_periods`.
        is_event : ndarray of bool, shape (n_steps,)
        """
        n_steps, n_events = len(sequences), int(is_event.sum())
        if n_events == 0:
            return
        deviation = np.asarray(sequences, dtype=np.float64)
        deviation = deviation - deviation.mean(axis=0)
        # The mean around every shift of the events at once, by the circular correlation theorem.
        spectrum = scipy.fft.rfft(is_event.astype(float))[:, np.newaxis].conj() * scipy.fft.rfft(deviation, axis=0)
        around = scipy.fft.irfft(spectrum, n=n_steps, axis=0) / n_events
        shifts = np.concatenate([[0], self._rng.integers(n_steps, size=len(self._sum) - 1)])
        self._sum += around[(shifts[:, np.newaxis] + self.lag_steps) % n_steps]
        self._variance += (deviation**2).mean(axis=0)
        self.n_tunes += 1
        self.n_events += n_events

    def response(self) -> Response:
        """Return the mean response over the tunes; nan, and the last rank, without an event."""
        n_tunes = self.n_tunes or np.nan
        mean, standard_deviation = self._sum / n_tunes, np.sqrt(self._variance / n_tunes)
        null_largest = np.abs(mean[1:]).max(axis=1)
        return Response(self.lag_steps, mean[0], standard_deviation, null_largest, self.n_tunes, self.n_events)


def whole_periods(is_event: np.ndarray) -> slice:
    """Return the steps from the first event up to the last, which is left out.

    Closed to a circle, they begin and end at an event: a step before the first event is one before the last, a step
    after the last is one after the first. Without what comes before the first event and after the last, where no event
    can be, a circular shift moves events only to where there could be one.

    Parameters
    ----------
    is_event : ndarray of bool, shape (n_steps,)

    Returns
    -------
    slice
        Empty if there are fewer than two events.
    """
    events = np.flatnonzero(is_event)
    return slice(events[0], events[-1]) if len(events) else slice(0)


@dataclass(frozen=True)
class Following:
    """Which of two events units respond to, from steps where only one of them occurs.

    Attributes
    ----------
    of_first, of_second : ndarray, shape (n_units,)
        Mean over tunes of the sequence at steps with that event alone less its mean at steps with neither.
    difference : ndarray, shape (n_units,)
        Mean over tunes of |response to the first| less |response to the second|, both signed by their mean.
    standard_error : ndarray, shape (n_units,)
        Of the difference, over tunes (ddof = 1); nan for fewer than two.
    n_tunes : int
        Tunes with both kinds of steps.
    """

    of_first: np.ndarray
    of_second: np.ndarray
    difference: np.ndarray
    standard_error: np.ndarray
    n_tunes: int

    def follows(self, first: str, second: str) -> np.ndarray:
        """Return, for each unit, the name of the event that it follows.

        Parameters
        ----------
        first, second : str
            Names of the events.

        Returns
        -------
        ndarray of str, shape (n_units,)
            "undecided" where the difference is within two standard errors.
        """
        decided = np.abs(self.difference) > 2 * self.standard_error
        return np.where(decided, np.where(self.difference > 0, first, second), "undecided")


# What a step is for the comparison of two events.
NEITHER, FIRST_ALONE, SECOND_ALONE, BOTH = range(4)


def events_apart(is_read: np.ndarray, is_put_out: np.ndarray) -> np.ndarray:
    """Find the steps at which an event is read without having been output, or output without being read next.

    Parameters
    ----------
    is_read : ndarray of bool, shape (n_steps + 1,)
        Whether the event is read at each step, and after the last.
    is_put_out : ndarray of bool, shape (n_steps,)
        Whether what comes out of each step calls for the event at the next.

    Returns
    -------
    ndarray of int, shape (n_steps,)
        `FIRST_ALONE` where it is read and was not output the step before, `SECOND_ALONE` where it is output and not
        read the step after, `NEITHER` where it is neither read nor output, and `BOTH` at every other step: those where
        input and output agree, which are not informative.
    """
    read, next_read = is_read[:-1], is_read[1:]
    forced = read & ~np.concatenate([[False], is_put_out[:-1]])
    dropped = is_put_out & ~next_read
    agreeing = (read & ~forced) | (is_put_out & ~dropped) | (forced & dropped)
    return np.select([agreeing, forced, dropped], [BOTH, FIRST_ALONE, SECOND_ALONE], NEITHER)


def compare_events(tunes: list[tuple[np.ndarray, np.ndarray]]) -> Following:
    """Compare the responses to two events that usually coincide, at the steps where they do not.

    Parameters
    ----------
    tunes : list of (ndarray, ndarray)
        Sequences, shape (n_steps, n_units), and the kind of each step, from `events_apart`.

    Returns
    -------
    Following
        Over the tunes that have steps with the first alone, with the second alone and with neither; nan, and every
        unit undecided, if there is none.

    Raises
    ------
    Refusal
        If there is no tune at all.
    """
    if not tunes:
        raise Refusal("there is no tune in which two events could be compared: give at least one")
    responses = []
    for sequences, kinds in tunes:
        groups = [kinds == kind for kind in (FIRST_ALONE, SECOND_ALONE, NEITHER)]
        if all(group.any() for group in groups):
            first, second, neither = (sequences[group].mean(axis=0, dtype=np.float64) for group in groups)
            responses.append((first - neither, second - neither))
    if not responses:
        unknown = np.full(tunes[0][0].shape[1], np.nan)
        return Following(unknown, unknown, unknown, unknown, 0)
    per_tune = np.array(responses)
    of_first, of_second = per_tune.mean(axis=0)
    difference = np.sign(of_first) * per_tune[:, 0] - np.sign(of_second) * per_tune[:, 1]
    n = len(per_tune)
    error = difference.std(axis=0, ddof=1) / np.sqrt(n) if n > 1 else np.full(difference.shape[1], np.nan)
    return Following(of_first, of_second, difference.mean(axis=0), error, n)
