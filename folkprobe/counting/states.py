"""The states of a network at chosen steps of its tunes, as arrays that a regression can read."""

from collections.abc import Sequence

import numpy as np

from folkprobe.music.tunes import Tunes
from folkprobe.music.vocabulary import token_class
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.trajectory import capture_tunes

# What is read of a unit: its hidden state, and its cell state, squashed as the output gate sees it.
UNIT_STATES = ("h", "tanh_c")


def bar_tokens(vocabulary: Sequence[str]) -> np.ndarray:
    """Return the indices of all bar tokens, ndarray of int, shape (n_bar_tokens,)."""
    return np.array([index for index, token in enumerate(vocabulary) if token_class(token) == "bar"], dtype=np.int64)


def states_at(
    checkpoint: Checkpoint, tunes: Tunes, steps: Sequence[np.ndarray]
) -> tuple[dict[tuple[int, str], np.ndarray], np.ndarray]:
    """Replay tunes and keep the states after some of their steps.

    Parameters
    ----------
    checkpoint : Checkpoint
        The network that drew them.
    tunes : Tunes
    steps : sequence of ndarray of int
        Of each tune, from the first: after which steps, ascending.

    Returns
    -------
    states : dict of (int, str) to ndarray of float32, each of shape (n_steps, n_units)
        By layer, from 1, and one of `UNIT_STATES`, all tunes end to end.
    p_bar : ndarray of float32, shape (n_steps, 1)
        The probability of all bar tokens together as the next token.
    """
    of_bars = bar_tokens(tunes.vocabulary)
    kept: dict[tuple[int, str], list[np.ndarray]] = {
        (layer, state): [] for state in UNIT_STATES for layer in range(1, len(checkpoint.layers) + 1)
    }
    p_bar = []
    arrays = ("hidden_state", "cell_state", "posterior")
    trajectories = capture_tunes(checkpoint, tunes, n_tunes=len(steps), arrays=arrays)
    for trajectory, chosen in zip(trajectories, steps, strict=True):
        for (layer, state), of_tunes in kept.items():
            h, c = trajectory.hidden_state[layer - 1], trajectory.cell_state[layer - 1]
            of_tunes.append((h[chosen] if state == "h" else np.tanh(c[chosen])).astype(np.float32))
        p_bar.append(trajectory.posterior[np.ix_(chosen, of_bars)].sum(axis=1, keepdims=True).astype(np.float32))
    return {key: np.concatenate(of_tunes) for key, of_tunes in kept.items()}, np.concatenate(p_bar)
