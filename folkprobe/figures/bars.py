"""Figures of bar counting."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from folkprobe.figures.palette import VERDICTS

# Letters along a row for which there is room, and bars up to which there is room across them.
_N_LETTERS, _N_ACROSS = 70, 40
_PASSING = ("correct", "pickup", "complement", "split", "unmeasured")


def draw_bar_shares(ax: Axes, estimates: Mapping, styles: Mapping[str, Mapping]) -> None:
    """Draw the share of correctly counted bars of each condition with its interval, and both as text on the right.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    estimates : mapping of str to Estimate
        From `folkprobe.statistics.shares`, by condition, all of one level; the first is at the top. A condition
        without bars has a row that says so.
    styles : mapping of str to mapping
        By condition: `color`, `marker` and `markerfacecolor`.
    """
    places = np.arange(len(estimates))
    beside = {"xycoords": ax.get_yaxis_transform(), "textcoords": "offset points", "va": "center", "fontsize": 7}
    for place, (condition, estimate) in enumerate(estimates.items()):
        if np.isnan(estimate.value):
            ax.text(0.01, place, "no bar to count", va="center", fontsize=7)
            continue
        text = f"{estimate.value:.3f}"
        style = {key: styles[condition][key] for key in ("color", "marker", "markerfacecolor")}
        if np.isfinite(estimate.lower):
            text += f" [{estimate.lower:.3f}, {estimate.upper:.3f}]"
            ends = [estimate.lower, estimate.upper]
            ax.plot(ends, [place, place], "-", color=style["color"], linewidth=1.5, clip_on=False)
        ax.plot(estimate.value, place, linestyle="none", clip_on=False, **style)
        ax.annotate(text, (1, place), (8, 0), **beside)
    ax.set_xlim(0, 1)
    ax.set_yticks(
        places,
        labels=[
            f"{condition}\n{estimate.n_tunes:,.0f} tunes, {estimate.n_bars:,.0f} bars"
            for condition, estimate in estimates.items()
        ],
    )
    ax.set_ylim(len(estimates) - 0.5, -0.5)
    intervals = {f"{each.level:.0%} interval: {each.method}, rng_seed {each.rng_seed}" for each in estimates.values()}
    ax.set_xlabel("\n".join(["share of bars correctly counted", *sorted(intervals)]))
    ax.grid(True)


def draw_bar_verdicts(ax: Axes, bars: Mapping[str, pd.DataFrame]) -> None:
    """Draw the bars of one tune under each condition side by side, coloured by verdict.

    Parameters
    ----------
    ax : Axes
        What to draw on, as wide as a page.
    bars : mapping of str to DataFrame
        By condition, the first at the top: the columns ``verdict`` and ``duration_eighths``, text as it is shown, one
        row a bar in order. The duration stands on the bars that do not pass, unless the longest tune leaves no room. A
        tune without bars has a row that says so.
    """
    n_bars = max((len(table) for table in bars.values()), default=0)
    n_letters = max((len(text) for table in bars.values() for text in table["duration_eighths"]), default=0)
    rotation = 0 if n_bars * n_letters <= _N_LETTERS else 90
    seen = {}
    for place, table in enumerate(bars.values()):
        if table.empty:
            ax.text(0.5, place, "no bar", va="center")
        for number, (verdict, duration) in enumerate(zip(table["verdict"], table["duration_eighths"], strict=True)):
            colour = VERDICTS[verdict]
            ax.barh(place, 1, left=number, height=0.7, color=colour, edgecolor="0.4", linewidth=0.5)
            seen[verdict] = Patch(facecolor=colour, edgecolor="0.4", linewidth=0.5, label=verdict)
            if verdict not in _PASSING and n_bars <= _N_ACROSS:
                ax.text(number + 0.5, place, duration, ha="center", va="center", fontsize=7, rotation=rotation)
    ax.set_yticks(np.arange(len(bars)), labels=list(bars))
    ax.set_ylim(len(bars) - 0.5, -0.5)
    ax.set_xlim(0, n_bars or 1)
    remark = "; on those that do not pass, their length in eighths" if n_bars <= _N_ACROSS else ""
    ax.set_xlabel(f"bar (from 0){remark}")
    handles = [seen[verdict] for verdict in VERDICTS if verdict in seen]
    if handles:
        ax.figure.legend(handles=handles, loc="outside upper center", ncols=min(len(handles), 5))
