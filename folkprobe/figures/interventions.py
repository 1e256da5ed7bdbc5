"""Figures of how edits of the softmax layer change the tunes."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from folkprobe.figures.palette import CHANCE, INTACT, MARKERS

if TYPE_CHECKING:
    import pandas as pd

# A share of tokens below which nothing is to be seen.
RARE = 0.002


def outcomes_that_occur(effects: "pd.DataFrame") -> list[str]:
    """List the outcomes that are worth a panel.

    Parameters
    ----------
    effects : pandas.DataFrame
        condition, outcome, condition_value, reference_value.

    Returns
    -------
    list of str
        In their order: those that reach `RARE` in some condition, and of those with the same values the last.
    """
    values = effects.pivot_table(["condition_value", "reference_value"], "outcome", "condition", dropna=False)
    values = values.reindex(effects["outcome"].unique()).fillna(0)
    return list(values[(values.max(axis=1) >= RARE)].drop_duplicates(keep="last").index)


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
        marker = MARKERS[place % len(MARKERS)]
        # Offset, so that intervals at the same push can be distinguished.
        alpha = ordered["alpha"].to_numpy() + 0.03 * (place - 1)
        points = np.stack([alpha, *(intact + ordered[name].to_numpy() for name in ("difference", "lower", "upper"))])
        # In a table with empty cells, integers are read as floats.
        name = f"$u_{int(direction)}$" + ", gauge-fixed" * bool(gauge_fixed)
        points = np.insert(points, np.searchsorted(alpha, 0), [0, intact, intact, intact], axis=1)
        dashes = ("-", (0, (5, 1.5)), (0, (1.2, 1)))[place % 3]
        ax.plot(points[0], points[1], linestyle=dashes, marker=marker, color=f"C{place}", label=name)
        ax.vlines(points[0], points[2], points[3], color=f"C{place}", linewidth=1)
        ax.axhline(intact, color="0.6", linewidth=0.5, linestyle=":")
    ax.set(title=outcome)
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
        colour = INTACT if np.isnan(row.control_rng_seed) else CHANCE
        if np.isnan(row.difference):
            ax.text(0, place, "nothing to count", va="center", ha="center", fontsize=7)
            continue
        ax.plot([row.lower, row.upper], [place, place], "-", color=colour, linewidth=1.2)
        ax.plot(row.difference, place, "o", color=colour, markersize=3)
    ax.axvline(0, color="black", linewidth=0.5)
    ax.set_yticks(range(len(effects)), labels=effects["condition"])
    ax.set_ylim(len(effects) - 0.5, -0.5)
    ax.xaxis.set_major_locator(MaxNLocator(3))
    ax.set_title(f"{outcome}\nintact: {intact:.3g}")
    ax.grid(True, axis="x")
