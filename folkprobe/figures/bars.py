"""Pictures of how well bars are counted."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

# Verdicts that pass in blues and greys, the others in warm colours.
_VERDICT_COLOURS = {
    "correct": "#56B4E9",
    "pickup": "#A6D8F3",
    "complement": "#7CC5EC",
    "split": "#CDE9F8",
    "unmeasured": "0.9",
    "truncated": "0.75",
    "short": "#E69F00",
    "long": "#D55E00",
    "empty": "#F0E442",
}
_PASSING = ("correct", "pickup", "complement", "split", "unmeasured")


def draw_bar_shares(ax: Axes, estimates: Mapping) -> None:
    """Draw the share of correctly counted bars of each condition with its interval.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    estimates : mapping of str to Estimate
        From `folkprobe.statistics.shares`, by condition, all of one level; the first is at the top. A condition
        without bars has a row that says so.
    """
    places = np.arange(len(estimates))
    for place, estimate in zip(places, estimates.values(), strict=True):
        if np.isnan(estimate.value):
            ax.text(0.01, place, "no bar to count", va="center")
            continue
        text = f"{estimate.value:.3f}"
        if np.isfinite(estimate.lower):
            text += f" [{estimate.lower:.3f}, {estimate.upper:.3f}]"
            ax.plot([estimate.lower, estimate.upper], [place, place], "-", color="C0", linewidth=1.5, clip_on=False)
        ax.plot(estimate.value, place, "o", color="C0", clip_on=False)
        # Towards the middle, where there is room.
        side = "right" if estimate.value > 0.5 else "left"
        ax.annotate(text, (estimate.value, place), xytext=(0, 5), textcoords="offset points", ha=side, fontsize=7)
    ax.set_xlim(0, 1)
    ax.set_yticks(
        places,
        labels=[
            f"{condition}\n{estimate.n_tunes:,} tunes, {estimate.n_bars:,} bars"
            for condition, estimate in estimates.items()
        ],
    )
    ax.set_ylim(len(estimates) - 0.5, -0.5)
    intervals = {f"{each.level:.0%} interval: {each.method}, rng_seed {each.rng_seed}" for each in estimates.values()}
    ax.set_xlabel("\n".join(["share of bars correctly counted", *sorted(intervals)]))
    ax.grid(True, axis="x")


def draw_bar_verdicts(ax: Axes, bars: Mapping[str, pd.DataFrame]) -> None:
    """Draw the bars of one tune under each condition side by side, coloured by verdict.

    Parameters
    ----------
    ax : Axes
        What to draw on; as wide as a page, for tunes of up to about 40 bars.
    bars : mapping of str to DataFrame
        By condition, the first at the top: the columns ``verdict`` and ``duration_eighths`` (text) of bars.csv, one row
        a bar in order. The duration stands on the bars that do not pass. A tune without bars has a row that says so.
    """
    seen = {}
    for place, table in enumerate(bars.values()):
        if table.empty:
            ax.text(0.5, place, "no bar", va="center")
        for number, (verdict, duration) in enumerate(zip(table["verdict"], table["duration_eighths"], strict=True)):
            colour = _VERDICT_COLOURS[verdict]
            ax.barh(place, 1, left=number, height=0.7, color=colour, edgecolor="white", linewidth=0.8)
            seen[verdict] = Patch(color=colour, label=verdict)
            if verdict not in _PASSING:
                ax.text(number + 0.5, place, duration, ha="center", va="center", fontsize=6)
    ax.set_yticks(np.arange(len(bars)), labels=list(bars))
    ax.set_ylim(len(bars) - 0.5, -0.5)
    ax.set_xlim(0, max((len(table) for table in bars.values()), default=0) or 1)
    ax.set_xlabel("bar (from 0); on those that do not pass, their length in eighths")
    handles = [seen[verdict] for verdict in _VERDICT_COLOURS if verdict in seen]
    if handles:
        ax.figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
