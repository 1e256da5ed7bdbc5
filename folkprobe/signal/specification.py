"""Specification curve: how the selection of units depends on the choices behind a power fraction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from folkprobe.refusal import Refusal
from folkprobe.signal.selection import band_bins, select_units
from folkprobe.signal.spectrum import power_spectrum, sidedness

# Whether bin 0 counts in the total, is dropped from it, or the mean is removed before windowing: a window smears a
# constant beyond bin 0 (half of it again into bin 1 under a Hann window), which dropping the bin leaves there.
DC_SETTINGS = ("counted", "dropped", "mean_removed")
# "one_sided" counts each bin with its mirror image, in the band and in the total (which is also the fraction of both
# sides over both sides). "band_of_two_sided" takes the positive side of the band over the total of both sides, as one
# does who sums a plain FFT. "undoubled" sums the half from DC to Nyquist without doubling, so that DC weighs twice.
SIDES = ("one_sided", "band_of_two_sided", "undoubled")


@dataclass(frozen=True)
class SpecifiedSelection:
    """Selection of units under one specification.

    Attributes
    ----------
    window : str
    n_fft : int
        In steps.
    dc, sides : str
        One of `DC_SETTINGS`, of `SIDES`.
    period_steps : (float, float)
    power_fraction_above : float
    n_units : int
    n_selected : int or None
        None where the specification does not exist.
    median_power_fraction : float
        Over units; nan where the specification does not exist or the layer has no unit.
    remark : str
        Why the specification does not exist; else empty.
    """

    window: str
    n_fft: int
    dc: str
    sides: str
    period_steps: tuple[float, float]
    power_fraction_above: float
    n_units: int
    n_selected: int | None
    median_power_fraction: float
    remark: str = ""


def specified_power_fraction(
    hidden_state: np.ndarray, *, window: str, n_fft: int, dc: str, sides: str, period_steps: tuple[float, float]
) -> np.ndarray:
    """Return the fraction of each unit's power in a band under one specification.

    Parameters
    ----------
    hidden_state : ndarray, shape (n_steps, n_units)
        One tune.
    window : str
        As for `folkprobe.signal.window.window_values`.
    n_fft : int
        At least n_steps.
    dc : {"counted", "dropped", "mean_removed"}
    sides : {"one_sided", "band_of_two_sided", "undoubled"}
    period_steps : (float, float)
        As for `folkprobe.signal.selection.band_bins`.

    Returns
    -------
    ndarray, shape (n_units,)
        In [0, 1]; 0 for a unit without power. "counted", "one_sided" is `folkprobe.signal.selection.power_fraction`.

    Raises
    ------
    Refusal
        If a setting is unknown, the band has no bin, or n_fft is too short.
    """
    for name, value, known in (("dc", dc, DC_SETTINGS), ("sides", sides, SIDES)):
        if value not in known:
            raise Refusal(f"{name} = {value!r} is unknown: choose one of {', '.join(known)}")
    power, frequency = _power(hidden_state, window, n_fft, dc)
    return _fraction(power, frequency, n_fft, dc, sides, period_steps)


def specified_selections(
    hidden_state: np.ndarray,
    *,
    windows: Sequence[str],
    n_fft: Sequence[int | None],
    bands_steps: Sequence[tuple[float, float]],
    power_fractions_above: Sequence[float],
) -> Iterator[SpecifiedSelection]:
    """Select the units of a layer under every combination of choices.

    Parameters
    ----------
    hidden_state : ndarray, shape (n_steps, n_units)
        One tune.
    windows : sequence of str
    n_fft : sequence of (int or None)
        None is n_steps; a length that occurs twice counts once.
    bands_steps : sequence of (float, float)
    power_fractions_above : sequence of float
        Thresholds.

    Yields
    ------
    SpecifiedSelection
        Also where n_fft is shorter than the tune or the band has no bin, with a remark.
    """
    n_steps, n_units = hidden_state.shape
    for window in windows:
        for length in dict.fromkeys(n_steps if length is None else length for length in n_fft):
            for dc in DC_SETTINGS:
                power = frequency = None
                if length >= n_steps:
                    power, frequency = _power(hidden_state, window, length, dc)
                for sides in SIDES:
                    for band in bands_steps:
                        remark, fraction = "", None
                        if power is None:
                            remark = "n_fft is shorter than the tune"
                        else:
                            try:
                                fraction = _fraction(power, frequency, length, dc, sides, band)
                            except Refusal:
                                remark = "the band holds no bin"
                        for threshold in power_fractions_above:
                            n_selected, median = None, np.nan
                            if fraction is not None:
                                n_selected = int(select_units(fraction, power_fraction_above=threshold).sum())
                                median = float(np.median(fraction)) if n_units else np.nan
                            yield SpecifiedSelection(
                                window, length, dc, sides, tuple(band), threshold, n_units, n_selected, median, remark
                            )


def _power(hidden_state: np.ndarray, window: str, n_fft: int, dc: str) -> tuple[np.ndarray, np.ndarray]:
    if dc == "mean_removed":
        hidden_state = hidden_state - hidden_state.mean(axis=0, dtype=np.float64)
    spectrum = power_spectrum(hidden_state, window=window, n_fft=n_fft)
    return spectrum.power, spectrum.frequency_cycles_per_step


def _fraction(
    power: np.ndarray, frequency: np.ndarray, n_fft: int, dc: str, sides: str, period_steps: tuple[float, float]
) -> np.ndarray:
    if sides == "undoubled":
        power = power / sidedness(n_fft)[:, np.newaxis]
    first = 1 if dc == "dropped" else 0
    bins = band_bins(frequency[first:], period_steps) + first
    in_band, total = power[bins].sum(axis=0), power[first:].sum(axis=0)
    if sides == "band_of_two_sided":
        in_band = (power[bins] / sidedness(n_fft)[bins, np.newaxis]).sum(axis=0)
    # Removing the mean of a constant leaves rounding errors, which do not count as power.
    silent = total <= 1e-28
    return np.minimum(np.divide(in_band, total, out=np.zeros_like(total), where=~silent), 1.0)
