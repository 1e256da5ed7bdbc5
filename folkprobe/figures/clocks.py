"""Figures of what states follow, and of what can be decoded from them."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

if TYPE_CHECKING:
    import pandas as pd

# Beside one another.
_APART = 0.12
# Below this, how wrong a probe is says nothing more.
_LOWEST_R2 = -1.2


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


def draw_beside(ax: Axes, table: "pd.DataFrame", *, title: str) -> None:
    """Draw estimates with intervals by layer, the targets side by side.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    table : DataFrame
        `layer`, `target`, `estimate`, `lower`, `upper`; what is below the panel is marked at its lower edge.
    title : str
    """
    targets = list(dict.fromkeys(table["target"]))
    for number, target in enumerate(targets):
        rows = table[table["target"] == target]
        x = rows["layer"] + _APART * (number - (len(targets) - 1) / 2)
        estimate, lower, upper = (rows[name].clip(lower=_LOWEST_R2) for name in ("estimate", "lower", "upper"))
        (marks,) = ax.plot(x, estimate, marker="o", markersize=3, linestyle="none", label=target)
        ax.vlines(x, lower, upper, color=marks.get_color(), linewidth=1)
    ax.axhline(0, color="0.6", linewidth=0.5)
    ax.set(title=title, xlabel="layer", xticks=sorted(set(table["layer"])), ylim=(_LOWEST_R2, 1.1))
    ax.grid(True, axis="y")
    if targets:
        ax.legend(loc="lower right")
