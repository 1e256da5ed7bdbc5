"""Figures of hidden states."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from folkprobe.figures.axes import mark_units
from folkprobe.figures.palette import layer_marker, layer_style

# Of a figure of single units: as many tokens as can be read along the width of a page.
STEPS_PER_ROW = 48
# Names that can be read one above the other along an image, about 120 mm high.
_ROWS_TO_READ = 38


def draw_hidden_state(
    ax: Axes,
    hidden_state: np.ndarray,
    *,
    layer: int,
    tokens: Sequence[str] | None = None,
    unit_index: np.ndarray | None = None,
) -> None:
    """Draw the hidden state of a layer over one tune as an image: units along x, time upward as in part 7.

    Parameters
    ----------
    ax : Axes
        What to draw on; a colour bar is put beside it.
    hidden_state : ndarray, shape (n_steps, n_units)
        In [-1, 1].
    layer : int
        Counted from 1.
    tokens : sequence of str, length n_steps, optional
        The token read at each step; the bar tokens among them are marked on the right, those in a
        row together, at the first.
    unit_index : ndarray of int, shape (n_units,), optional
        Original numbers of the units; None for a layer that has them all.
    """
    n_steps, n_units = hidden_state.shape
    ax.set(title=f"layer {layer}: {n_units:,} units, {n_steps:,} steps", ylabel="step", ylim=(-0.5, n_steps - 0.5))
    mark_units(ax.xaxis, np.arange(n_units) if unit_index is None else unit_index)
    if n_units:
        image = ax.imshow(hidden_state, origin="lower", aspect="auto", cmap="RdBu_r", vmin=-1, vmax=1)
        ax.figure.colorbar(image, ax=ax, pad=0.02, ticks=[-1, -0.5, 0, 0.5, 1]).set_label("hidden state")
    if tokens is not None:
        # Of the folk-rnn tokens, all those that end a bar hold this sign and no others do.
        runs: list[tuple[int, list[str]]] = []
        for step, token in enumerate(tokens):
            if "|" not in token:
                continue
            if runs and step == runs[-1][0] + len(runs[-1][1]):
                runs[-1][1].append(token)
            else:
                runs.append((step, [token]))
        beside = ax.secondary_yaxis("right")
        beside.set_yticks([step for step, _ in runs], minor=True)
        # Where there is room for a name; sections before plain bar lines.
        named: list[tuple[int, str]] = []
        for step, run in sorted(runs, key=lambda each: each[1] == ["|"]):
            if all(abs(step - other) * _ROWS_TO_READ >= n_steps for other, _ in named):
                named.append((step, " ".join(run)))
        named.sort()
        beside.set_yticks([step for step, _ in named], labels=[name for _, name in named])
        beside.tick_params(which="both", length=2, pad=1)


def draw_posterior(
    ax: Axes, posterior: np.ndarray, labels: Sequence[str], *, drawn: Sequence[int | None], n_left_out: int = 0
) -> None:
    """Draw the posterior over one tune as an image: time along x, a row a token.

    Parameters
    ----------
    ax : Axes
        What to draw on, tall enough for a label a row; a colour bar is put beside it.
    posterior : ndarray, shape (n_steps, n_tokens)
        Column j is the probability that labels[j] comes next.
    labels : sequence of str, length n_tokens
        From the bottom up.
    drawn : sequence of (int or None), length n_steps
        Which column's token was drawn next; None for one that is not shown, or none.
    n_left_out : int
        Tokens without a row, for the title.
    """
    n_steps, n_tokens = posterior.shape
    image = ax.imshow(posterior.T, origin="lower", aspect="auto", cmap="Greys", vmin=0, vmax=1)
    ax.figure.colorbar(image, ax=ax, pad=0.02).set_label("probability of the next token")
    marked = [(step, column) for step, column in enumerate(drawn) if column is not None]
    if marked:
        ax.plot(*zip(*marked, strict=True), "o", color="C1", markersize=2.2, markeredgewidth=0, label="drawn")
    ax.set_yticks(range(n_tokens), labels=labels)
    left_out = f"; {n_left_out} that are hardly likely are left out" if n_left_out else ""
    ax.set(title=f"posterior: {n_steps:,} steps, {n_tokens} tokens{left_out}; dots: the token drawn")
    ax.set(xlabel="step", xlim=(-0.5, n_steps - 0.5), ylim=(-0.5, n_tokens - 0.5))


def draw_unit_overlay(
    axes: Sequence[Axes], traces: Mapping[tuple[int, int], np.ndarray], tokens: Sequence[str], bar_at_output: np.ndarray
) -> None:
    """Draw hidden states of single units over a tune, against its tokens.

    Parameters
    ----------
    axes : sequence of Axes
        One below the other, each as wide as a page, for `STEPS_PER_ROW` steps each.
    traces : mapping of (int, int) to ndarray, shape (n_steps,)
        Hidden state over the tune, by layer, from 1, and unit, from 0.
    tokens : sequence of str, length n_steps
        The token read at each step, written along the axis.
    bar_at_output : ndarray of bool, shape (n_steps,)
        Steps after which a bar token was drawn; marked by dashed lines, as in part 7.
    """
    for row, ax in enumerate(axes):
        steps = np.arange(row * STEPS_PER_ROW, min((row + 1) * STEPS_PER_ROW, len(tokens)))
        for step in steps[bar_at_output[steps]]:
            ax.axvline(step, color="0.6", linestyle="--", linewidth=0.5)
        for (layer, unit_index), trace in traces.items():
            style = layer_style(layer) | layer_marker(layer) | {"markersize": 2.5, "markeredgewidth": 0}
            ax.plot(steps, trace[steps], **style, label=f"layer {layer}, unit {unit_index}")
        ax.axhline(0, color="0.8", linewidth=0.4, zorder=0)
        ax.set_xticks(steps, labels=[tokens[step] for step in steps], rotation=90)
        ax.tick_params(axis="x", length=1.5, pad=1)
        ax.set(ylim=(-1.05, 1.05), yticks=[-1, 0, 1], ylabel="hidden state")
        ax.set_xlim(row * STEPS_PER_ROW - 0.5, (row + 1) * STEPS_PER_ROW - 0.5)
    axes[0].legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
