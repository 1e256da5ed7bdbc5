"""Figures of how well the end of a bar is known."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from folkprobe.figures.palette import MARKERS


def draw_areas(ax: Axes, areas: Mapping[str, np.ndarray], bars: Sequence[str]) -> None:
    """Draw areas under the curve, with intervals, by the number of bars since the last bar token.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    areas : mapping of str to ndarray, shape (3, n_groups)
        By replay: the area, and the lower and the upper end of its interval; nan where there is no such bar.
    bars : sequence of str
        Names of the groups.
    """
    for number, (name, (area, lower, upper)) in enumerate(areas.items()):
        at = np.arange(len(bars)) + 0.1 * (number - (len(areas) - 1) / 2)
        ax.errorbar(
            at,
            area,
            [area - lower, upper - area],
            fmt=MARKERS[number % len(MARKERS)],
            markersize=3,
            label=name,
        )
    ax.axhline(0.5, color="0.4", linestyle=":", label="not known")
    ax.set(ylim=(0, 1.05), ylabel="area under the curve", xlabel="bar since the last bar token that was read")
    ax.set_xticks(range(len(bars)), labels=bars)
    ax.set_title("P(bar token) at the ends of bars, among all ends of notes")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0), borderaxespad=4, ncols=len(areas) + 1)
    ax.grid(True, axis="y")
