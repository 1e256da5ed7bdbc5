"""Figures of the hidden state along the softmax layer's directions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

if TYPE_CHECKING:
    import pandas as pd


def draw_projection_distributions(ax: Axes, summary: "pd.DataFrame", *, direction: int, title: str) -> None:
    """Draw the distribution of h . w_k by what follows: median, quartiles, 5th and 95th percentile.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    summary : pandas.DataFrame
        A row for each group of steps, from top to bottom: next_token, n and percentiles as
        `folkprobe.signal.distribution.describe_values` names them. Groups without steps say so.
    direction : int
        k, counted from 1.
    title : str
    """
    for place, row in enumerate(summary.itertuples()):
        if row.n == 0:
            ax.text(0, place, "never", va="center", ha="center", fontsize=6)
            continue
        colour = "C0" if place else "black"
        ax.plot([row.p5, row.p95], [place, place], "-", color=colour, linewidth=0.8)
        ax.plot([row.p25, row.p75], [place, place], "-", color=colour, linewidth=4, solid_capstyle="butt")
        ax.plot(row.p50, place, "o", color="white", markeredgecolor=colour, markersize=3.5)
    for side in (-1, 1):
        ax.axvline(side, color="C1", linewidth=0.8, linestyle="--")
    ax.axvline(0, color="0.6", linewidth=0.5)
    ax.set_yticks(range(len(summary)), labels=[f"{row.next_token} ({row.n:,})" for row in summary.itertuples()])
    ax.set_ylim(len(summary) - 0.5, -0.5)
    ax.set_xlabel(f"$h_t \\cdot w_{direction}$", parse_math=True)
    ax.set_ylabel("next token (steps)")
    ax.set_title(title, fontsize=6.5, parse_math=True)
    ax.grid(True, axis="x")


def draw_event_averages(ax: Axes, averages: Mapping, *, direction: int) -> None:
    """Draw the mean of h . w_k around events, with one standard error over tunes on either side.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    averages : mapping of str to EventAverage
        From `folkprobe.signal.event_average`, by event.
    direction : int
        k, counted from 1.
    """
    for name, average in averages.items():
        tunes = f"{average.n_events:,} events, {average.n_tunes.max(initial=0):,} tunes"
        (line,) = ax.plot(average.lag_steps, average.mean, label=f"{name} ({tunes})")
        error = np.nan_to_num(average.standard_error)
        band = (average.mean - error, average.mean + error)
        ax.fill_between(average.lag_steps, *band, color=line.get_color(), alpha=0.25, linewidth=0)
    ax.axvline(0, color="0.4", linewidth=0.5)
    ax.set_ylabel(f"$h_t \\cdot w_{direction}$, mean\n± 1 standard error over tunes", parse_math=True)
    ax.grid(True)
