"""How the next token of each tune is chosen from the logits.

``per-tune``: every tune has its own stream of random numbers: tune k draws from ``numpy.random.default_rng(
SeedSequence(rng_seed, spawn_key=(k,)))``, which is numpy's way of giving independent streams to parallel jobs. One
uniform number is drawn per token, by inversion: the token is the first whose cumulative probability exceeds it. So an
intact and an excised network that share rng_seed see the same numbers, tune by tune and token by token.

``folk-rnn``: the stream of folk-rnn's own sampler: one ``numpy.random.RandomState(rng_seed)`` for all tunes, one after
the other, ``choice(n_vocabulary, p=softmax)`` per token. Its softmax is that of a float32 array, without subtracting
the maximum.
"""

import math
from typing import Protocol

import numpy as np

from folkprobe.network import elementwise
from folkprobe.network.lstm import MAX_LANES

_DRAWN_AT_ONCE = 256


class LaneNumbers:
    """Uniform random numbers for every lane of a tile, each from a stream of its tune's own.

    Parameters
    ----------
    rng_seed : int
    n_lanes : int
    branch : tuple of int
        Tells the streams of one tune apart: the spawn key is (k, *branch).
    """

    def __init__(self, rng_seed: int, n_lanes: int, branch: tuple[int, ...] = ()) -> None:
        self._rng_seed, self._branch = rng_seed, branch
        self._generators: list[np.random.Generator | None] = [None] * n_lanes
        self._numbers = np.zeros((n_lanes, _DRAWN_AT_ONCE))
        self._n_taken = np.zeros(n_lanes, dtype=np.int64)

    def start(self, lane: int, tune: int) -> None:
        """Begin a tune's stream."""
        sequence = np.random.SeedSequence(self._rng_seed, spawn_key=(tune, *self._branch))
        self._generators[lane] = np.random.default_rng(sequence)
        self._n_taken[lane] = 0

    def keep(self, lanes: np.ndarray) -> None:
        """Continue with some of the lanes, as `Tile.keep`."""
        self._generators = [self._generators[lane] for lane in lanes]
        self._numbers, self._n_taken = self._numbers[lanes], self._n_taken[lanes]

    def take(self, lanes: np.ndarray) -> np.ndarray:
        """Return the next number, in [0, 1), of some lanes whose streams have begun."""
        place = self._n_taken[lanes] % _DRAWN_AT_ONCE
        for lane in lanes[place == 0]:
            self._numbers[lane] = self._generators[lane].random(_DRAWN_AT_ONCE)
        self._n_taken[lanes] += 1
        return self._numbers[lanes, place]


class Drawer(Protocol):
    """Base of the classes that choose tokens."""

    def start(self, lane: int, tune: int) -> None:
        """Begin a tune in a lane."""

    def keep(self, lanes: np.ndarray) -> None:
        """Continue with some of the lanes, as `Tile.keep`."""

    def draw(self, logits: np.ndarray, lanes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Choose a token for some lanes.

        Parameters
        ----------
        logits : ndarray, shape (n_vocabulary, n_lanes)
        lanes : ndarray of int, shape (n,)

        Returns
        -------
        token_index : ndarray of int, shape (n,)
        log_probability : ndarray, shape (n,)
            Natural logarithm, under the network at this step; NaN where the posterior is not finite.
        """


class PerTune:
    """Every tune from its own stream, see the module.

    Parameters
    ----------
    rng_seed : int
    n_lanes : int
    temperature : float
    branch : tuple of int
        As for `LaneNumbers`.

    Attributes
    ----------
    in_turn : bool
        Tunes are drawn one after the other, from tune 0 on: each depends on those before it.
    max_lanes : int
        Of the tile, see `folkprobe.network.lstm.Lanes`.
    max_steps, seed_bits : int
        Tunes end after max_steps at the latest, and rng_seed is below 2**seed_bits; infinity for no limit.
    dtype : str or None
        Of the network's arithmetic, overriding the requested one; None leaves it unchanged.
    """

    in_turn = False
    max_lanes = MAX_LANES
    max_steps = seed_bits = math.inf
    dtype = None

    def __init__(self, rng_seed: int, n_lanes: int, temperature: float, branch: tuple[int, ...] = ()) -> None:
        self._uniform = LaneNumbers(rng_seed, n_lanes, branch)
        self._temperature = temperature
        self.start, self.keep = self._uniform.start, self._uniform.keep

    def draw(self, logits: np.ndarray, lanes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Draw by inversion, see `Drawer.draw`."""
        scaled, cumulative = elementwise.cumulative_weights(logits, self._temperature)
        threshold = np.zeros(logits.shape[1])
        threshold[lanes] = self._uniform.take(lanes) * cumulative[-1, lanes]
        # The last token takes the rest that rounding leaves.
        drawn = np.minimum(elementwise.n_at_most(cumulative, threshold)[lanes], len(logits) - 1)
        return drawn, _log_probability(scaled, cumulative, lanes, drawn)


class FolkRnn:
    """folk-rnn's own stream, see the module.

    Parameters
    ----------
    rng_seed : int
        Below 2**32.
    n_lanes : int
        Ignored: one tune is drawn at a time.
    temperature : float

    Attributes
    ----------
    in_turn, max_lanes, max_steps, seed_bits, dtype
        As of `PerTune`.
    """

    in_turn = True
    max_lanes = 1
    # folk-rnn ends a tune that has more tokens than this, `<s>` and prompt included: so after as many steps.
    max_steps = 1000
    seed_bits = 32
    dtype = "float32"

    def __init__(self, rng_seed: int, n_lanes: int, temperature: float) -> None:  # noqa: ARG002
        self._random_state = np.random.RandomState(rng_seed)
        self._temperature = np.float32(temperature)

    def start(self, lane: int, tune: int) -> None:
        """Begin a tune; the stream continues."""

    def keep(self, lanes: np.ndarray) -> None:
        """Do nothing: no state is kept by lane."""

    def draw(self, logits: np.ndarray, lanes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Draw from float32 logits for the one lane there is, see `Drawer.draw`."""
        (lane,) = lanes
        probability, distribution, total = folk_rnn_distribution(logits[:, lane], self._temperature)
        # RandomState.choice, without its checks.
        uniform = self._random_state.random_sample()
        drawn = min(int(distribution.searchsorted(uniform, side="right")), len(logits) - 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.array([drawn]), np.log(probability[[drawn]]) - np.log(total)


SAMPLER_CLASSES = {"per-tune": PerTune, "folk-rnn": FolkRnn}


def folk_rnn_distribution(logits: np.ndarray, temperature: np.float32) -> tuple[np.ndarray, np.ndarray, np.float64]:
    """Return the distribution that folk-rnn's sampler inverts.

    Parameters
    ----------
    logits : ndarray of float32, shape (n_vocabulary,)
    temperature : float32

    Returns
    -------
    probability : ndarray of float64, shape (n_vocabulary,)
        Of float32 arithmetic, so not quite of sum 1; nan where that overflows.
    distribution : ndarray of float64, shape (n_vocabulary,)
        Cumulative, 1 at the end.
    total : float64
        The sum of `probability`.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        weights = np.exp(np.ascontiguousarray(logits) / temperature)
        probability = (weights / weights.sum()).astype(np.float64)
        cumulative = probability.cumsum()
        return probability, cumulative / cumulative[-1], cumulative[-1]


class Given:
    """A given sequence, whatever the logits say.

    Parameters
    ----------
    token_index : ndarray of int, shape (n_steps,)
    n_lanes : int
    temperature : float
        Of the log-probabilities.
    """

    def __init__(self, token_index: np.ndarray, n_lanes: int, temperature: float) -> None:
        self._token_index, self._temperature = token_index, temperature
        self._n_given = np.zeros(n_lanes, dtype=np.int64)

    def start(self, lane: int, tune: int) -> None:  # noqa: ARG002
        """Begin the sequence."""
        self._n_given[lane] = 0

    def keep(self, lanes: np.ndarray) -> None:
        """Continue with some of the lanes, as `Tile.keep`."""
        self._n_given = self._n_given[lanes]

    def draw(self, logits: np.ndarray, lanes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the next token of the sequence, see `Drawer.draw`."""
        token_index = self._token_index[self._n_given[lanes]]
        self._n_given[lanes] += 1
        return token_index, log_probability(logits, self._temperature, lanes, token_index)


def log_probability(logits: np.ndarray, temperature: float, lanes: np.ndarray, token_index: np.ndarray) -> np.ndarray:
    """Return the log-probability of given tokens.

    Parameters
    ----------
    logits : ndarray, shape (n_vocabulary, n_lanes)
    temperature : float
    lanes : ndarray of int, shape (n,)
    token_index : ndarray of int, shape (n,)
        A token for each of `lanes`.

    Returns
    -------
    ndarray, shape (n,)
        Natural logarithm; NaN where the posterior is not finite.
    """
    scaled, cumulative = elementwise.cumulative_weights(logits, temperature)
    return _log_probability(scaled, cumulative, lanes, token_index)


def _log_probability(
    scaled: np.ndarray, cumulative: np.ndarray, lanes: np.ndarray, token_index: np.ndarray
) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return scaled[token_index, lanes] - np.log(cumulative[-1, lanes])
