"""Figures of the responses of units around events."""

import numpy as np
from matplotlib.axes import Axes

from folkprobe.figures.palette import layer_marker, layer_style


def draw_response(
    ax: Axes, lag_steps: np.ndarray, mean: np.ndarray, *, null_bound: float, layer: int, title: str
) -> None:
    """Draw the mean response of one unit around an event, with the band of its null.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    lag_steps : ndarray of int, shape (n_lags,)
    mean : ndarray, shape (n_lags,)
        Hidden state less its mean over the tune, averaged.
    null_bound : float
        Half the width of the band about 0, which 95 % of shifted events stay within at all lags.
    layer : int
        From 1, for the style.
    title : str
        Which unit.
    """
    ax.axhspan(-null_bound, null_bound, color="0.88", linewidth=0, zorder=0)
    ax.axvline(0, color="0.6", linestyle="--", linewidth=0.5)
    ax.plot(lag_steps, mean, **layer_style(layer) | layer_marker(layer))
    ax.set(title=title, ylabel="mean response")
    ax.grid(True)
