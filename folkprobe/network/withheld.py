"""Drawers that keep bar tokens from the network, or pass them on late.

Both call another drawer for tokens and hide the bar tokens' logits from it, so either sampler can be used. The
log-probability that they report for a token is the network's own, bar tokens included, as where nothing is withheld.
"""

import numpy as np

from folkprobe.network.drawing import Drawer, LaneNumbers, PerTune, log_probability


class WithoutBars:
    """Draws every token but bars, from the posterior without them, renormalised; see `BarsDeleted`.

    Parameters
    ----------
    drawer : Drawer
        Draws the tokens.
    bar_index : ndarray of int, shape (n_bar_tokens,)
    temperature : float
        Of the log-probabilities.
    """

    def __init__(self, drawer: Drawer, bar_index: np.ndarray, temperature: float) -> None:
        self._drawer, self._bar_index, self._temperature = drawer, bar_index, temperature
        self.start, self.keep = drawer.start, drawer.keep

    def draw(self, logits: np.ndarray, lanes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Draw tokens that are no bars, see `Drawer.draw`; the network may well expect one."""
        token_index, _ = self._drawer.draw(_hide(logits, self._bar_index, slice(None)), lanes)
        return token_index, log_probability(logits, self._temperature, lanes, token_index)


class LateBars:
    """Holds each bar token back for a random number of tokens; see `BarsJittered`.

    Parameters
    ----------
    drawer : Drawer
        Draws a token at every step, which may be a bar unless one is held back.
    bar_index : ndarray of int, shape (n_bar_tokens,)
    temperature : float
    rng_seed, n_lanes : int
        For the streams of the delays and of the tokens that take the bars' places.
    delay_max : int
        A delay is uniform on 0 .. delay_max tokens.
    """

    def __init__(
        self,
        drawer: Drawer,
        bar_index: np.ndarray,
        temperature: float,
        *,
        rng_seed: int,
        n_lanes: int,
        delay_max: int,
    ) -> None:
        self._drawer, self._bar_index, self._temperature = drawer, bar_index, temperature
        self._delay_max = delay_max
        # The first branch of a tune's streams is the second tokens' of two-hot inputs.
        self._delay = LaneNumbers(rng_seed, n_lanes, branch=(1,))
        self._substitute = PerTune(rng_seed, n_lanes, temperature, branch=(2,))
        self._waiting_index = np.full(n_lanes, -1)
        self._n_before = np.zeros(n_lanes, dtype=np.int64)

    def start(self, lane: int, tune: int) -> None:
        """Begin a tune, with no bar held back."""
        for each in (self._drawer, self._delay, self._substitute):
            each.start(lane, tune)
        self._waiting_index[lane] = -1

    def keep(self, lanes: np.ndarray) -> None:
        """Continue with some of the lanes, as `Tile.keep`."""
        for each in (self._drawer, self._delay, self._substitute):
            each.keep(lanes)
        self._waiting_index, self._n_before = self._waiting_index[lanes], self._n_before[lanes]

    def draw(self, logits: np.ndarray, lanes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Draw the tokens that are read: a bar that is due, any token but bars while one is held back, else any.

        See `Drawer.draw`; the log-probability is that of the token that is read, at the step before it is.
        """
        waits = self._waiting_index[lanes] >= 0
        token_index, _ = self._drawer.draw(_hide(logits, self._bar_index, lanes[waits]), lanes)

        is_due = waits & (self._n_before[lanes] == 0)
        token_index[is_due] = self._waiting_index[lanes[is_due]]
        self._waiting_index[lanes[is_due]] = -1
        self._n_before[lanes[waits & ~is_due]] -= 1

        is_new = np.flatnonzero(~waits & np.isin(token_index, self._bar_index))
        delay = (self._delay.take(lanes[is_new]) * (self._delay_max + 1)).astype(np.int64)
        is_late = is_new[delay > 0]
        late = lanes[is_late]
        self._waiting_index[late] = token_index[is_late]
        # The token in the bar's own place is one of those before it.
        self._n_before[late] = delay[delay > 0] - 1
        token_index[is_late], _ = self._substitute.draw(_hide(logits, self._bar_index, late), late)
        return token_index, log_probability(logits, self._temperature, lanes, token_index)


def _hide(logits: np.ndarray, bar_index: np.ndarray, lanes: np.ndarray | slice) -> np.ndarray:
    """Return logits in which bars have no probability in some lanes."""
    hidden = logits.copy()
    hidden[bar_index[:, np.newaxis], lanes] = -np.inf
    return hidden
