"""Figures of what states follow, and of what can be decoded from them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from folkprobe.figures.palette import CHANCE, MARKERS

if TYPE_CHECKING:
    import pandas as pd

# Beside one another.
_APART = 0.12
# Below this, how wrong a probe is says nothing more.
_LOWEST_R2 = -1.2


def draw_gains(
    ax: Axes, steps: np.ndarray, eighths: np.ndarray, *, null: tuple[np.ndarray, np.ndarray], marks: Mapping, label: str
) -> None:
    """Draw what two clocks each add to the prediction of states, one mark a state, and the same of chance in grey.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    steps, eighths : ndarray, shape (n_states,)
        Gain in R2 by the steps and by the eighths.
    null : tuple of two ndarray, each of shape (n_states,)
        The same with the clock permuted.
    marks : mapping
        `color` and `marker`.
    label : str
        For the legend.
    """
    style = {"linestyle": "none", "markeredgewidth": 0} | dict(marks)
    ax.plot(*null, **style | {"color": CHANCE}, zorder=1)
    ax.plot(steps, eighths, label=label, **style)
    ax.axline((0, 0), slope=1, color="0.6", linestyle="--", linewidth=0.5)
    ax.set(xlabel="gain of steps in R²")
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
        # Two targets a metre: filled and hollow.
        face = {"markerfacecolor": "white"} if number % 2 else {}
        rows = table[table["target"] == target]
        x = rows["layer"] + _APART * (number - (len(targets) - 1) / 2)
        estimate, lower, upper = (rows[name].clip(lower=_LOWEST_R2) for name in ("estimate", "lower", "upper"))
        colour, marker = f"C{number // 2}", MARKERS[number % len(MARKERS)]
        ax.vlines(x, lower, upper, color=colour, linewidth=1)
        ax.plot(x, estimate, marker=marker, color=colour, linestyle="none", label=target, **face)
    ax.axhline(0, color="0.6", linewidth=0.5)
    ax.set(title=title, xlabel="layer", xticks=sorted(set(table["layer"])), ylim=(_LOWEST_R2, 1.1))
    ax.grid(True, axis="y")
    if targets:
        # Below the axes: inside, the marks are anywhere.
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0), borderaxespad=4, ncols=2)
