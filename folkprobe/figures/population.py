"""Figures of populations of tunes: shares with their intervals."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

# Width of the points of one group, as a fraction of the distance between groups.
_GROUP_WIDTH = 0.6


def draw_shares(
    ax: Axes, populations: Mapping[str, pd.DataFrame], groups: Sequence[str], styles: Mapping[str, Mapping]
) -> None:
    """Draw shares as points with their intervals, populations side by side in each group.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    populations : mapping of str to DataFrame
        By label: rows by group, columns ``value``, ``lower``, ``upper`` in [0, 1], nan where unknown.
    groups : sequence of str
        From left to right; a population without a row for one has no point there.
    styles : mapping of str to mapping
        By label: `color`, `linestyle`, `marker` and `markerfacecolor`.
    """
    offsets = np.linspace(-_GROUP_WIDTH / 2, _GROUP_WIDTH / 2, len(populations)) if len(populations) > 1 else [0.0]
    for offset, (label, table) in zip(offsets, populations.items(), strict=True):
        style = styles[label]
        rows = table.reindex(groups)
        places = np.arange(len(groups)) + offset
        ax.vlines(places, rows["lower"], rows["upper"], color=style["color"], linewidth=1.5, clip_on=False)
        ax.plot(places, rows["value"], **style | {"linestyle": "none"}, label=label, clip_on=False)
    ax.set_xticks(range(len(groups)), labels=groups)
    ax.set_xlim(-0.5, len(groups) - 0.5)
    _finish(ax)


def draw_share_curves(ax: Axes, populations: Mapping[str, pd.DataFrame], styles: Mapping[str, Mapping]) -> None:
    """Draw shares over the number of the bar, with a band for the interval.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    populations : mapping of str to DataFrame
        By label: columns ``bar``, ``value``, ``lower``, ``upper``; a population may have no row.
    styles : mapping of str to mapping
        As for `draw_shares`.
    """
    for label, table in populations.items():
        style = styles[label]
        ax.plot(table["bar"], table["value"], color=style["color"], linestyle=style["linestyle"], label=label)
        ax.fill_between(table["bar"], table["lower"], table["upper"], color=style["color"], alpha=0.2, linewidth=0)
    ax.set_xlabel("bar (1: the first full bar, 0: a pickup)")
    ax.set_xlim(left=0)
    _finish(ax)


def _finish(ax: Axes) -> None:
    ax.set_ylim(0, 1)
    ax.grid(True, axis="y")
