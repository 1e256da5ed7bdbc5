"""Figures of spectra, over period in steps."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from folkprobe.figures.axes import LONG_PERIOD_MAX_FREQUENCY, mark_periods, mark_units, shade_band
from folkprobe.figures.palette import curve_style


def draw_mean_spectra(ax: Axes, curves: Mapping, *, period_steps: Sequence[float], floor_db: float = -60) -> None:
    """Draw mean magnitude spectra with a band of one standard error on either side.

    Parameters
    ----------
    ax : Axes
        What to draw on, as wide as a page.
    curves : mapping of str to MeanCurve
        From `folkprobe.signal.spectrum`, all of one kind and already normalised; the keys go into the legend.
    period_steps : sequence of float
        The band of the bar, to be shaded.
    floor_db : float
        The axis ends here at the latest; a band that reaches below, as where the standard error exceeds the mean,
        leaves through the bottom.

    Raises
    ------
    ValueError
        If bands over units and bands over tunes are mixed, or there is no curve.
    """
    kinds = {curve.kind for curve in curves.values()}
    if len(kinds) != 1:
        raise ValueError(f"a figure has bands of one kind, not {len(kinds)}: {', '.join(sorted(kinds)) or 'no curves'}")
    levels, uppers = [], []
    for name, curve in curves.items():
        level, lower, upper = curve.level_db()
        n = "no unit left" if np.isnan(level).all() else f"n = {curve.n:,}"
        style = curve_style(name)
        ax.plot(curve.frequency_cycles_per_step, level, **style, label=f"{name} ({n})")
        # The band may reach -inf, which no path can draw; any level below the axes will do.
        band = np.maximum([lower, upper], 10 * floor_db)
        ax.fill_between(curve.frequency_cycles_per_step, *band, color=style["color"], alpha=0.25, linewidth=0)
        levels.append(level[np.isfinite(level)])
        uppers.append(upper[np.isfinite(upper)])
    levels, uppers = np.concatenate(levels), np.concatenate(uppers)
    top = 5 * np.ceil(max(levels.max(initial=0), uppers.max(initial=0)) / 5 + 0.2)
    ax.set_ylim(max(floor_db, 5 * np.floor(levels.min(initial=0) / 5) - 5), top)
    ax.set_ylabel("magnitude (dB re largest of\nlayer 1; softmax re its own)")
    mark_periods(ax)
    shade_band(ax, period_steps)
    ax.grid(True)
    title = f"mean ± 1 standard error {kinds.pop()}" if len(uppers) else f"mean {kinds.pop()}, no standard error"
    # Below the axes: inside, no corner is free for every model.
    ax.legend(title=title, loc="upper center", bbox_to_anchor=(0.5, 0), borderaxespad=4.5, ncols=3)


def draw_unit_spectra(
    ax: Axes,
    spectrum,
    *,
    layer: int,
    period_steps: Sequence[float],
    power_fraction=None,
    unit_index=None,
    range_db: tuple[float, float] = (-50, -10),
) -> None:
    """Draw the magnitude spectra of all units of a layer as an image, a row a unit.

    Parameters
    ----------
    ax : Axes
        What to draw on, as wide as a page; a colour bar is put beside it.
    spectrum : Spectrum
        From `folkprobe.signal.spectrum`.
    layer : int
        Counted from 1.
    period_steps : sequence of float
        The band of the bar, whose edges are marked.
    power_fraction : ndarray, shape (n_units,), optional
        Orders the rows, the largest at the top; None leaves them in the order of the units, the first at the bottom.
    unit_index : ndarray of int, shape (n_units,), optional
        Original numbers of the units; None for a layer that has them all.
    range_db : (float, float)
        Ends of the colours, the same for all layers, in dB re 1, the largest magnitude that a hidden state can have.
    """
    magnitude = spectrum.magnitude
    n_units = magnitude.shape[1]
    tunes = "1 tune" if spectrum.n_tunes == 1 else f"mean power over {spectrum.n_tunes:,} tunes"
    ax.set(title=f"layer {layer}: {n_units:,} units, {tunes}, {spectrum.window}")
    mark_periods(ax)
    order = np.arange(n_units) if power_fraction is None else np.argsort(power_fraction, kind="stable")
    mark_units(ax.yaxis, order if unit_index is None else unit_index[order])
    if power_fraction is not None:
        ax.set_ylabel("unit (from 0), by rising power fraction")
    if n_units:
        # The lower end also takes the place of the logarithm of 0.
        level = 20 * np.log10(np.maximum(magnitude[:, order], 10 ** (range_db[0] / 20)))
        half_bin = 0.5 / spectrum.n_fft
        extent = (-half_bin, spectrum.frequency_cycles_per_step[-1] + half_bin, -0.5, n_units - 0.5)
        image = ax.imshow(level.T, origin="lower", aspect="auto", extent=extent)
        image.set_clim(range_db)
        ax.figure.colorbar(image, ax=ax, pad=0.02, extend="both").set_label("magnitude (dB re 1)")
        shade_band(ax, period_steps, is_image=True)
        # An image sets the limits to its own edges.
        ax.set_xlim(0, 0.5)


def draw_long_periods(ax: Axes, curves: Mapping, *, title: str, sidelobes_of_dc: Sequence[tuple[float, float]]) -> None:
    """Draw mean magnitude spectra over long periods only, where the window's sidelobes of DC look like periods.

    Parameters
    ----------
    ax : Axes
        What to draw on, as wide as a page.
    curves : mapping of str to MeanCurve
        Already normalised; zero-padded, or the sidelobes do not show.
    title : str
        Which sequences, and which window.
    sidelobes_of_dc : sequence of (float, float)
        Frequency in cycles per step and level in dB re DC of each of the window's sidelobes; dotted lines.
    """
    shown = []
    for name, curve in curves.items():
        inside = curve.frequency_cycles_per_step <= LONG_PERIOD_MAX_FREQUENCY * 1.05
        level, _, _ = curve.level_db()
        ax.plot(curve.frequency_cycles_per_step[inside], level[inside], **curve_style(name), label=name)
        shown.append(level[inside & np.isfinite(level)])
    for frequency, level_db in sidelobes_of_dc:
        if frequency > LONG_PERIOD_MAX_FREQUENCY:
            # Of a short tune.
            continue
        ax.axvline(frequency, color="0.5", linestyle=":", linewidth=0.8)
        text = f"{1 / frequency:.1f} steps\n{level_db:.1f} dB".replace("-", "\N{MINUS SIGN}")
        ax.annotate(
            text,
            (frequency, 1),
            (2, -2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            va="top",
            fontsize=7,
        )
    shown = np.concatenate(shown)
    ax.set_ylim(5 * np.floor(shown.min(initial=-5) / 5), 5 * np.ceil(shown.max(initial=0) / 5) + 12)
    ax.set(title=title, ylabel="dB")
    ax.grid(True)


def draw_levels_above_median(
    ax: Axes,
    frequency_cycles_per_step: np.ndarray,
    magnitudes: Mapping[str, np.ndarray],
    *,
    title: str,
    period_steps: Sequence[float],
) -> None:
    """Draw magnitude spectra in dB re their own medians: how far peaks rise above what lies between them.

    Of noise, longer sequences have smaller magnitudes; so those of sequences of other lengths can be laid together.

    Parameters
    ----------
    ax : Axes
        What to draw on.
    frequency_cycles_per_step : ndarray, shape (n_frequencies,)
    magnitudes : mapping of str to ndarray, shape (n_frequencies,)
        Not negative, by what the legend is to say; nan throughout for what does not exist, and a spectrum whose median
        is 0 is drawn as that.
    title : str
        What the magnitudes are of.
    period_steps : sequence of float
        The band of the bar, to be shaded.
    """
    finite = []
    for name, magnitude in magnitudes.items():
        level = level_above_median_db(magnitude)
        ax.plot(frequency_cycles_per_step, level, label=name)
        finite.append(level[np.isfinite(level)])
    finite = np.concatenate(finite)
    # DC towers above the rest, and what matters is the rest.
    top = 5 * np.ceil(np.quantile(finite, 0.995) / 5) + 5 if len(finite) else 0
    ax.set_ylim(max(5 * np.floor(finite.min(initial=top) / 5), top - 50), top)
    ax.set(title=title, ylabel="dB re own median")
    shade_band(ax, period_steps)
    ax.grid(True)


def level_above_median_db(magnitude: np.ndarray) -> np.ndarray:
    """Return a magnitude spectrum in dB re its own median; nan throughout where the median is nan or 0."""
    median = np.median(magnitude)
    with np.errstate(divide="ignore"):
        return 20 * np.log10(magnitude / (median if median > 0 else np.nan))
