"""Figures of the study of the count: which parts of the state carry it, and what moves it."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from folkprobe.figures.palette import INTACT

if TYPE_CHECKING:
    import pandas as pd

_MODES = {"holds": {"marker": "o"}, "tells": {"marker": "^", "markerfacecolor": "white"}}
_WORDS = {
    "all": "all units",
    "targeted": "targeted units",
    "random": "random units",
    "activity_matched": "activity-matched units",
    "bottom": "bottom units",
}
_COMPLEMENT = "complement_of_"
# One above the other.
_APART = 0.18
# Few random sets have wider intervals, which say nothing more.
_SHIFTS = (-0.7, 1.7)


def describe_parts(table: "pd.DataFrame") -> list[str]:
    """Return what each row of an interchange table hands over, in words."""
    labels = []
    for row in table.itertuples():
        part = row.set.removeprefix(_COMPLEMENT)
        name = "all but " * (part != row.set) + _WORDS.get(part, part.replace("_", " "))
        if row.donor == "same_count":
            name += ", donor at the same count"
        if np.isfinite(row.rank):
            name += f" of rank {row.rank:.0f}"
        elif row.set in ("count_explained", "band_power"):
            name = f"{row.n_units} units, most {name}"
        labels.append(name)
    return labels


def draw_shifts(ax: Axes, table: "pd.DataFrame", *, parts: list[str], title: str) -> None:
    """Draw by part how far it shifts the count, with intervals, in both modes.

    Parameters
    ----------
    ax : Axes
    table : DataFrame
        `part`, `mode`, `shift`, `lower`, `upper`.
    parts : list of str
        From above; each has a row, also where this table lacks it.
    title : str
    """
    for number, (mode, style) in enumerate(_MODES.items()):
        rows = table[table["mode"] == mode]
        y = rows["part"].map(parts.index).to_numpy() + _APART * (2 * number - 1)
        ax.hlines(y, rows["lower"], rows["upper"], color=INTACT, linewidth=1)
        ax.plot(rows["shift"], y, linestyle="none", color=INTACT, label=mode, **style)
    for x in (0, 1):
        ax.axvline(x, color="0.6", linewidth=0.8, linestyle=":", zorder=0)
    ax.set_yticks(range(len(parts)), labels=parts)
    ax.set(xlim=_SHIFTS, ylim=(max(len(parts), 1) - 0.5, -0.5), title=title)
    ax.grid(True, axis="y")
    say_if_empty(ax, table)


def draw_estimates(ax: Axes, table: "pd.DataFrame", *, x: str, label: str | None = None, **style: object) -> None:
    """Draw estimates with intervals against a column, in the order of the table, joined by a line."""
    (line,) = ax.plot(table[x], table["estimate"], **{"marker": "o"} | style, label=label)
    ax.vlines(table[x], table["lower"], table["upper"], color=line.get_color(), linewidth=1)
    say_if_empty(ax, table)


def say_if_empty(ax: Axes, table: "pd.DataFrame") -> None:
    """Say on the axes that a table has no rows."""
    if not len(table):
        ax.text(0.5, 0.5, "undefined: see the log", transform=ax.transAxes, ha="center", va="center")
