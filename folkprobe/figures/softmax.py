"""Figures of the softmax layer's singular directions."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from folkprobe.figures.axes import mark_units


def draw_singular_values(ax: Axes, singular_values: Mapping[str, np.ndarray], cosines: Mapping[str, float]) -> None:
    """Draw the singular values of several decompositions on one logarithmic axis.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    singular_values : mapping of str to ndarray, shape (n_directions,)
        Falling; those that are 0 to rounding are left out and counted in the legend.
    cosines : mapping of str to float
        Cosine of each u_1 with the constant vector, for the legend: its square is the share of s_1 squared that the
        softmax ignores.
    """
    for (name, s), marker in zip(singular_values.items(), "os", strict=False):
        shown = s > s.max(initial=0) * 1e-10
        label = f"{name}: s₁ = {s[0]:.4g}, of which the softmax ignores {cosines[name] ** 2:.0%} (share of s₁²)"
        if not shown.all():
            label += f"\n{np.count_nonzero(~shown)} of {len(s)} is zero: the constant"
        fill = "none" if marker == "s" else None
        ax.plot(1 + np.flatnonzero(shown), s[shown], marker, markersize=3, markerfacecolor=fill, label=label)
    ax.set_yscale("log")
    ax.set(xlabel="direction i (from 1)", ylabel="singular value")
    ax.set_xlim(0, max(len(s) for s in singular_values.values()) + 1)
    ax.grid(True)
    ax.legend(loc="upper right")


def draw_unit_direction(ax: Axes, w: Mapping[str, np.ndarray], unit_index: np.ndarray, *, direction: int) -> None:
    """Draw the entries of w_k, unit by unit.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    w : mapping of str to ndarray, shape (n_units,)
        The direction in each decomposition.
    unit_index : ndarray of int, shape (n_units,)
        Original numbers of the units.
    direction : int
        k, counted from 1.
    """
    (name, first), *others = w.items()
    units = np.arange(len(first))
    ax.vlines(units, 0, first, color="C0", linewidth=0.5)
    ax.plot(units, first, ".", color="C0", markersize=2, label=name)
    for number, (other_name, other) in enumerate(others, start=1):
        ax.plot(units, other, "o", color=f"C{number}", markersize=2.5, markerfacecolor="none", label=other_name)
        ax.lines[-1].set_markeredgewidth(0.4)
    ax.axhline(0, color="black", linewidth=0.5)
    largest = np.abs(first).max(initial=0)
    mark_units(ax.xaxis, unit_index)
    ax.set_ylabel(f"entry of $w_{direction}$", parse_math=True)
    ax.set_xlim(-1, len(first))
    ax.set_title(
        f"$w_{direction}$: largest entry {largest:.3f}; α$w_{direction}$ is inside (−1, 1) for |α| < {1 / largest:.1f}",
        parse_math=True,
    )


def draw_entry_distribution(
    ax: Axes, w: Mapping[str, np.ndarray], *, direction: int, marks: Sequence[float] = (0.04, 0.06)
) -> None:
    """Draw the cumulative histogram of the entries of w_k.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    w : mapping of str to ndarray, shape (n_units,)
        The direction in each decomposition.
    direction : int
        k, counted from 1.
    marks : sequence of float
        Magnitudes to mark on both sides; part 3 of the articles names these two.
    """
    for name, values in w.items():
        ax.ecdf(values, label=name)
    if len(next(iter(w.values()))):
        for mark in marks:
            for side in (-mark, mark):
                ax.axvline(side, color="0.6", linewidth=0.5, linestyle=":")
    ax.set_xlabel(f"entry of $w_{direction}$", parse_math=True)
    ax.set_ylabel("share of units below")
    ax.yaxis.set_major_formatter(PercentFormatter(1))


def draw_token_rows(ax: Axes, values: Mapping[str, np.ndarray], tokens: Sequence[str]) -> None:
    """Draw values of tokens as horizontal bars, a row a token.

    Parameters
    ----------
    ax : Axes
        What to draw on; about 3.3 mm a row can be read.
    values : mapping of str to ndarray, shape (n_tokens,)
        The first as bars, the others as open circles.
    tokens : sequence of str, length n_tokens
        From top to bottom; an empty one leaves its row free.
    """
    rows = np.arange(len(tokens))
    (name, first), *others = values.items()
    ax.hlines(rows, 0, first, color="C0", linewidth=2, label=name)
    for number, (other_name, other) in enumerate(others, start=1):
        ax.plot(other, rows, "o", color=f"C{number}", linestyle="none", markersize=2.5, label=other_name)
        ax.lines[-1].set(markerfacecolor="none", markeredgewidth=0.6)
    ax.axvline(0, color="black", linewidth=0.5)
    _label_rows(ax, tokens)
    ax.grid(True, axis="x")


def draw_token_classes(ax: Axes, values: np.ndarray, classes: Sequence[str], order: Sequence[str]) -> None:
    """Draw how values of tokens are distributed, a row a class, a short line a token.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    values : ndarray, shape (n_tokens,)
    classes : sequence of str, length n_tokens
    order : sequence of str
        The classes, from top to bottom.
    """
    rows = [order.index(name) for name in classes]
    ax.plot(values, rows, "|", color="C0", markersize=7, markeredgewidth=0.5)
    ax.axvline(0, color="black", linewidth=0.5)
    ax.set_yticks(range(len(order)), labels=order)
    ax.set_ylim(len(order) - 0.4, -0.6)
    ax.grid(True)


def draw_token_image(ax: Axes, posteriors: np.ndarray, columns: Sequence[str], tokens: Sequence[str]) -> object:
    """Draw distributions of the next token as an image with numbers, a row a token, a column a distribution.

    Parameters
    ----------
    ax : Axes
        What to draw on, as wide as a page; about 4 mm a row can be read.
    posteriors : ndarray, shape (n_tokens, n_distributions)
    columns : sequence of str, length n_distributions
        Mathematics, in dollar signs.
    tokens : sequence of str, length n_tokens
        From top to bottom.

    Returns
    -------
    matplotlib.image.AxesImage
        For a colour bar: common logarithm of the probability, from -4 (and all below) to 0.
    """
    # What is below the range takes its lowest colour, probabilities of 0 included.
    level = np.log10(np.maximum(posteriors, 1e-4))
    image = ax.imshow(level, aspect="auto", vmin=-4, vmax=0, cmap="Greys")
    for (row, column), probability in np.ndenumerate(posteriors):
        # White on dark cells.
        colour = "white" if probability > 0.03 else "black"
        text = f"{probability:.1%}" if probability >= 0.0005 else "<0.1%"
        ax.text(column, row, text, ha="center", va="center", fontsize=7, color=colour)
    _label_rows(ax, tokens)
    ax.set_xticks(np.arange(len(columns)), labels=columns, parse_math=True)
    ax.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False)
    return image


def _label_rows(ax: Axes, tokens: Sequence[str]) -> None:
    ax.set_ylim(len(tokens) - 0.5, -0.5)
    ax.set_yticks(np.arange(len(tokens)), labels=tokens, family="DejaVu Sans Mono")
    ax.tick_params(axis="y", length=0, pad=1)


def draw_bias_correlation(ax: Axes, correlation: np.ndarray) -> None:
    """Draw the correlation of the columns of V with the bias, sorted by magnitude.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    correlation : ndarray, shape (n_units,)
        nan where a column is constant; these are counted in the title and not drawn.
    """
    defined = correlation[np.isfinite(correlation)]
    magnitude = np.sort(np.abs(defined))[::-1]
    ordered = defined[np.argsort(-np.abs(defined), kind="stable")]
    ranks = np.arange(len(defined))
    for is_side, marker, name in ((ordered >= 0, "o", "positive"), (ordered < 0, "x", "negative")):
        label = f"{name}: {is_side.sum():,}"
        ax.plot(ranks[is_side], magnitude[is_side], marker, color="C0", markersize=3, label=label)
    numbers = f"mean {magnitude.mean():.2f}, largest {magnitude.max():.2f}" if len(defined) else "none defined"
    n_constant = len(correlation) - len(defined)
    ax.set(
        title=f"{len(correlation):,} columns of V against v: magnitude {numbers}"
        + f", {n_constant} constant" * bool(n_constant),
        xlabel="unit of the last layer, by falling magnitude",
        ylabel="|correlation with v|, over tokens",
        ylim=(0, 1),
    )
    ax.grid(True, axis="y")
    ax.legend(loc="upper right")


def draw_variance_shares(ax: Axes, shares: Mapping[str, np.ndarray]) -> None:
    """Draw the share of the visible logits' variance that each of the first directions carries.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    shares : mapping of str to ndarray, shape (n_directions,)
        By decomposition; those that sum to 1 also get their running sum.
    """
    n_shown = min(20, *(len(share) for share in shares.values()))
    numbers = np.arange(1, n_shown + 1)
    width = 0.8 / len(shares)
    for place, (name, share) in enumerate(shares.items()):
        offset = (place - (len(shares) - 1) / 2) * width
        ax.bar(numbers + offset, share[:n_shown], width, color=f"C{place}", label=name)
        if np.isclose(share.sum(), 1):
            label = f"{name}, running sum"
            ax.plot(numbers, np.cumsum(share)[:n_shown], ".-", color=f"C{place}", label=label)
    ax.set(xlabel="direction i (from 1)", ylabel="share of the variance of the\nlogits that the softmax sees")
    ax.set_xticks(numbers)
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.grid(True, axis="y")
    ax.legend(loc="center right")
