"""A network that reads on from given states, many lanes at a time, as it is or with states put in the place of its own.

What a lane computes does not depend on the others: the tile has a fixed width, and its edge (see
`folkprobe.network.lstm`) is not used.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from folkprobe.music.tunes import Tunes
from folkprobe.network import elementwise
from folkprobe.network.lstm import MAX_LANES, Network, Tile, is_edge, one_blas_thread
from folkprobe.network.trajectory import replay, steps_of_tune

# Makes the hidden states that are read in place of a layer's own: of (own, step), own of shape (n_units, n_lanes).
Told = Callable[[np.ndarray, int], np.ndarray]


@dataclass(frozen=True)
class States:
    """States of a network at some sites.

    Attributes
    ----------
    hidden_state, cell_state : tuple of ndarray, shape (n_units, n_sites)
        Per layer.
    logits : ndarray, shape (n_vocabulary, n_sites)
        Of the next token.
    """

    hidden_state: tuple[np.ndarray, ...]
    cell_state: tuple[np.ndarray, ...]
    logits: np.ndarray

    def at(self, sites: np.ndarray) -> "States":
        """Return the states at some of the sites, in a new order."""
        layers = (tuple(layer[:, sites] for layer in each) for each in (self.hidden_state, self.cell_state))
        return States(*layers, self.logits[:, sites])


def capture_states(network: Network, tunes: Tunes, tune: np.ndarray, step: np.ndarray) -> States:
    """Replay tunes as they were generated and keep the states at some steps.

    Parameters
    ----------
    network : Network
        That drew the tunes, with their `dtype`.
    tunes : Tunes
    tune, step : ndarray of int, shape (n_sites,)
        The position of each tune, and the last token read.
    """
    sites: dict[tuple[int, int], list[int]] = {}
    for site, key in enumerate(zip(tune.tolist(), step.tolist(), strict=True)):
        sites.setdefault(key, []).append(site)
    layers = (tuple(np.empty((n, len(tune)), network.dtype) for n in network.n_units) for _ in range(2))
    states = States(*layers, np.empty((network.n_vocabulary, len(tune)), network.dtype))
    positions = sorted({key[0] for key in sites})
    if not positions:
        return states
    last = {k: max(at for of, at in sites if of == k) for k in positions}
    read = [steps_of_tune(tunes, k)[: last[k] + 1] for k in positions]
    for tile, logits, lanes, places, steps in replay(network, read, tunes.first_tune + np.array(positions)):
        for lane, place, at in zip(lanes, places, steps.tolist(), strict=True):
            for site in sites.get((positions[place], at), ()):
                states.logits[:, site] = logits[:, lane]
                for kept, layers in ((states.hidden_state, tile.hidden_state), (states.cell_state, tile.cell_state)):
                    for target, layer in zip(kept, layers, strict=True):
                        target[:, site] = layer[:, lane]
    return states


class _ToldTile(Tile):
    """A tile of which a layer may read other hidden states of the layer below than those that it has."""

    _always_copies = True
    _told: Mapping[int, Told] = {}

    def begin(self, lanes: np.ndarray, states: States, told: Mapping[int, Told]) -> None:
        """Put states into some lanes; from now on, layers above those of `told` read what it makes."""
        self._lanes, self._told, self._n_read = lanes, {}, 0
        for number in range(len(self.network.n_units)):
            self.hidden_state[number][:, lanes] = states.hidden_state[number]
            self.cell_state[number][:, lanes] = states.cell_state[number]
            self._copy_state(number)
        self._told = told

    def _copy_state(self, number: int) -> None:
        super()._copy_state(number)
        told = self._told.get(number + 1)
        if told is not None:
            _, (read_above, _) = self._copies[number]
            read_above[:, self._lanes] = told(self.hidden_state[number][:, self._lanes], self._n_read)

    def step(self, token_index: np.ndarray) -> np.ndarray:
        logits = super().step(token_index)
        self._n_read += 1
        return logits


@dataclass(frozen=True)
class Readings:
    """What a network made of the tokens that it read.

    Attributes
    ----------
    log_odds : ndarray of float64, shape (n_steps, n_sites)
        After each token, of any of the tokens asked for being next.
    token_index : ndarray of int, shape (n_steps, n_sites)
        The tokens read.
    hidden_state : tuple of ndarray, shape (n_steps, n_units, n_sites), or empty
        Per layer, if asked for.
    """

    log_odds: np.ndarray
    token_index: np.ndarray
    hidden_state: tuple[np.ndarray, ...] = ()


def read_on(
    network: Network,
    states: States,
    token_index: np.ndarray,
    asked: np.ndarray,
    *,
    told: Mapping[int, Callable[[np.ndarray, int, np.ndarray], np.ndarray]] | None = None,
    keep_hidden_state: bool = False,
) -> Readings:
    """Let a network read tokens from given states on.

    Parameters
    ----------
    network : Network
    states : States
    token_index : ndarray of int, shape (n_steps, n_sites)
    asked : ndarray of int
        The tokens whose probability is wanted.
    told : mapping of int to callable, optional
        By layer (from 1), what the layer above, or the softmax above the last, reads in place of its hidden states:
        from the layer's own hidden states, shape (n_units, n), the step (from 0) and the sites, ndarray (n,).
    keep_hidden_state : bool
    """
    return _read(
        network,
        states,
        len(token_index),
        asked,
        lambda step, sites, _: token_index[step, sites],
        told,
        keep_hidden_state,
    )


def draw_on(network: Network, states: States, uniform: np.ndarray, allowed: np.ndarray, asked: np.ndarray) -> Readings:
    """Let a network draw tokens of one kind, and read them.

    Parameters
    ----------
    network : Network
    states : States
    uniform : ndarray, shape (n_steps, n_sites)
        Random numbers in [0, 1), by which tokens are drawn by inversion at temperature 1.
    allowed, asked : ndarray of int
        The tokens that may be drawn; as for `read_on`.
    """

    def draw(step: int, sites: np.ndarray, last: np.ndarray | None) -> np.ndarray:
        weights = (states.logits[:, sites] if last is None else last)[allowed]
        _, cumulative = elementwise.cumulative_weights(weights, 1.0)
        place = elementwise.n_at_most(cumulative, uniform[step, sites] * cumulative[-1])
        return allowed[np.minimum(place, len(allowed) - 1)]

    return _read(network, states, len(uniform), asked, draw, None, True)


def _read(network, states, n_steps, asked, choose, told, keep_hidden_state) -> Readings:
    n_sites = states.hidden_state[0].shape[1]
    log_odds, tokens = np.empty((n_steps, n_sites)), np.empty((n_steps, n_sites), dtype=np.int64)
    hidden_state = tuple(np.empty((n_steps, n, n_sites), network.dtype) for n in network.n_units if keep_hidden_state)
    tile = _ToldTile(network, MAX_LANES)
    inner = np.flatnonzero(~is_edge(MAX_LANES))
    for first in range(0, n_sites, len(inner)):
        sites = np.arange(first, min(first + len(inner), n_sites))
        lanes = inner[: len(sites)]
        bound = {
            layer: lambda own, step, tell=tell, at=sites: tell(own, step, at) for layer, tell in (told or {}).items()
        }
        tile.begin(lanes, states.at(sites), bound)
        last, read = None, np.zeros(MAX_LANES, dtype=np.int64)
        for step in range(n_steps):
            read[lanes] = tokens[step, sites] = choose(step, sites, last)
            with one_blas_thread():
                last = tile.step(read)[:, lanes]
            log_odds[step, sites] = log_odds_of(last, asked)
            for kept, layer in zip(hidden_state, tile.hidden_state, strict=False):
                kept[step][:, sites] = layer[:, lanes]
    return Readings(log_odds, tokens, hidden_state)


def log_odds_of(logits: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return the log-odds, float64, shape (n_lanes,), of some tokens together, from logits (n_vocabulary, n_lanes)."""
    is_asked = np.isin(np.arange(len(logits)), asked)
    of_asked, of_others = (
        np.logaddexp.reduce(logits[each].astype(np.float64), axis=0) for each in (is_asked, ~is_asked)
    )
    return of_asked - of_others
