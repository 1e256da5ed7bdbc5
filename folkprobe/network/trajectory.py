"""Trajectories: the states of the network over a teacher-forced replay of a tune.

A trajectory is a pure function of (checkpoint, tokens), so it is not kept at generation time but replayed when a
figure needs it, for tunes that people wrote as for tunes of the model.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from folkprobe.music.tunes import Tunes
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.drawing import SAMPLER_CLASSES, PerTune
from folkprobe.network.lanes import Lanes
from folkprobe.network.lstm import MAX_LANES, Network, Tile, one_blas_thread
from folkprobe.network.progress import Progress
from folkprobe.refusal import Refusal

ARRAYS = ("hidden_state", "cell_state", "gates", "posterior")
# Half of generation's, since each lane also holds its tune's trajectory.
_MAX_LANES = 96

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trajectory:
    """States after each token that was read; arrays that were not requested are None.

    Attributes
    ----------
    hidden_state, cell_state : tuple of ndarray, shape (n_steps, n_units)
        ``hidden_state[l - 1]`` is layer l's; row t is the state after token t was read.
    posterior : ndarray, shape (n_steps, n_vocabulary)
        Row t is the distribution of token t + 1, at temperature 1.
    gates : tuple of ndarray, shape (n_steps, 4, n_units)
        Per layer, in the order input, forget, cell, output, as in `Layer`; after their nonlinearity.
    """

    hidden_state: tuple[np.ndarray, ...] | None = None
    cell_state: tuple[np.ndarray, ...] | None = None
    posterior: np.ndarray | None = None
    gates: tuple[np.ndarray, ...] | None = None


def capture_trajectory(checkpoint: Checkpoint, tokens: Sequence[str], *, dtype: str = "float64") -> Trajectory:
    """Read the given tokens and keep every state.

    Parameters
    ----------
    checkpoint : Checkpoint
    tokens : sequence of str
        Usually `<s>` first. Each is one step: leave `</s>` out to see what generation saw.
    dtype : {"float64", "float32"}

    Returns
    -------
    Trajectory
        With all its arrays; ``n_steps = len(tokens)``. In float64, the very states of generation, to the last bit.

    Raises
    ------
    Refusal
        For a token that the vocabulary lacks, or no token at all.
    """
    if len(tokens) == 0:
        raise Refusal("there is no token to read: a tune has at least `<s>`")
    (trajectory,) = capture_trajectories(checkpoint, [checkpoint.token_indices(tokens)], dtype=dtype, arrays=ARRAYS)
    return trajectory


def steps_of_tune(tunes: Tunes, k: int) -> np.ndarray:
    """Return the token indices that generation read for a tune: all but the last token, which was drawn and never read.

    Parameters
    ----------
    tunes : Tunes
    k : int
        Position, 0 to ``len(tunes) - 1``.

    Returns
    -------
    ndarray of int16, shape (n_steps,)
        For a tune that ended, from `<s>` to the last token before `</s>`.
    """
    return tunes.indices(k)[:-1]


def capture_tunes(
    checkpoint: Checkpoint, tunes: Tunes, *, n_tunes: int | None = None, arrays: Sequence[str] = ("hidden_state",)
) -> Iterator[Trajectory]:
    """Replay tunes exactly as they were generated, two-hot inputs included.

    Parameters
    ----------
    checkpoint : Checkpoint
        The network that drew them.
    tunes : Tunes
    n_tunes : int, optional
        Only this many, from the first.
    arrays : sequence of str
        Of `ARRAYS`.

    Yields
    ------
    Trajectory
        In the order of the tunes; the states of generation to the last bit on the same kind of processor.
    """
    positions = range(len(tunes) if n_tunes is None else n_tunes)
    is_mixed = tunes.mixed_index is not None
    return capture_trajectories(
        checkpoint,
        [steps_of_tune(tunes, k) for k in positions],
        dtype=tunes.dtype,
        first_tune=tunes.first_tune,
        arrays=arrays,
        mixed_indices=[tunes.mixed_indices(k)[:-1] for k in positions] if is_mixed else None,
        token_weight=tunes.token_weight,
        # Manipulated tunes were drawn by no sampler.
        max_lanes=min(SAMPLER_CLASSES.get(tunes.sampler, PerTune).max_lanes, _MAX_LANES),
    )


def capture_trajectories(
    checkpoint: Checkpoint,
    token_indices: Sequence[np.ndarray],
    *,
    dtype: str = "float64",
    first_tune: int = 0,
    arrays: Sequence[str] = ("hidden_state", "cell_state", "posterior"),
    mixed_indices: Sequence[np.ndarray] | None = None,
    token_weight: float = 1.0,
    max_lanes: int = _MAX_LANES,
) -> Iterator[Trajectory]:
    """Replay many tunes at once, yielding their trajectories one by one.

    Parameters
    ----------
    checkpoint : Checkpoint
    token_indices : sequence of ndarray of int, each of shape (n_steps,)
        What each tune reads.
    dtype : {"float64", "float32"}
    first_tune : int
        The number of the first tune, which in float32 is needed to see generation's states to the last bit.
    arrays : sequence of str
        Of `ARRAYS`: what to keep.
    mixed_indices : sequence of ndarray of int, each of shape (n_steps,), optional
        What is read together with each token, -1 for nothing.
    token_weight : float
        Of a token that is read together with another one.
    max_lanes : int
        1 for the arithmetic of one tune at a time, see `folkprobe.network.lstm`.

    Yields
    ------
    Trajectory
        In the order of `token_indices`. At most twice as many trajectories as the tile has lanes are held at a time,
        whatever the number of tunes.

    Raises
    ------
    Refusal
        For an array that is not one of `ARRAYS`.
    """
    for name in arrays:
        if name not in ARRAYS:
            raise Refusal(f"{name!r} is not an array of a trajectory: choose from {', '.join(ARRAYS)}")
    return _captured(
        Network(checkpoint, dtype),
        token_indices,
        first_tune,
        arrays,
        max_lanes,
        mixed_indices=mixed_indices,
        token_weight=token_weight,
    )


def _captured(
    network: Network,
    token_indices: Sequence[np.ndarray],
    first_tune: int,
    arrays: Sequence[str],
    max_lanes: int,
    **mixing: Any,
) -> Iterator[Trajectory]:
    recorder = _Recorder(network, arrays)
    open_tunes: dict[int, Trajectory] = {}
    finished: dict[int, Trajectory] = {}
    n_yielded = 0
    tunes = np.arange(first_tune, first_tune + len(token_indices))
    for tile, logits, lanes, places, steps in replay(
        network, token_indices, tunes, max_lanes=max_lanes, is_ordered=True, **mixing
    ):
        for place in places[steps == 0].tolist():
            open_tunes[place] = recorder.empty(len(token_indices[place]))
        recorder.record(
            tile, logits, [(lane, open_tunes[k], step) for lane, k, step in zip(lanes, places, steps, strict=True)]
        )
        for place, step in zip(places.tolist(), steps.tolist(), strict=True):
            if step == len(token_indices[place]) - 1:
                finished[place] = open_tunes.pop(place)
        while n_yielded in finished:
            yield finished.pop(n_yielded)
            n_yielded += 1


def replay(
    network: Network,
    token_indices: Sequence[np.ndarray],
    tunes: np.ndarray,
    *,
    max_lanes: int = MAX_LANES,
    is_ordered: bool = False,
    mixed_indices: Sequence[np.ndarray] | None = None,
    token_weight: float = 1.0,
) -> Iterator[tuple[Tile, np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Read many tunes at once, step by step.

    Parameters
    ----------
    network : Network
    token_indices, mixed_indices, token_weight
        As for `capture_trajectories`.
    tunes : ndarray of int, shape (n_tunes,)
        The number of each tune.
    max_lanes : int
    is_ordered : bool
        Tunes start in their order, and only if fewer than twice as many tunes as the tile has lanes lie between one and
        the first that has not ended: for a caller who keeps tunes until those before them have ended. Otherwise the
        longest start first, so that the tile stays full almost to the end.

    Yields
    ------
    tile : Tile
        After the step.
    logits : ndarray, shape (n_vocabulary, n_lanes)
    lanes, places, steps : ndarray of int, shape (n_busy,)
        The lanes that hold a tune, its place in `tunes`, and the position of the token that it has read.
    """
    if not len(token_indices):
        return
    lengths = np.array([len(tokens) for tokens in token_indices], dtype=np.int64)
    starts = np.cumsum(lengths) - lengths
    tokens = np.concatenate(token_indices)
    mixed_tokens = None if mixed_indices is None else np.concatenate(mixed_indices)
    order = np.argsort(np.zeros_like(lengths) if is_ordered else -lengths, kind="stable")
    lanes = Lanes(network, tunes[order], max_lanes)
    tile = Tile(network, lanes.n_lanes)
    n_read = np.zeros(len(lengths), dtype=np.int64)
    n_held = 2 * lanes.n_lanes
    progress = Progress(_log, len(lengths))
    while True:
        for lane, _ in lanes.fill(lanes.first_place + n_held if is_ordered else None):
            tile.reset(lane)
        kept = lanes.shrink()
        if kept is not None:
            tile.keep(kept)
        busy = np.flatnonzero(lanes.place >= 0)
        if not busy.size:
            return
        places = order[lanes.place[busy]]
        steps = n_read[places]
        read = np.zeros(lanes.n_lanes, dtype=np.int64)
        read[busy] = tokens[starts[places] + steps]
        mixed = None
        if mixed_tokens is not None:
            mixed = np.full(lanes.n_lanes, -1)
            mixed[busy] = mixed_tokens[starts[places] + steps]
        # The BLAS limit holds while a step runs, not while the caller uses what was yielded.
        with one_blas_thread():
            logits = tile.step(read, mixed, token_weight)
        n_read[places] += 1
        at_end = steps == lengths[places] - 1
        lanes.place[busy[at_end]] = -1
        for place in places[at_end]:
            progress.add(int(lengths[place]))
        yield tile, logits, busy, places, steps


class _Recorder:
    """Copies the requested arrays from a tile to the trajectories of its tunes."""

    def __init__(self, network: Network, arrays: Sequence[str]) -> None:
        self._network, self._arrays = network, arrays

    def empty(self, n_steps: int) -> Trajectory:
        network = self._network

        def per_layer(*axes: int) -> tuple[np.ndarray, ...]:
            return tuple(np.empty((n_steps, *axes, len(kept)), network.dtype) for kept in network.unit_index)

        makers = {
            "hidden_state": per_layer,
            "cell_state": per_layer,
            "gates": lambda: per_layer(4),
            "posterior": lambda: np.empty((n_steps, network.n_vocabulary), network.dtype),
        }
        return Trajectory(**{name: makers[name]() for name in self._arrays})

    def record(self, tile: Tile, logits: np.ndarray, places: list[tuple[int, Trajectory, int]]) -> None:
        """Copy one step: `places` lists lane, trajectory and step."""
        # Lanes become rows: one transposition for all, then contiguous copies.
        rows = {name: self._rows(name, tile) for name in self._arrays if name != "posterior"}
        posterior = softmax(np.ascontiguousarray(logits.T)) if "posterior" in self._arrays else None
        for lane, trajectory, step in places:
            for name, layers in rows.items():
                for target, source in zip(getattr(trajectory, name), layers, strict=True):
                    target[step] = source[lane]
            if posterior is not None:
                trajectory.posterior[step] = posterior[lane]

    def _rows(self, name: str, tile: Tile) -> list[np.ndarray]:
        rows = [np.ascontiguousarray(array.T) for array in getattr(tile, name)]
        if name == "gates":
            # The tile's order is input, forget, output, cell.
            order = [0, 1, 3, 2]
            rows = [
                layer.reshape(tile.n_lanes, 4, n)[:, order]
                for layer, n in zip(rows, self._network.n_units, strict=True)
            ]
        # Excised units, which are computed and read by nobody, are left out.
        return [
            layer if len(kept) == n else layer[..., kept]
            for layer, kept, n in zip(rows, self._network.unit_index, self._network.n_units, strict=True)
        ]


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities along the last axis, in the shape of `logits`."""
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)
