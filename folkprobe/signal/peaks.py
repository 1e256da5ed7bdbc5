"""Peaks of a mean spectrum: whether the window's sidelobes explain them, and how high those of noise are."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from folkprobe.signal.spectrum import MeanCurve
from folkprobe.signal.window import window_values

# ASSUME: a leakage may gain this much from weaker lines beside it, and from lines between the bins of the grid.
LEAKAGE_MARGIN_DB = 3.0
# Of the highest peaks of surrogates: one peak of noise in 20 runs is higher.
BOUND_LEVEL = 0.95
# Points for each resolution cell, 1 / n_steps, of the leakage's table.
_POINTS_PER_CELL = 1024


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
        Of the larger peak, itself no sidelobe, that is nearest in frequency; nan for the largest.
    level_re_sidelobe_db : float
        Level above what the window smears from that peak to here; nan for the largest.
    level_re_leakage_db : float
        Level above what the window can smear here from all larger peaks that are no sidelobes, their leakages added up
        as in the worst case; nan for the largest.
    verdict : {"not a sidelobe", "sidelobe"}
        "sidelobe" where that worst case explains the peak, that is, level_re_leakage_db <= `LEAKAGE_MARGIN_DB`. A peak
        that is not a sidelobe may still be noise: see `prominence_bound`.
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

    @property
    def is_tested(self) -> bool:
        """Whether noise may have such a peak: not a sidelobe, nor DC, the mean, which surrogates keep."""
        return self.verdict != "sidelobe" and np.isfinite(self.period_steps)


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
    at, height = _vertices(frequency, level, places)
    prominence = _prominences(level, places)
    dc_level = level[0] if magnitude[0] > 0 else np.nan
    leakage = 10 ** (height / 20) * _leakage(window, n_steps, at)
    peaks: dict[int, Peak] = {}
    sources: list[int] = []
    # The largest first: sidelobes do not leak themselves.
    for number in np.argsort(-height, kind="stable"):
        nearest, re_sidelobe, re_leakage = np.nan, np.nan, np.nan
        if sources:
            closest = sources[np.argmin(np.abs(at[sources] - at[number]))]
            nearest = _period(at[closest])
            re_sidelobe = height[number] - 20 * np.log10(leakage[number, closest])
            re_leakage = height[number] - 20 * np.log10(leakage[number, sources].sum())
        is_sidelobe = re_leakage <= LEAKAGE_MARGIN_DB
        if not is_sidelobe:
            sources.append(number)
        peaks[number] = Peak(
            period_steps=_period(at[number]),
            frequency_cycles_per_step=float(at[number]),
            level_db=float(height[number]),
            level_re_dc_db=float(height[number] - dc_level),
            prominence_db=float(prominence[number]),
            nearest_larger_period_steps=nearest,
            level_re_sidelobe_db=float(re_sidelobe),
            level_re_leakage_db=float(re_leakage),
            verdict="sidelobe" if is_sidelobe else "not a sidelobe",
        )
    return [peaks[number] for number in sorted(peaks)]


def largest_prominence(peaks: Iterable[Peak]) -> float:
    """Return the largest prominence in dB of the peaks that are tested; 0 if there is none."""
    return max((peak.prominence_db for peak in peaks if peak.is_tested), default=0.0)


def largest_prominences(
    sequences: np.ndarray,
    surrogate: Callable[[np.ndarray, np.random.Generator], np.ndarray],
    find: Sequence[Callable[[np.ndarray], list[Peak]]],
    *,
    n_surrogates: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the largest prominence in surrogates of some sequences.

    Parameters
    ----------
    sequences : ndarray, shape (n_steps, n_units)
    surrogate : callable
        Of `folkprobe.signal.nulls`.
    find : sequence of callable
        Each finds the peaks of sequences in one way. Surrogates must go through all that the data go through.
    n_surrogates : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n_surrogates, len(find))
    """
    drawn = (surrogate(sequences, rng) for _ in range(n_surrogates))
    return np.array([[largest_prominence(peaks_of(each)) for peaks_of in find] for each in drawn])


def prominence_bound(largest_prominences_db: np.ndarray) -> np.ndarray:
    """Return the prominence that the highest peak of noise exceeds in one run of 20.

    Parameters
    ----------
    largest_prominences_db : ndarray, shape (n_surrogates, ...)
        From at least 19 surrogates.

    Returns
    -------
    ndarray, shape (...)
        Their 95th percentile: of 199, the tenth largest. A curve of data that are exchangeable with their surrogates
        has a higher peak with probability 10 / 200, whatever the number of its peaks.
    """
    return np.quantile(largest_prominences_db, BOUND_LEVEL, axis=0, method="weibull")


@cache
def _leakage_table(window: str, n_steps: int) -> np.ndarray:
    """Return the largest |W| within half a resolution cell of k / (n_steps * `_POINTS_PER_CELL`), from 0 to 0.5."""
    from scipy.ndimage import maximum_filter1d

    values = window_values(window, n_steps)
    magnitude = np.abs(np.fft.rfft(values / values.sum(), n_steps * _POINTS_PER_CELL))
    return maximum_filter1d(magnitude, _POINTS_PER_CELL + 1, mode="mirror")


def _leakage(window: str, n_steps: int, at: np.ndarray) -> np.ndarray:
    """Return the largest |W| that each peak can have near each other, its mirror image added.

    Shape (n_peaks, n_peaks): at the first, of the second.
    """
    table = _leakage_table(window, n_steps)

    def largest(distance: np.ndarray) -> np.ndarray:
        return table[np.rint(np.abs(distance - np.rint(distance)) * n_steps * _POINTS_PER_CELL).astype(np.intp)]

    # A constant is its own mirror image.
    return largest(at[:, np.newaxis] - at) + np.where(at > 0, largest(at[:, np.newaxis] + at), 0)


def _vertices(frequency: np.ndarray, level: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the vertex of the parabola through each maximum and its neighbours; a maximum at an end itself."""
    # At an end both neighbours are alike, which leaves the vertex in the middle.
    before, after = level[np.abs(places - 1)], level[len(level) - 1 - np.abs(len(level) - 2 - places)]
    curvature = before - 2 * level[places] + after
    shift = np.divide(0.5 * (before - after), curvature, out=np.zeros(len(places)), where=curvature < 0)
    return frequency[places] + shift * (frequency[1] - frequency[0]), level[places] - 0.25 * (before - after) * shift


def _prominences(level: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the height of each maximum above the higher of the two minima between it and the nearest higher levels."""
    from scipy.signal import peak_prominences

    last = len(level) - 1
    inner = (places > 0) & (places < last)
    prominences = np.empty(len(places))
    prominences[inner], _, _ = peak_prominences(level, places[inner])
    # A maximum at an end has one valley.
    for number in np.flatnonzero(~inner):
        side = level[1:] if places[number] == 0 else level[-2::-1]
        higher = np.flatnonzero(side > level[places[number]])
        prominences[number] = level[places[number]] - side[: higher[0] if len(higher) else None].min()
    return prominences


def _period(frequency: float) -> float:
    return float(1 / frequency) if frequency > 0 else np.inf
