"""Figures of several networks side by side."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from folkprobe.figures.axes import mark_periods, shade_band
from folkprobe.figures.palette import MARKERS

if TYPE_CHECKING:
    import pandas as pd

_MM_PER_ROW = 6


def style_of(place: int) -> dict[str, object]:
    """Return colour and dashes of a network by its place, from 0; from the ninth on they are used again."""
    styles = list(matplotlib.rcParams["axes.prop_cycle"])
    return styles[place % len(styles)]


def draw_spectra(
    figure: Figure, table: "pd.DataFrame", networks: Sequence[str], *, period_steps: Sequence[float]
) -> None:
    """Draw the mean spectra of all networks, a panel for each layer and one for the softmax output.

    Parameters
    ----------
    figure : Figure
        About 45 mm high for each curve's name.
    table : pandas.DataFrame
        network, curve, frequency_cycles_per_step, level_db. A network without a layer has no curve there.
    networks : sequence of str
        In the order of the legend.
    period_steps : sequence of float
        The band of the bar, to be shaded.
    """
    names = list(dict.fromkeys(sorted(table["curve"])))
    axes = figure.subplots(len(names), sharex=True, squeeze=False)[:, 0]
    for ax, name in zip(axes, names, strict=True):
        for place, network in enumerate(networks):
            rows = table[(table["curve"] == name) & (table["network"] == network)]
            if len(rows):
                level = rows["level_db"].replace(-np.inf, np.nan)
                ax.plot(rows["frequency_cycles_per_step"], level, **style_of(place), label=network)
        ax.set(title=name, ylabel="dB re largest\nof its layer 1" if name.startswith("layer") else "dB re largest")
        ax.set_ylim(max(-60, ax.get_ylim()[0]), None)
        shade_band(ax, period_steps)
        ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=4)
        ax.grid(True)
    mark_periods(axes[-1], top=False)


def draw_singular_values(figure: Figure, table: "pd.DataFrame", networks: Sequence[str]) -> None:
    """Draw the singular values of each network's softmax layer, as trained (left) and gauge-fixed (right).

    Parameters
    ----------
    figure : Figure
    table : pandas.DataFrame
        network, decomposition, direction, singular_value.
    networks : sequence of str
    """
    decompositions = list(dict.fromkeys(table["decomposition"]))
    axes = figure.subplots(1, len(decompositions), sharey=True, squeeze=False)[0]
    for ax, decomposition in zip(axes, decompositions, strict=True):
        for place, network in enumerate(networks):
            rows = table[(table["decomposition"] == decomposition) & (table["network"] == network)]
            # Rounding errors have no place on a logarithmic axis.
            rows = rows[rows["singular_value"] > 1e-9 * table["singular_value"].max()]
            ax.plot(rows["direction"], rows["singular_value"], **style_of(place), label=network)
        ax.set(yscale="log", xlabel="direction", title=decomposition.replace("_", " "))
        ax.grid(True)
    axes[0].set_ylabel("singular value")
    axes[0].legend()


def draw_forest(
    figure: Figure, table: "pd.DataFrame", networks: Sequence[str], *, rows: Callable, unit: str, reference: str
) -> None:
    """Draw estimates with their intervals, a row for each of a network; left the levels, right the differences.

    Parameters
    ----------
    figure : Figure
        As high as `forest_height_mm` says.
    table : pandas.DataFrame
        network, contrast (level or difference), estimate, lower, upper, and what `rows` reads.
    networks : sequence of str
        From the top.
    rows : callable
        From a row of the table to what to call it besides its network.
    unit : str
        What is estimated.
    reference : str
        The network that the differences are from.
    """
    table = table.assign(row=[rows(row) for row in table.itertuples()])
    names = list(dict.fromkeys(zip(table["network"], table["row"], strict=True)))
    names.sort(key=lambda name: networks.index(name[0]))
    axes = figure.subplots(1, 2, sharey=True)
    for ax, contrast, label in ((axes[0], "level", unit), (axes[1], "difference", f"difference from {reference}")):
        of_contrast = table[table["contrast"] == contrast].set_index(["network", "row"])
        for place, name in enumerate(names):
            if name not in of_contrast.index or np.isnan(of_contrast.loc[name, "estimate"]):
                continue
            row, colour = of_contrast.loc[name], style_of(networks.index(name[0]))["color"]
            ax.plot([row["lower"], row["upper"]], [place, place], "-", color=colour, linewidth=1.2)
            marker = MARKERS[networks.index(name[0]) % len(MARKERS)]
            ax.plot(row["estimate"], place, marker, color=colour)
        ax.set_xlabel(label)
        ax.grid(True, axis="x")
    axes[1].axvline(0, color="black", linewidth=0.5, zorder=1)
    axes[0].set_yticks(range(len(names)), labels=[", ".join(filter(None, name)) for name in names])
    axes[0].set_ylim(max(len(names), 1) - 0.5, -0.5)


def forest_height_mm(table: "pd.DataFrame") -> float:
    """Return the height that a forest of a table needs."""
    return 25 + _MM_PER_ROW * max((table["contrast"] == "level").sum(), 3)
