"""Figures of the specification curve: how a selection depends on the choices behind it."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from folkprobe.figures.palette import layer_marker


def draw_shares(ax: Axes, shares: Mapping[int, np.ndarray], *, article_share: float) -> None:
    """Draw the share of units that each specification selects, and the article's.

    Parameters
    ----------
    ax : Axes
        Above those of `draw_choices`, over the same specifications.
    shares : mapping of int to ndarray, shape (n_specifications,)
        By layer, from 1, in [0, 1]; all in one order.
    article_share : float
        What the article reports, as a line.

    References
    ----------
    U. Simonsohn, J. P. Simmons and L. D. Nelson, Specification curve analysis, Nature Human Behaviour 4 (2020) 1208.
    """
    for layer, of_layer in reversed(shares.items()):
        style = layer_marker(layer) | {"linestyle": "none", "markersize": 2, "markeredgewidth": 0}
        ax.plot(np.arange(len(of_layer)), of_layer, **style, label=f"layer {layer}")
    label = f"the article's {article_share:.0%} of its layer 1"
    ax.axhline(article_share, color="black", linestyle="--", linewidth=0.8, label=label)
    n = max((len(of_layer) for of_layer in shares.values()), default=0)
    ax.set(ylim=(-0.02, 1.02), ylabel="share of units selected", title=f"{n:,} specifications, by the share of layer 1")
    ax.legend(loc="upper left", markerscale=2)
    ax.grid(True, axis="y")


def draw_choices(ax: Axes, choices: Mapping[str, np.ndarray]) -> None:
    """Draw which choice each specification makes: a row a choice, a dot where it is made.

    Parameters
    ----------
    ax : Axes
        Below those of `draw_shares`.
    choices : mapping of str to ndarray, shape (n_specifications,)
        By what is chosen, from the top; the values are what may be chosen, in order.
    """
    labels, row = [], 0
    for number, (name, values) in enumerate(choices.items()):
        for value in np.unique(values):
            (places,) = np.nonzero(values == value)
            ax.plot(
                places,
                np.full(len(places), row),
                "|",
                markersize=3,
                markeredgewidth=0.3,
                color=("black", "0.5")[number % 2],
            )
            labels.append((row, f"{name}: {value}".replace("_", " ")))
            row += 1
        row += 0.7
    ax.set_yticks([place for place, _ in labels], labels=[label for _, label in labels])
    ax.set(ylim=(row - 0.2, -1), xlabel="specification")
