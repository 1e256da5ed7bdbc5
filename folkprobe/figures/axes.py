"""Axes shared by several figures."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis

from folkprobe.figures.palette import BAND

# The periods that part 7 of the articles marks.
PERIOD_TICKS = (36, 18, 9, 4.5, 3, 2.25)
# Long periods, where the lobes of DC lie.
LONG_PERIOD_TICKS = (147, 60, 36, 27, 20)
LONG_PERIOD_MAX_FREQUENCY = 0.05


def mark_periods(
    ax: Axes,
    *,
    period_ticks_steps: Sequence[float] = PERIOD_TICKS,
    frequency_max_cycles_per_step: float = 0.5,
    top: bool = True,
) -> None:
    """Label the x axis, which is linear in frequency, with periods below and frequencies above.

    Parameters
    ----------
    ax : Axes
        Drawn over frequency in cycles per step; the ticks need the width of a page.
    period_ticks_steps : sequence of float
        Periods to label besides DC.
    frequency_max_cycles_per_step : float
        Where the axis ends.
    top : bool
        Whether the frequencies are written above; of panels that share their axis, only for the uppermost.
    """
    ax.set_xlim(0, frequency_max_cycles_per_step)
    labels = ["DC", *(f"{period:g}" for period in period_ticks_steps)]
    ax.set_xticks([0, *(1 / period for period in period_ticks_steps)], labels=labels)
    ax.set_xlabel("period (steps)")
    if top:
        ax.secondary_xaxis("top").set_xlabel("frequency (cycles per step)")


def shade_band(ax: Axes, period_steps: Sequence[float], *, is_image: bool = False) -> None:
    """Mark the band of the bar on an axis that is linear in frequency.

    Parameters
    ----------
    ax : Axes
        Drawn over frequency in cycles per step.
    period_steps : sequence of float
        Shortest and longest period, in steps.
    is_image : bool
        Whether an image covers the axes: then lines at both edges.
    """
    shortest, longest = period_steps
    if is_image:
        for period in period_steps:
            ax.axvline(1 / period, color="white", linewidth=0.6, linestyle="--")
    else:
        label = f"the bar: {shortest:g} to {longest:g} steps"
        ax.axvspan(1 / longest, 1 / shortest, color=BAND, linewidth=0, zorder=0, label=label)


def mark_units(axis: Axis, unit_index: np.ndarray) -> None:
    """Label an axis of units with their original numbers.

    Parameters
    ----------
    axis : Axis
        With a place for each unit, from 0.
    unit_index : ndarray of int, shape (n_units,)
        Original numbers of the units, with gaps after an excision. Without units, the axes say so.
    """
    axis.set_label_text("unit (from 0)")
    if len(unit_index):
        axis.set_major_formatter(
            lambda place, _: str(unit_index[int(place)]) if place in range(len(unit_index)) else ""
        )
    else:
        axis.set_ticks([])
        axis.axes.text(0.5, 0.5, "no unit left", transform=axis.axes.transAxes, ha="center", va="center")
