"""Figures of the share of units with a positive test at each frequency."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from folkprobe.figures.palette import layer_style


def draw_unit_shares(
    ax: Axes, shares: Mapping[int, tuple[np.ndarray, np.ndarray]], *, title: str, chance: float | None = None
) -> None:
    """Draw the share of units of each layer for which a test is positive, by frequency.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    shares : mapping of int to (ndarray, ndarray), each of shape (n_frequencies,)
        By layer, from 1: frequencies in cycles per step, shares in [0, 1].
    title : str
        The test.
    chance : float, optional
        The share that chance alone gives, as a line.
    """
    for layer, (frequency, share) in shares.items():
        ax.plot(frequency, share, **layer_style(layer), label=f"layer {layer}")
    if chance is not None:
        ax.axhline(chance, color="0.4", linestyle=":", label=f"by chance {chance:.0%}")
    largest = max((np.nanmax(share, initial=0.0) for _, share in shares.values()), default=0.0)
    top = min(1.25 * max(largest, 0.05), 1)
    # A share of 0 is drawn above the edge, where it can be seen.
    ax.set(ylim=(-0.04 * top, 1.04 * top), ylabel="share of units", title=title)
    ax.grid(True)
