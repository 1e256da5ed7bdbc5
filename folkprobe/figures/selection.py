"""Figures of the choice of units."""

import numpy as np
from matplotlib.axes import Axes

from folkprobe.figures.palette import SET_STYLES
from folkprobe.statistics.lesion_design import TARGETED


def draw_power_fraction(
    ax: Axes,
    power_fraction: np.ndarray,
    selected: np.ndarray,
    *,
    layer: int,
    period_steps: tuple[float, float],
    power_fraction_above: float | None = None,
    flat_power_fraction: float | None = None,
    article_power_fraction_above: float | None = None,
) -> None:
    """Draw the power fraction of each unit of a layer, from largest to smallest, with those that are selected.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    power_fraction : ndarray, shape (n_units,)
        In [0, 1].
    selected : ndarray of bool, shape (n_units,)
        From `folkprobe.signal.selection.select_units`.
    layer : int
        Counted from 1.
    period_steps : (float, float)
        The band, for the label.
    power_fraction_above : float, optional
        The threshold, where the selection was by one; None or nan where not.
    flat_power_fraction : float, optional
        The power fraction of a flat spectrum, for comparison.
    article_power_fraction_above : float, optional
        The threshold of the article, and what it would select here, for comparison.

    Notes
    -----
    The axis is logarithmic; units without power in the band are drawn on its lower edge and counted in the legend. The
    title says so if none or all are selected; none leaves the network as intact.
    """
    n_units, n_selected = len(power_fraction), int(np.count_nonzero(selected))
    order = np.argsort(-power_fraction, kind="stable")
    sorted_fraction, sorted_selected = power_fraction[order], np.asarray(selected, dtype=bool)[order]
    rank = np.arange(n_units)

    # A threshold of 0 has no place on a logarithmic axis; one that a table leaves out comes as nan.
    given = (power_fraction_above, flat_power_fraction, article_power_fraction_above)
    threshold, flat, article = (value or 0.0 for value in given)
    thresholds = [value for value in (threshold, flat, article) if value > 0]
    shown = np.concatenate([power_fraction[power_fraction > 0], thresholds, [1e-3]])
    floor = 10 ** (np.floor(np.log10(shown.min())) - 0.2)
    height = np.maximum(sorted_fraction, floor)
    for chosen, colour, marker, name in (
        (sorted_selected, SET_STYLES[TARGETED]["color"], "o", "selected"),
        (~sorted_selected & (sorted_fraction > 0), "0.35", ".", "not selected"),
        (~sorted_selected & (sorted_fraction == 0), "0.5", "v", "no power in the band"),
    ):
        if chosen.any():
            label = f"{name}: {np.count_nonzero(chosen):,}"
            ax.plot(rank[chosen], height[chosen], marker, color=colour, markersize=3, clip_on=False, label=label)
    if threshold > 0:
        ax.axhline(threshold, color="black", linestyle="-", label=f"threshold {threshold:.4g}")
    if flat > 0:
        ax.axhline(flat, color="0.5", linestyle="--", label=f"flat spectrum {flat:.4g}")
    if article > 0:
        n_article = np.count_nonzero(power_fraction > article)
        share = f"{n_article:,} of {n_units:,} ({n_article / max(n_units, 1):.1%})"
        label = f"article's {article:g} selects\n{share}"
        ax.axhline(article, color="black", linestyle=":", label=label)
    ax.set_yscale("log")
    ax.set_ylim(floor, 1)
    ax.set_xlim(-0.5, max(n_units, 1) - 0.5)
    ax.set(
        title=f"layer {layer}, {n_units:,} units\n{_outcome(n_selected, n_units)}",
        xlabel="unit, by falling power fraction",
        ylabel=f"power fraction in periods\n{period_steps[0]:g} to {period_steps[1]:g} steps",
    )
    # Beside the axes: inside, no corner is free for every model.
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def _outcome(n_selected: int, n_units: int) -> str:
    if n_units == 0:
        return "none left to select"
    if n_selected == 0:
        return "none selected: as intact"
    if n_selected == n_units:
        return "all selected"
    return f"{n_selected:,} selected ({n_selected / n_units:.1%})"
