"""Figures of the lesion study: dose and response, effects by layer, the random sets one by one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullLocator

from folkprobe.figures.lesion_tables import SET_WORDS, describe_p, describe_sets
from folkprobe.figures.palette import CHANCE, INTACT, SET_STYLES, layer_marker

if TYPE_CHECKING:
    import pandas as pd


def share_limit(shares: np.ndarray) -> float:
    """Return the upper limit, in [0.05, 1.03], of an axis on which small shares among these can be distinguished.

    nan is ignored.
    """
    return float(np.clip(1.1 * np.nanmax(shares, initial=0.0), 0.05, 1.03))


def draw_doses(
    ax: Axes, levels: "pd.DataFrame", sets: "pd.DataFrame", *, intact: float, top: float, title: str
) -> None:
    """Draw the share of wrong bars against the number of units cut, a line for each kind of set.

    Parameters
    ----------
    ax : Axes
        What to draw on; a third of a page wide.
    levels : DataFrame
        Of one layer: contrast (a kind of set), n_units, estimate, lower, upper; one row for each kind and number. The
        interval is a band about the random sets' mean, a line through the others.
    sets : DataFrame
        The random sets of that layer: n_units, share_of_wrong_bars; a dot for each.
    intact : float
        Share of the intact network, as a line.
    top : float
        Upper end of the axis.
    title : str
    """
    n_units = np.unique(levels["n_units"])
    # Side by side, by a part of the smallest step between two numbers of units, in octaves.
    step = 0.15 * min(np.diff(np.log2(n_units)), default=2)
    for place, kind in enumerate(SET_STYLES):
        style = SET_STYLES[kind]
        shift = 2 ** (step * (place - 1.5))
        rows = levels[levels["contrast"] == kind].sort_values("n_units")
        x = rows["n_units"] * shift
        if kind == "random":
            dots = sets["n_units"] * shift / 2 ** (0.4 * step)
            ax.plot(dots, sets["share_of_wrong_bars"], ".", color=CHANCE, markersize=3, zorder=1)
            ax.fill_between(x, rows["lower"], rows["upper"], color=style["color"], alpha=0.25, linewidth=0, zorder=1.5)
        ax.vlines(x, rows["lower"], rows["upper"], color=style["color"], linewidth=1)
        if len(rows):
            ax.plot(x, rows["estimate"], **style, markersize=3.5, label=SET_WORDS[kind])
    ax.axhline(intact, color=INTACT, linewidth=0.8, linestyle=(0, (6, 2)), label="intact", zorder=1)
    ax.set_xscale("log", base=2)
    ax.set_xticks(n_units, labels=[f"{n:g}" for n in n_units])
    ax.xaxis.set_minor_locator(NullLocator())
    if len(n_units):
        # Half an octave or more at either end, so that a single number of units has a place of its own.
        margin = 2 ** max(3 * step, 0.1 * np.ptp(np.log2(n_units)))
        ax.set_xlim(n_units[0] / margin, n_units[-1] * margin)
    if not levels["estimate"].notna().any():
        text = "no measured bar" if len(n_units) else "no lesion of this layer"
        background = {"facecolor": "white", "edgecolor": "none"}
        ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", bbox=background)
    # A share of 0 or 1 is drawn inside the frame, where it can be seen.
    ax.set(ylim=(-0.03 * top, top), xlabel="units cut out", title=title)
    ax.grid(True, axis="y")


def draw_layer_effects(ax: Axes, effects: "pd.DataFrame", labels: Mapping[str, str]) -> None:
    """Draw by layer how much more the targeted set changes an outcome than random sets do.

    Parameters
    ----------
    ax : Axes
        What to draw on; as wide as a page.
    effects : DataFrame
        Of one outcome, targeted minus random: layer, family, role, estimate, lower, upper, n_sets, p_value_adjusted,
        adjustment. A primary one is filled and has its adjusted p beside it; beside all stands the number of sets.
    labels : mapping of str to str
        What to call each family, in the order in which they stand in each layer.
    """
    order = list(labels)
    effects = effects.sort_values("family", key=lambda column: column.map(order.index)).sort_values(
        "layer", kind="stable"
    )
    remarks = []
    for place, row in enumerate(effects.itertuples()):
        is_primary = row.role == "primary"
        _draw_row(ax, place, row, is_filled=is_primary)
        remark = describe_sets([row.n_sets])
        if is_primary and np.isfinite(row.p_value_adjusted):
            remark += f"\np {describe_p(row.p_value_adjusted)} ({row.adjustment})"
        remarks.append(remark)
    for place in np.flatnonzero(np.diff(effects["layer"])):
        ax.axhline(place + 0.5, color="0.6", linewidth=0.5)
    names = [f"layer {row.layer:.0f}, {labels[row.family]}" for row in effects.itertuples()]
    _finish_rows(ax, names, remarks)


def draw_outcome_effects(ax: Axes, effects: "pd.DataFrame", *, alpha: float) -> None:
    """Draw targeted minus random for several outcomes on one scale: in halves of the width of the interval.

    Parameters
    ----------
    ax : Axes
        What to draw on; as wide as a page, about 5 mm a row.
    effects : DataFrame
        Of one family: outcome, layer, estimate, lower, upper, p_value_adjusted. Outcomes are rows, layers side by side.
        Filled where the adjusted p is below `alpha`; without an interval, a row is empty.
    alpha : float
    """
    outcomes, layers = list(effects["outcome"].unique()), sorted(effects["layer"].unique())
    ax.axvspan(-1, 1, color="0.92", linewidth=0, zorder=0)
    for number, layer in enumerate(layers):
        rows = effects[effects["layer"] == layer]
        half = (rows["upper"] - rows["lower"]) / 2
        scaled = (rows["estimate"] / half.where(half > 0)).to_numpy()
        places = rows["outcome"].map(outcomes.index).to_numpy() + 0.24 * (number - (len(layers) - 1) / 2)
        style = layer_marker(int(layer)) | {"linestyle": "none", "markersize": 4.5}
        is_small = (rows["p_value_adjusted"] < alpha).to_numpy()
        ax.plot(scaled, places, **style, markerfacecolor="white", label=f"layer {layer:.0f}")
        ax.plot(scaled[is_small], places[is_small], **style)
    _finish_rows(ax, [outcome.replace("_", " ") for outcome in outcomes], [""] * len(outcomes))
    ax.grid(True, axis="y")


def draw_set_shares(
    ax: Axes, sets: "pd.DataFrame", levels: "pd.DataFrame", *, intact: float, remarks: Mapping[int, str]
) -> None:
    """Draw, a row a layer, a dot for each random set, and below them what they are compared with.

    Parameters
    ----------
    ax : Axes
        What to draw on; as wide as a page.
    sets : DataFrame
        The random sets: layer, share_of_wrong_bars.
    levels : DataFrame
        layer, contrast (a kind of set), estimate, lower, upper; the targeted one is also a line across its row.
    intact : float
        Share of the intact network, as a line.
    remarks : mapping of int to str
        By layer, from the top: the text to the right of its row.
    """
    drawn = np.concatenate(
        [sets["share_of_wrong_bars"], levels[["estimate", "lower", "upper"]].to_numpy().ravel(), [intact]]
    )
    drawn = drawn[np.isfinite(drawn)]
    lowest, highest = min(drawn, default=0), max(drawn, default=1)
    width = max(highest - lowest, 0.05)
    for place, layer in enumerate(remarks):
        shares = np.sort(sets.loc[sets["layer"] == layer, "share_of_wrong_bars"].dropna())
        heights = _swarm(shares, 0.012 * width)
        heights = heights * min(0.06, 0.26 / max(np.abs(heights), default=1) if np.any(heights) else 1)
        ax.plot(shares, place - 0.15 + heights, "o", color=CHANCE, markersize=3, markeredgewidth=0, zorder=2)
        for lane, kind in enumerate(SET_STYLES):
            height, style = place + 0.19 + 0.08 * lane, SET_STYLES[kind]
            for row in levels[(levels["layer"] == layer) & (levels["contrast"] == kind)].itertuples():
                ax.hlines(height, row.lower, row.upper, color=style["color"], linewidth=1)
                ax.plot(row.estimate, height, style["marker"], color=style["color"], linestyle="none", zorder=3)
                if kind == "targeted":
                    ax.vlines(row.estimate, place - 0.45, height, color=style["color"], linewidth=1.2, zorder=1)
    for place in range(1, len(remarks)):
        ax.axhline(place - 0.5, color="0.6", linewidth=0.5)
    for kind in SET_STYLES:
        style = SET_STYLES[kind] | {"linestyle": "none"}
        label = "random sets' mean" if kind == "random" else SET_WORDS[kind]
        if kind in set(levels["contrast"]):
            ax.plot([], [], **style, label=label)
    if len(sets):
        ax.plot([], [], "o", color=CHANCE, markersize=3, label="a random set")
    ax.axvline(intact, color=INTACT, linewidth=0.8, linestyle=(0, (6, 2)), label="intact", zorder=1)
    ax.set_xlim(lowest - 0.04 * width, highest + 0.04 * width)
    _finish_rows(ax, [f"layer {layer}" for layer in remarks], list(remarks.values()), has_zero=False)


def _swarm(values: np.ndarray, width: float) -> np.ndarray:
    """Return, for each of the sorted values, the row nearest to 0 without an earlier value closer than a width."""
    rows = np.zeros(len(values), dtype=int)
    for k, value in enumerate(values):
        taken = set(rows[:k][values[:k] > value - width])
        rows[k] = next(row for n in range(k + 1) for row in (n, -n) if row not in taken)
    return rows


def _draw_row(ax: Axes, place: int, row, *, is_filled: bool) -> None:
    if np.isnan(row.estimate):
        ax.text(
            0.5, place, "nothing to count", transform=ax.get_yaxis_transform(), ha="center", va="center", fontsize=7
        )
        return
    style = layer_marker(int(row.layer))
    ax.plot([row.lower, row.upper], [place, place], "-", color=style["color"], linewidth=1.2)
    face = style["color"] if is_filled else "white"
    ax.plot(row.estimate, place, **style, linestyle="none", markerfacecolor=face, markersize=4.5)


def _finish_rows(ax: Axes, names: list[str], remarks: list[str], *, has_zero: bool = True) -> None:
    """Label rows, from the top, on both sides."""
    if has_zero:
        ax.axvline(0, color="black", linewidth=0.5, zorder=1)
    for place, remark in enumerate(remarks):
        ax.annotate(
            remark,
            (1, place),
            xycoords=ax.get_yaxis_transform(),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=7,
            annotation_clip=False,
        )
    ax.set_yticks(range(len(names)), labels=names)
    ax.set_ylim(max(len(names), 1) - 0.5, -0.5)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.grid(True, axis="x")
