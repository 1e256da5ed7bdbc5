"""Figures of the activity of the units of each layer."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from folkprobe.figures.palette import layer_style

N_BINS = 80


def draw_activation_distribution(ax: Axes, densities: Mapping[int, np.ndarray]) -> None:
    """Draw the distribution of the values of hidden states, a curve a layer.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    densities : mapping of int to ndarray, shape (n_bins,)
        By layer, from 1: the density of the values in equal bins from -1 to 1, as returned by `numpy.histogram`; nan
        throughout for a layer without units.

    Notes
    -----
    The axis is logarithmic, since most values are near 0; an empty bin interrupts its curve.
    """
    for layer, density in densities.items():
        edges = np.linspace(-1, 1, len(density) + 1)
        shown = np.where(density > 0, density, np.nan)
        style = layer_style(layer) | {"drawstyle": "steps-mid"}
        ax.plot((edges[:-1] + edges[1:]) / 2, shown, **style, label=f"layer {layer}")
    ax.set_yscale("log")
    ax.set(xlim=(-1, 1), xlabel="hidden state", ylabel="density")
    ax.grid(True)
    ax.legend(loc="upper right")


def draw_maximum_magnitude(ax: Axes, maxima: Mapping[int, np.ndarray]) -> None:
    """Draw the largest magnitude that each unit reaches, sorted, a curve a layer.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    maxima : mapping of int to ndarray, shape (n_units,)
        By layer, from 1: max over steps of |h| of each unit, in any order.
    """
    n_units = max((len(of_layer) for of_layer in maxima.values()), default=0)
    for layer, of_layer in maxima.items():
        rising = np.sort(of_layer)
        median = f"median {np.median(rising):.2f}" if len(rising) else "no unit left"
        ax.plot(np.arange(len(rising)), rising, **layer_style(layer), label=f"layer {layer}: {median}")
    ax.set(xlim=(-0.5, max(n_units, 1) - 0.5), ylim=(0, 1.02))
    ax.set(xlabel="unit, by rising maximum", ylabel="largest |hidden state|\nover the tune")
    ax.grid(True)
    ax.legend(loc="lower right")
