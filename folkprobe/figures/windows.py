"""Figures of analysis windows."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from folkprobe.figures.axes import LONG_PERIOD_MAX_FREQUENCY, LONG_PERIOD_TICKS, mark_periods
from folkprobe.figures.palette import MARKERS


def draw_window_spectra(
    ax: Axes,
    frequency_cycles_per_step: np.ndarray,
    levels_db: Mapping[str, np.ndarray],
    lobes: Sequence[tuple[str, float, float]],
    *,
    n_steps: int,
    floor_db: float = -70,
) -> None:
    """Draw the magnitude spectra of windows at long periods, where DC leaks.

    Parameters
    ----------
    ax : Axes
        What to draw on, as wide as a page.
    frequency_cycles_per_step : ndarray, shape (n_frequencies,)
        From 0 upward.
    levels_db : mapping of str to ndarray, shape (n_frequencies,)
        By window, in dB re the peak of the main lobe.
    lobes : sequence of (str, float, float)
        Points to mark with period and level: what they are, frequency in cycles per step, level in dB.
    n_steps : int
        Length of the windows.
    floor_db : float
        Where the level axis ends.
    """
    for window, level_db in levels_db.items():
        ax.plot(frequency_cycles_per_step, np.maximum(level_db, 2 * floor_db), label=window)
    # There is no space for text beside each point.
    for marker, (name, frequency, level_db) in zip(MARKERS, lobes, strict=False):
        label = f"{name}: {1 / frequency:.2f} steps, {level_db:.2f} dB".replace("-", "\N{MINUS SIGN}")
        ax.plot(frequency, level_db, marker, color="black", markersize=4, linestyle="none", zorder=3, label=label)
    ax.set(title=f"windows of {n_steps:,} steps", ylabel="magnitude (dB re peak)", ylim=(floor_db, 3))
    mark_periods(ax, period_ticks_steps=LONG_PERIOD_TICKS, frequency_max_cycles_per_step=LONG_PERIOD_MAX_FREQUENCY)
    ax.grid(True)
    # Below the axes: inside, the curves are everywhere.
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0), borderaxespad=4.5, ncols=2)
