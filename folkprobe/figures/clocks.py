"""Figures of the two clocks that a unit can follow."""

import numpy as np
from matplotlib.axes import Axes


def draw_gains(
    ax: Axes, steps: np.ndarray, eighths: np.ndarray, *, null: tuple[np.ndarray, np.ndarray], title: str
) -> None:
    """Draw what two clocks each add to the prediction of states, one dot a state.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    steps, eighths : ndarray, shape (n_states,)
        Gain in R2 by the steps and by the eighths.
    null : tuple of two ndarray, each of shape (n_states,)
        The same with the clock permuted.
    title : str
    """
    for values, style in ((null, {"color": "0.7", "label": "permuted"}), ((steps, eighths), {"label": "as read"})):
        ax.plot(*values, linestyle="none", marker=".", markersize=3, **style)
    ax.axline((0, 0), slope=1, color="0.6", linestyle="--", linewidth=0.5)
    ax.set(title=title, xlabel="gain of steps in R²")
    ax.grid(True)
