"""Pictures of how well bars are counted."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes


def draw_bar_shares(ax: Axes, estimates: Mapping) -> None:
    """Draw the share of correctly counted bars of each condition with its interval.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    estimates : mapping of str to Estimate
        From `folkprobe.evidence.statistics`, by condition, all of one level; the first is at the top. A condition
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
