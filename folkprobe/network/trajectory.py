"""What one tune leaves behind in the network: a replay, teacher-forced, of its tokens.

A trajectory is a pure function of (checkpoint, tokens), so it is not kept at generation time but replayed when a
figure needs it, for tunes that people wrote as for tunes of the model.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from folkprobe.music.tunes import Tunes
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.lstm import Network, Rows, Tile, one_blas_thread
from folkprobe.network.progress import Progress
from folkprobe.refusal import Refusal

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trajectory:
    """States after each token that was read.

    Attributes
    ----------
    hidden_state, cell_state : tuple of ndarray, shape (n_steps, n_units)
        ``hidden_state[l - 1]`` is layer l's; row t is the state after token t was read.
    posterior : ndarray, shape (n_steps, n_vocabulary)
        Row t is the distribution of token t + 1, at temperature 1.
    """

    hidden_state: tuple[np.ndarray, ...]
    cell_state: tuple[np.ndarray, ...]
    posterior: np.ndarray


def capture_trajectory(checkpoint: Checkpoint, tokens: Sequence[str], *, dtype: str = "float64") -> Trajectory:
    """Read exactly the tokens given, and keep every state.

    Parameters
    ----------
    checkpoint : Checkpoint
    tokens : sequence of str
        Usually `<s>` first. Each is one step: leave `</s>` out to see what generation saw.
    dtype : {"float64", "float32"}

    Returns
    -------
    Trajectory
        ``n_steps = len(tokens)``. In float64, the very states of generation, to the last bit.

    Raises
    ------
    Refusal
        For a token that the vocabulary lacks, or no token at all.
    """
    if len(tokens) == 0:
        raise Refusal("there is no token to read: a tune has at least `<s>`")
    (trajectory,) = capture_trajectories(checkpoint, [checkpoint.token_indices(tokens)], dtype=dtype)
    return trajectory


def steps_of_tune(tunes: Tunes, k: int) -> np.ndarray:
    """Token indices that generation read for a tune: all but the last token, which was drawn and never read.

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


def capture_trajectories(
    checkpoint: Checkpoint,
    token_indices: Sequence[np.ndarray],
    *,
    dtype: str = "float64",
    first_tune: int = 0,
) -> Iterator[Trajectory]:
    """Replay many tunes at once.

    Parameters
    ----------
    checkpoint : Checkpoint
    token_indices : sequence of ndarray of int, each of shape (n_steps,)
        What each tune reads.
    dtype : {"float64", "float32"}
    first_tune : int
        The number of the first tune, which in float32 is needed to see generation's states to the last bit.

    Yields
    ------
    Trajectory
        In the order of `token_indices`. Memory is that of one tile, plus the tunes that a longer one before them in
        the order holds back.
    """
    network = Network(checkpoint, dtype)
    n_rows = network.tile_rows(len(token_indices))
    tile, rows = Tile(network, n_rows), Rows(first_tune, len(token_indices), n_rows)
    n_steps = [len(indices) for indices in token_indices]
    n_read = np.zeros(n_rows, dtype=np.int64)
    token = np.zeros(n_rows, dtype=np.int64)
    open_tunes: dict[int, Trajectory] = {}
    finished: dict[int, Trajectory] = {}
    n_yielded = 0
    progress = Progress(_log, len(token_indices))

    def start_tunes(empty_rows: np.ndarray) -> None:
        for row, tune in rows.refill(empty_rows):
            tile.reset(row)
            n_read[row] = 0
            open_tunes[row] = _empty_trajectory(network, n_steps[tune - first_tune])

    # The BLAS limit holds while a step runs, not while the caller looks at what was yielded.
    start_tunes(np.arange(n_rows))
    while open_tunes:
        for row in open_tunes:
            token[row] = token_indices[rows.tune[row] - first_tune][n_read[row]]
        with one_blas_thread():
            logits = tile.step(token)
        posterior = softmax(logits)
        done = []
        for row, trajectory in open_tunes.items():
            step = n_read[row]
            for number in range(len(network.n_units)):
                trajectory.hidden_state[number][step] = tile.hidden_state[number][row]
                trajectory.cell_state[number][step] = tile.cell_state[number][row]
            trajectory.posterior[step] = posterior[row]
            n_read[row] += 1
            if n_read[row] == len(trajectory.posterior):
                done.append(row)
        for row in done:
            finished[int(rows.tune[row]) - first_tune] = open_tunes.pop(row)
        start_tunes(np.array(done, dtype=np.int64))
        while n_yielded in finished:
            progress.add(n_steps[n_yielded])
            yield finished.pop(n_yielded)
            n_yielded += 1


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis.

    Parameters
    ----------
    logits : ndarray, shape (..., n_vocabulary)

    Returns
    -------
    ndarray, same shape
    """
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def _empty_trajectory(network: Network, n_steps: int) -> Trajectory:
    def per_layer() -> tuple[np.ndarray, ...]:
        return tuple(np.empty((n_steps, n), network.dtype) for n in network.n_units)

    return Trajectory(per_layer(), per_layer(), np.empty((n_steps, network.n_vocabulary), network.dtype))
