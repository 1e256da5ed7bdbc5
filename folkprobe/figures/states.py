"""Pictures of hidden states."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from folkprobe.figures.axes import mark_units


def draw_hidden_state(
    ax: Axes,
    hidden_state: np.ndarray,
    *,
    layer: int,
    tokens: Sequence[str] | None = None,
    unit_index: np.ndarray | None = None,
) -> None:
    """Draw the hidden state of a layer over one tune as an image: units along x, time upward as in part 7.

    Parameters
    ----------
    ax : Axes
        What to draw on; a colour bar is put beside it.
    hidden_state : ndarray, shape (n_steps, n_units)
        In [-1, 1].
    layer : int
        Counted from 1.
    tokens : sequence of str, length n_steps, optional
        The token read at each step; the bar tokens among them are marked on the right, those in a
        row together, at the first.
    unit_index : ndarray of int, shape (n_units,), optional
        Original numbers of the units; None for a layer that has them all.
    """
    n_steps, n_units = hidden_state.shape
    ax.set(title=f"layer {layer}: {n_units:,} units, {n_steps:,} steps", ylabel="step", ylim=(-0.5, n_steps - 0.5))
    mark_units(ax.xaxis, np.arange(n_units) if unit_index is None else unit_index)
    if n_units:
        image = ax.imshow(hidden_state, origin="lower", aspect="auto", cmap="RdBu_r", vmin=-1, vmax=1)
        ax.figure.colorbar(image, ax=ax, pad=0.02, ticks=[-1, -0.5, 0, 0.5, 1]).set_label("hidden state")
    if tokens is not None:
        # Of the folk-rnn tokens, all those that end a bar hold this sign and no others do.
        runs: list[tuple[int, list[str]]] = []
        for step, token in enumerate(tokens):
            if "|" not in token:
                continue
            if runs and step == runs[-1][0] + len(runs[-1][1]):
                runs[-1][1].append(token)
            else:
                runs.append((step, [token]))
        beside = ax.secondary_yaxis("right")
        beside.set_yticks([step for step, _ in runs], labels=[" ".join(run) for _, run in runs], fontsize=5)
        beside.tick_params(length=2, pad=1)
