"""Figures of how edits of the softmax layer change the tunes."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

if TYPE_CHECKING:
    import pandas as pd


def draw_dose_response(ax: Axes, effects: "pd.DataFrame", *, outcome: str) -> None:
    """Draw an outcome against the size of a push, a line for each direction, with paired intervals.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    effects : pandas.DataFrame
        Of one outcome against the intact network: direction, gauge_fixed, alpha, reference_value, difference,
        lower, upper. The intact network itself is alpha 0.
    outcome : str
        For the axis.
    """
    if effects.empty:
        ax.text(0.5, 0.5, "no push declared", transform=ax.transAxes, ha="center", va="center")
    for place, ((gauge_fixed, direction), of_direction) in enumerate(effects.groupby(["gauge_fixed", "direction"])):
        ordered = of_direction.sort_values("alpha")
        intact = ordered["reference_value"].iloc[0]
        # Offset, so that intervals at the same push can be distinguished.
        alpha = ordered["alpha"].to_numpy() + 0.03 * (place - 1)
        points = np.stack([alpha, *(intact + ordered[name].to_numpy() for name in ("difference", "lower", "upper"))])
        # In a table with empty cells, integers are read as floats.
        name = f"$u_{int(direction)}$" + ", gauge-fixed" * bool(gauge_fixed)
        points = np.insert(points, np.searchsorted(alpha, 0), [0, intact, intact, intact], axis=1)
        ax.plot(points[0], points[1], "o-", color=f"C{place}", markersize=3, label=name)
        ax.vlines(points[0], points[2], points[3], color=f"C{place}", linewidth=1)
        ax.axhline(intact, color="0.6", linewidth=0.5, linestyle=":")
    ax.set(title=outcome)
    ax.set_xlabel("α of $v + α s_k u_k$", fontsize=6, parse_math=True)
    ax.set_ylim(bottom=0)
    ax.grid(True)


def draw_effects(ax: Axes, effects: "pd.DataFrame", *, outcome: str) -> None:
    """Draw the change of an outcome from the intact network by condition, with paired intervals.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    effects : pandas.DataFrame
        Of one outcome against the intact network: condition, edit, control_rng_seed, reference_value, difference,
        lower, upper; a row for each condition, from top to bottom.
    outcome : str
        For the title, with the intact network's value.
    """
    intact = effects["reference_value"].iloc[0] if len(effects) else np.nan
    for place, row in enumerate(effects.itertuples()):
        colour = "C0" if np.isnan(row.control_rng_seed) else "0.5"
        if np.isnan(row.difference):
            ax.text(0, place, "nothing to count", va="center", ha="center", fontsize=6)
            continue
        ax.plot([row.lower, row.upper], [place, place], "-", color=colour, linewidth=1.2)
        ax.plot(row.difference, place, "o", color=colour, markersize=3)
    ax.axvline(0, color="black", linewidth=0.5)
    ax.set_yticks(range(len(effects)), labels=effects["condition"], fontsize=5.5)
    ax.set_ylim(len(effects) - 0.5, -0.5)
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.set_title(f"{outcome}\nintact: {intact:.4g}", fontsize=7)
    ax.grid(True, axis="x")
