"""Power fraction of units in a band of periods, and the selection of units by it."""

from dataclasses import replace

import numpy as np

from folkprobe.refusal import Refusal
from folkprobe.signal.spectrum import Spectrum, sidedness

# A period that is a bin's exactly, written in decimal or as n_fft / k, may differ from 1 / frequency by rounding.
_EDGE_TOLERANCE = 4 * np.finfo(np.float64).eps
# The largest n_fft tried for a remedy, relative to the present one.
_N_FFT_SEARCH = 4096


def band_bins(frequency_cycles_per_step: np.ndarray, period_steps: tuple[float, float]) -> np.ndarray:
    """Find the DFT bins whose period lies in a band, edges included.

    Parameters
    ----------
    frequency_cycles_per_step : ndarray, shape (n_frequencies,)
        k / n_fft, rising.
    period_steps : (float, float)
        The band's lower and upper edge in steps, 0 < lower <= upper; an upper edge of inf takes in DC.

    Returns
    -------
    ndarray of int
        Indices of the bins, rising; at least one.

    Raises
    ------
    Refusal
        If the band is reversed, not positive, or has no bin.
    """
    if np.shape(period_steps) != (2,):
        raise Refusal(f"period_steps = {period_steps!r} is not a band: give its lower and upper edge, in steps")
    lower, upper = period_steps
    if not 0 < lower <= upper:
        raise Refusal(f"period_steps = [{lower}, {upper}] is not a band: give 0 < lower <= upper, in steps")
    periods = _periods(frequency_cycles_per_step)
    inside = (periods >= lower * (1 - _EDGE_TOLERANCE)) & (periods <= upper * (1 + _EDGE_TOLERANCE))
    if not inside.any():
        raise Refusal(_no_bin(periods, lower, upper))
    return np.flatnonzero(inside)


def power_fraction(
    spectrum: Spectrum, period_steps: tuple[float, float] = (8.7, 9.3), *, include_dc: bool = True
) -> np.ndarray:
    """Return the fraction of each unit's power that lies in a band of periods.

    Parameters
    ----------
    spectrum : Spectrum
        One-sided power, zero frequency included; any common scale. For a population, of the mean power over tunes.
    period_steps : (float, float)
        The band, as for `band_bins`.
    include_dc : bool
        Whether bin 0 counts, in the band and in the total. Without it, most of what a window smears from DC into
        bin 1 still counts: a constant under a Hann window leaves half as much again there.

    Returns
    -------
    ndarray, shape (n_units,)
        Dimensionless, in [0, 1]; 0 for a unit with no power at all.

    Raises
    ------
    Refusal
        As `band_bins`.
    """
    first = 0 if include_dc else 1
    frequency, power = spectrum.frequency_cycles_per_step[first:], spectrum.power[first:]
    in_band = power[band_bins(frequency, period_steps)].sum(axis=0, dtype=np.float64)
    total = power.sum(axis=0, dtype=np.float64)
    # Rounding may put the band above the total where the band is everything.
    return np.minimum(np.divide(in_band, total, out=np.zeros_like(total), where=total > 0), 1.0)


def move_band(
    period_steps: tuple[float, float], *, from_steps: float, to_steps: float, n_fft: int
) -> tuple[float, float] | None:
    """Move a band from one period to another, as wide in frequency, so that noise puts as much power into it.

    Parameters
    ----------
    period_steps : (float, float)
        The band, as for `band_bins`, with finite edges.
    from_steps, to_steps : float
        The periods; nan if unknown.
    n_fft : int
        Of the spectrum: the band moves by whole bins and has as many as before.

    Returns
    -------
    (float, float) or None
        The band around the other period; None if that is unknown, or the band would reach DC or periods below 2 steps.
    """
    n_bins = (1 / to_steps - 1 / from_steps) * n_fft
    if not np.isfinite(n_bins):
        return None
    upper, lower = (1 / period + round(n_bins) / n_fft for period in period_steps)
    return (1 / upper, 1 / lower) if lower > 0 and upper <= 0.5 else None


def flat_power_fraction(
    spectrum: Spectrum, period_steps: tuple[float, float] = (8.7, 9.3), *, include_dc: bool = True
) -> float:
    """Return the power fraction of a flat spectrum, which white noise has on average, on another spectrum's bins.

    It is the band's share of all DFT bins; the parameters are those of `power_fraction`.
    """
    flat = replace(spectrum, power=sidedness(spectrum.n_fft)[:, np.newaxis])
    return float(power_fraction(flat, period_steps, include_dc=include_dc)[0])


def select_units(
    power_fraction: np.ndarray, *, power_fraction_above: float | None = None, top_fraction: float | None = None
) -> np.ndarray:
    """Choose the units of a layer that carry a period.

    Parameters
    ----------
    power_fraction : ndarray, shape (n_units,)
        In [0, 1].
    power_fraction_above : float, optional
        Choose the units whose power fraction is more than this, in [0, 1].
    top_fraction : float, optional
        Choose this fraction of the units, in [0, 1], those with the largest power fraction: top_fraction * n_units of
        them, rounded to the nearest whole number, halves up. Of equal units the lower unit_index comes first.

    Returns
    -------
    ndarray of bool, shape (n_units,)
        True for a chosen unit. None and all are valid results.

    Raises
    ------
    Refusal
        If not exactly one criterion is given, or it or a power fraction is outside [0, 1].
    """
    power_fraction = np.asarray(power_fraction, dtype=np.float64)
    criteria = {"power_fraction_above": power_fraction_above, "top_fraction": top_fraction}
    given = {name: value for name, value in criteria.items() if value is not None}
    if len(given) != 1:
        raise Refusal(f"units are selected by exactly one of {' and '.join(criteria)}, not {len(given)}: give one")
    ((name, value),) = given.items()
    if not 0 <= value <= 1:
        raise Refusal(f"{name} = {value} is outside [0, 1]: give a fraction, not a percentage")
    if not ((power_fraction >= 0) & (power_fraction <= 1)).all():
        raise Refusal("power_fraction has values that are not in [0, 1]: give what power_fraction() returns")
    if power_fraction_above is not None:
        return power_fraction > power_fraction_above
    n_selected = int(np.floor(top_fraction * len(power_fraction) + 0.5))
    selected = np.zeros(len(power_fraction), dtype=bool)
    selected[np.argsort(-power_fraction, kind="stable")[:n_selected]] = True
    return selected


def threshold_of_share(power_fraction: np.ndarray, share_of_layer: float) -> float:
    """Return the power fraction that a share of a layer's units exceeds.

    Parameters
    ----------
    power_fraction : ndarray, shape (n_units,)
        In [0, 1].
    share_of_layer : float
        In [0, 1]; to the nearest whole number of units, as `top_fraction` of `select_units`.

    Returns
    -------
    float
        The quantile halfway between the last unit that exceeds it and the first that does not (Hyndman and Fan's fifth
        definition): given as a number, it selects the same units even if fractions change in their last digits. Fewer
        units exceed it if these two are equal, and a unit without power never does.

    Raises
    ------
    Refusal
        As `select_units`.

    References
    ----------
    R. J. Hyndman and Y. Fan, Sample quantiles in statistical packages, The American Statistician 50 (1996) 361.
    """
    n_selected = np.count_nonzero(select_units(power_fraction, top_fraction=share_of_layer))
    # Fractions lie between 0 and 1, which bound them where all or none are selected.
    falling = np.concatenate([[1.0], np.sort(power_fraction)[::-1], [0.0]])
    return float(falling[n_selected : n_selected + 2].mean())


def strongest_unit(spectrum: Spectrum, period_steps: tuple[float, float] = (8.7, 9.3)) -> int | None:
    """Find the unit with the most power in a band.

    Parameters
    ----------
    spectrum : Spectrum
    period_steps : (float, float)
        The band, as for `band_bins`.

    Returns
    -------
    int or None
        Column of the spectrum, the first of equal ones; None for a layer without units.

    Raises
    ------
    Refusal
        As `band_bins`.
    """
    in_band = spectrum.power[band_bins(spectrum.frequency_cycles_per_step, period_steps)].sum(axis=0)
    return int(np.argmax(in_band)) if len(in_band) else None


def _periods(frequency_cycles_per_step: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return 1 / np.asarray(frequency_cycles_per_step, dtype=np.float64)


def _no_bin(periods: np.ndarray, lower: float, upper: float) -> str:
    """Return the message for a band without a bin, with a remedy."""
    # The longest finite period is that of bin 1, n_fft itself.
    n_fft = round(periods[np.isfinite(periods)].max(initial=1.0))
    complaint = f"the band period_steps = [{lower:g}, {upper:g}] holds no DFT bin at n_fft = {n_fft}"
    if upper < 2:
        return f"{complaint}, since no period below 2 steps can be seen: give a band above 2 steps"
    candidates = np.arange(n_fft + 1, n_fft + 1 + _N_FFT_SEARCH)
    # The lowest bin k whose period n_fft / k is no longer than the upper edge.
    lowest_bin = np.maximum(np.ceil(candidates / (upper * (1 + _EDGE_TOLERANCE))), 1)
    enough = candidates[(candidates / lowest_bin >= lower) & (2 * lowest_bin <= candidates)]
    longer = f"n_fft = {enough[0]} would do, or " if len(enough) else ""
    below, above = periods[periods < lower].max(initial=0.0), periods[periods > upper].min(initial=np.inf)
    nearest = " or ".join(f"{period:.6g}" for period in (below, above) if 0 < period < np.inf)
    wider = f"widen the band to a bin's period, such as {nearest} steps" if nearest else "widen the band"
    return f"{complaint}: {longer}{wider}"
