"""Figures of the hidden state along the softmax layer's directions."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from folkprobe.figures.palette import CHANCE, INTACT

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
            ax.text(0, place, "never", va="center", ha="center", fontsize=7)
            continue
        colour = "0.45" if place else INTACT
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
    ax.set_title(title, parse_math=True)
    ax.grid(True, axis="x")


def draw_areas(ax: Axes, auc: "pd.DataFrame") -> None:
    """Draw how well h . w_k tells the steps before a token from the others, a row a token, with intervals.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    auc : pandas.DataFrame
        Of one direction, from top to bottom: next_token, auc, lower, upper.
    """
    for place, row in enumerate(auc.itertuples()):
        ax.plot([row.lower, row.upper], [place, place], "-", color=INTACT, linewidth=1.2)
        ax.plot(row.auc, place, "o", color=INTACT)
    ax.axvline(0.5, color="0.4", linewidth=0.8, linestyle=":")
    ax.set_yticks(range(len(auc)), labels=auc["next_token"])
    ax.set(xlim=(-0.03, 1.03), ylim=(max(len(auc), 1) - 0.5, -0.5), xlabel="area under the curve")
    ax.grid(True, axis="x")


def draw_event_average(ax: Axes, average, reference) -> None:
    """Draw the mean of h . w_k around an event and around another, with one standard error over tunes on either side.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    average, reference : EventAverage
        From `folkprobe.signal.event_average`; the reference in grey.
    """
    for each, style in ((reference, {"color": CHANCE, "linestyle": (0, (1.2, 1))}), (average, {"color": INTACT})):
        error = np.nan_to_num(each.standard_error)
        band = (each.mean - error, each.mean + error)
        ax.fill_between(each.lag_steps, *band, color=style["color"], alpha=0.25, linewidth=0)
        ax.plot(each.lag_steps, each.mean, **style)
    ax.axvline(0, color="0.4", linewidth=0.5)
    ax.grid(True)


def describe_events(average) -> str:
    """Return how many events there are in how many tunes."""
    return f"{average.n_events:,} in {average.n_tunes.max(initial=0):,} tunes"
