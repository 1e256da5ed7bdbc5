"""Figures of recurrence in a tune, beside the peaks of its spectra."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from folkprobe.figures.palette import curve_style

# Of two numbers that can both be read, in cycles per step.
_APART = 0.02
# The markers of peaks: by the colour of the face.
PEAK_FACES = {"above noise": "black", "not a sidelobe": "0.7", "sidelobe": "none"}


def draw_peaks(ax: Axes, curves: Mapping, peaks: Sequence[tuple[float, float, str, str]]) -> None:
    """Draw mean spectra with their peaks.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    curves : mapping of str to MeanCurve
        Layers already normalised alike.
    peaks : sequence of (float, float, str, str)
        Frequency in cycles per step, level in dB on the scale of the curves, text (the period) and a key of
        `PEAK_FACES`; those above noise are labelled.
    """
    for name, curve in curves.items():
        ax.plot(curve.frequency_cycles_per_step, curve.level_db()[0], **curve_style(name), label=name)
    named: list[float] = []
    for frequency, level_db, text, kind in sorted(peaks, key=lambda peak: -peak[1]):
        ax.plot(frequency, level_db, "o", color="black", markersize=3, markerfacecolor=PEAK_FACES[kind])
        # Of peaks above one another, the uppermost carries the label.
        if kind == "above noise" and all(abs(frequency - other) > _APART for other in named):
            named.append(frequency)
            ax.annotate(text, (frequency, level_db), (0, 4), textcoords="offset points", ha="center", fontsize=7)
    levels = np.concatenate([curve.level_db()[0] for curve in curves.values()])
    levels = levels[np.isfinite(levels)]
    ax.set(ylim=(5 * np.floor(levels.min(initial=0) / 5), 5 * np.ceil(levels.max(initial=0) / 5) + 5), ylabel="dB")
    ax.grid(True)


def draw_class_spectra(ax: Axes, frequency_cycles_per_step: np.ndarray, levels_db: Mapping[str, np.ndarray]) -> None:
    """Draw the spectra of the positions of each class of tokens.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    frequency_cycles_per_step : ndarray, shape (n_frequencies,)
    levels_db : mapping of str to ndarray, shape (n_frequencies,)
        By class, in dB re its largest level.
    """
    for name, level_db in levels_db.items():
        ax.plot(frequency_cycles_per_step, np.maximum(level_db, -80), label=name)
    ax.set(ylim=(-40, 3), ylabel="dB re own\nlargest", title="where each class of tokens stands")
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=len(levels_db) or 1)
    ax.grid(True)


def draw_phrase_lags(ax: Axes, lags_steps: np.ndarray, n_tokens: np.ndarray) -> None:
    """Draw the lag after which phrases are repeated, at the frequency of that period.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    lags_steps : ndarray of int, shape (n_phrases,)
        At least 2: a shorter period has no place on the axis.
    n_tokens : ndarray of int, shape (n_phrases,)
        Lengths of the phrases.
    """
    if len(lags_steps):
        ax.vlines(1 / lags_steps, 0, n_tokens, color="C0", linewidth=0.8)
        named: list[float] = []
        for lag, longest in sorted(zip(lags_steps, n_tokens, strict=True), key=lambda phrase: -phrase[1]):
            # Names of long phrases, where there is room.
            if longest >= max(6, 0.25 * n_tokens.max()) and all(abs(1 / lag - other) > _APART for other in named):
                named.append(1 / lag)
                ax.annotate(f"{lag}", (1 / lag, longest), (0, 2), textcoords="offset points", ha="center", fontsize=7)
        ax.set_ylim(0, 1.4 * n_tokens.max())
    else:
        ax.text(0.5, 0.5, "no phrase comes back", transform=ax.transAxes, ha="center", va="center")
    ax.set(ylabel="phrase\n(tokens)", title="repeated phrases, at the period of their lag")
    ax.grid(True)
