"""Peaks of a mean spectrum, and whether the window's sidelobes explain them."""

from dataclasses import dataclass

import numpy as np

from folkprobe.signal.spectrum import MeanCurve
from folkprobe.signal.window import window_spectrum_db

# ASSUME: a leakage may gain this much from weaker lines beside it, and from lines between the bins of the grid.
LEAKAGE_MARGIN_DB = 3.0


@dataclass(frozen=True)
class Peak:
    """A local maximum of a mean magnitude spectrum.

    Attributes
    ----------
    period_steps : float
        inf for DC. Between the bins of the grid, by a parabola through the level in dB.
    frequency_cycles_per_step : float
    level_db : float
        20 log10 of the curve there.
    level_re_dc_db : float
        The same less the level at frequency 0; nan where the curve is 0 there.
    prominence_db : float
        Level above the higher of the two valleys between the peak and something higher.
    nearest_larger_period_steps : float
        Of the larger real peak that is nearest in frequency; nan for the largest.
    level_re_sidelobe_db : float
        Level above what the window smears from that peak to here; nan for the largest.
    level_re_leakage_db : float
        Level above what the window can smear here from all larger real peaks, their leakages added up as in the worst
        case; nan for the largest.
    verdict : {"real", "sidelobe"}
        "sidelobe" where that worst case explains the peak, that is, level_re_leakage_db <= `LEAKAGE_MARGIN_DB`.
    """

    period_steps: float
    frequency_cycles_per_step: float
    level_db: float
    level_re_dc_db: float
    prominence_db: float
    nearest_larger_period_steps: float
    level_re_sidelobe_db: float
    level_re_leakage_db: float
    verdict: str


def find_peaks(curve: MeanCurve, *, window: str, n_steps: int) -> list[Peak]:
    """Find the local maxima of a mean spectrum, DC and Nyquist included.

    Parameters
    ----------
    curve : MeanCurve
        On a grid that is finer than 1 / n_steps (zero-padded), or peaks and valleys between bins are missed.
    window : str
        The analysis window.
    n_steps : int
        Its length.

    Returns
    -------
    list of Peak
        By rising frequency; empty for a curve without a finite positive value.

    Raises
    ------
    Refusal
        If the window is unknown.

    Notes
    -----
    The leakage of a peak of magnitude M at distance d is M times the largest |W| within half a resolution cell, 1 / (2
    n_steps), of d: the position within a sidelobe does not count, since a peak of the curve may be shifted by others.
    Mirror images at negative frequencies leak too.
    """
    frequency, magnitude = curve.frequency_cycles_per_step, curve.mean
    if len(magnitude) < 2 or not np.isfinite(magnitude).all() or not magnitude.max() > 0:
        return []
    # The smallest normal number in place of 0 keeps the level finite.
    level = 20 * np.log10(np.maximum(magnitude, np.finfo(float).tiny))
    padded = np.concatenate([[-np.inf], level, [-np.inf]])
    # Of a plateau, its first bin.
    places = np.flatnonzero((padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:]))
    at, height = np.array([_vertex(frequency, level, place) for place in places]).T
    dc_level = level[0] if magnitude[0] > 0 else np.nan
    peaks: dict[int, Peak] = {}
    sources: list[int] = []
    # The largest first: only real peaks leak, sidelobes do not.
    for number in np.argsort(-height, kind="stable"):
        nearest, re_sidelobe, re_leakage = np.nan, np.nan, np.nan
        if sources:
            leakage = 10 ** (height[sources] / 20) * _leakage(window, n_steps, at[number], at[sources])
            closest = np.argmin(np.abs(at[sources] - at[number]))
            nearest = _period(at[sources][closest])
            re_sidelobe = height[number] - 20 * np.log10(leakage[closest])
            re_leakage = height[number] - 20 * np.log10(leakage.sum())
        is_real = not re_leakage <= LEAKAGE_MARGIN_DB
        if is_real:
            sources.append(number)
        peaks[number] = Peak(
            period_steps=_period(at[number]),
            frequency_cycles_per_step=float(at[number]),
            level_db=float(height[number]),
            level_re_dc_db=float(height[number] - dc_level),
            prominence_db=_prominence(level, places[number]),
            nearest_larger_period_steps=nearest,
            level_re_sidelobe_db=float(re_sidelobe),
            level_re_leakage_db=float(re_leakage),
            verdict="real" if is_real else "sidelobe",
        )
    return [peaks[number] for number in sorted(peaks)]


def _leakage(window: str, n_steps: int, at: float, sources: np.ndarray) -> np.ndarray:
    """Return the largest |W| that each source can have near a frequency, its mirror image added; shape of `sources`."""
    within = np.linspace(-0.5, 0.5, 33) / n_steps
    distance = np.abs(at - sources)[:, np.newaxis] + within
    leakage = 10 ** (window_spectrum_db(window, n_steps, distance).max(axis=1) / 20)
    mirrored = (at + sources)[:, np.newaxis] + within
    # A constant is its own mirror image.
    return leakage + np.where(sources > 0, 10 ** (window_spectrum_db(window, n_steps, mirrored).max(axis=1) / 20), 0)


def _vertex(frequency: np.ndarray, level: np.ndarray, place: int) -> tuple[float, float]:
    """Return the vertex of the parabola through a maximum and its neighbours; the maximum itself at an end."""
    if place in (0, len(level) - 1):
        return float(frequency[place]), float(level[place])
    before, middle, after = level[place - 1 : place + 2]
    curvature = before - 2 * middle + after
    shift = 0.5 * (before - after) / curvature if curvature < 0 else 0.0
    return float(frequency[place] + shift * (frequency[1] - frequency[0])), float(
        middle - 0.25 * (before - after) * shift
    )


def _prominence(level: np.ndarray, place: int) -> float:
    """Return the height above the higher of the two minima between a maximum and the nearest higher levels."""
    valleys = []
    for side in (level[:place][::-1], level[place + 1 :]):
        higher = np.flatnonzero(side > level[place])
        between = side[: higher[0]] if len(higher) else side
        if len(between):
            valleys.append(between.min())
    return float(level[place] - max(valleys))


def _period(frequency: float) -> float:
    return float(1 / frequency) if frequency > 0 else np.inf
