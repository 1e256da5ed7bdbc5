"""Responses of units around events: means over tunes with a null band, and which of two events units follow."""

from dataclasses import dataclass

import numpy as np
import scipy.fft

from folkprobe.refusal import Refusal


@dataclass(frozen=True)
class Response:
    """Mean response of units around an event.

    Attributes
    ----------
    lag_steps : ndarray of int, shape (n_lags,)
        Steps after the event; negative before it.
    mean : ndarray, shape (n_lags, n_units)
        Of the sequence less its mean over the tune; each tune weighs the same.
    null_bound : ndarray, shape (n_units,)
        95 % of surrogates have no larger magnitude at any lag: a simultaneous band of plus and minus this.
    n_tunes, n_events : int
        Tunes with an event, and events in them.
    """

    lag_steps: np.ndarray
    mean: np.ndarray
    null_bound: np.ndarray
    n_tunes: int
    n_events: int

    def largest(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the largest response of each unit over the lags.

        Returns
        -------
        lag_steps, value, exceeds_null : ndarray, shape (n_units,)
            Where it is, the response there with its sign, and whether it leaves the null band.
        """
        place = np.nan_to_num(np.abs(self.mean)).argmax(axis=0)
        value = self.mean[place, np.arange(len(place))]
        return self.lag_steps[place], value, np.abs(value) > self.null_bound


class EventResponse:
    """Mean response around an event, tunes added one by one.

    Parameters
    ----------
    n_units : int
    lag_steps_max : int
        Lags from minus to plus this, at least 0.
    n_surrogates : int
        Of the null, at least 19: all events of a tune are shifted circularly together, by steps drawn for each tune,
        which keeps their number and distances and randomises their position.
    rng_seed : int
    """

    def __init__(self, n_units: int, *, lag_steps_max: int = 12, n_surrogates: int = 199, rng_seed: int = 0) -> None:
        self.lag_steps = np.arange(-lag_steps_max, lag_steps_max + 1)
        self._n_surrogates = n_surrogates
        self._rng = np.random.default_rng(rng_seed)
        n_lags = len(self.lag_steps)
        self._sum = np.zeros((n_lags, n_units))
        self._n_tunes_at_lag = np.zeros((n_lags, 1), dtype=int)
        self._null_sum = np.zeros((n_surrogates, n_lags, n_units))
        self.n_tunes = 0
        self.n_events = 0

    def add(self, sequences: np.ndarray, is_event: np.ndarray) -> None:
        """Add one tune; one without an event, or shorter than the lags, adds nothing.

        Parameters
        ----------
        sequences : ndarray, shape (n_steps, n_units)
        is_event : ndarray of bool, shape (n_steps,)
        """
        n_steps = len(sequences)
        if not is_event.any() or n_steps <= 2 * len(self.lag_steps):
            return
        deviation = np.asarray(sequences, dtype=np.float64)
        deviation = deviation - deviation.mean(axis=0)
        events = np.flatnonzero(is_event)
        for place, lag in enumerate(self.lag_steps):
            at = events + lag
            at = at[(at >= 0) & (at < n_steps)]
            if len(at):
                self._sum[place] += deviation[at].mean(axis=0)
                self._n_tunes_at_lag[place] += 1
        # Summed around every shift of the events at once, by the circular correlation theorem.
        spectrum = scipy.fft.rfft(is_event.astype(float))[:, np.newaxis].conj() * scipy.fft.rfft(deviation, axis=0)
        around = scipy.fft.irfft(spectrum, n=n_steps, axis=0) / len(events)
        shifts = self._rng.integers(1, n_steps, size=self._n_surrogates)
        self._null_sum += around[(shifts[:, np.newaxis] + self.lag_steps) % n_steps]
        self.n_tunes += 1
        self.n_events += len(events)

    def response(self) -> Response:
        """Return the mean response over the tunes; nan at a lag outside of every tune, and without an event."""
        with np.errstate(invalid="ignore"):
            null = np.abs(self._null_sum / self.n_tunes if self.n_tunes else self._null_sum * np.nan).max(axis=1)
            mean = self._sum / self._n_tunes_at_lag
        return Response(self.lag_steps, mean, np.quantile(null, 0.95, axis=0), self.n_tunes, self.n_events)


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
