"""Analysis windows: their values, their spectra, and the periods that their lobes cover."""

from collections.abc import Callable

import numpy as np

from folkprobe.refusal import Refusal

# Each Hann window is a stretch of one raised cosine: the index of its first sample, and the cosine's period less
# n_steps. "hann" is scipy's hann(N, sym=False), "hann_symmetric" its hann(N), "hanning" MATLAB's: hann(N + 2)[1:-1].
_HANN = {"hann": (0, 0), "hann_symmetric": (0, -1), "hanning": (1, 1)}
WINDOWS = ("rect", *_HANN)

# The main lobe ends where it is down by 6 dB, not by a factor of 2 (6.0206 dB), which moves the edge by 0.15 %.
MAIN_LOBE_EDGE_DB = -6.0


def window_values(window: str, n_steps: int) -> np.ndarray:
    """Return the values of an analysis window.

    Parameters
    ----------
    window : {"rect", "hann", "hann_symmetric", "hanning"}
        "hann" is periodic; "hanning" is MATLAB's, which leaves out the two zeros at the ends of hann(n_steps + 2).
    n_steps : int
        Length, at least 1. Every window of one step is 1, as in scipy.

    Returns
    -------
    ndarray, shape (n_steps,)
        Between 0 and 1, float64.

    Raises
    ------
    Refusal
        If the window is unknown, n_steps is below 1, or the window is zero throughout (hann_symmetric of 2 steps).
    """
    if window not in WINDOWS:
        raise Refusal(f"window {window!r} is unknown: choose one of {', '.join(WINDOWS)}")
    if n_steps < 1:
        raise Refusal(f"a window of n_steps = {n_steps} steps does not exist: give at least 1 step")
    if window == "rect" or n_steps == 1:
        return np.ones(n_steps)
    first, _ = _HANN[window]
    values = 0.5 - 0.5 * np.cos(2 * np.pi * (first + np.arange(n_steps)) / _cosine_period(window, n_steps))
    if not values.any():
        raise Refusal(f"window {window!r} is zero throughout at n_steps = {n_steps}: give at least 3 steps")
    return values


def window_spectrum_db(window: str, n_steps: int, frequency_cycles_per_step: np.ndarray | float) -> np.ndarray:
    """Evaluate the magnitude spectrum of a window at any frequency.

    Parameters
    ----------
    window, n_steps
        As for `window_values`.
    frequency_cycles_per_step : array_like
        Any shape and any real value; the spectrum is even and repeats with period 1.

    Returns
    -------
    ndarray, same shape
        20 log10 |W(f) / W(0)| in dB, W(f) = sum_n w[n] exp(-j 2 pi f n); -inf at a null that rounding leaves at 0.
    """
    response, _ = _zero_phase_response(window, n_steps)
    with np.errstate(divide="ignore"):
        return 20 * np.log10(np.abs(response(frequency_cycles_per_step)))


def first_null(window: str, n_steps: int) -> float:
    """Return the lowest frequency at which a window's spectrum is zero.

    Parameters
    ----------
    window, n_steps
        As for `window_values`.

    Returns
    -------
    float
        In cycles per step, in (0, 0.5]: 1 / n_steps for the rectangle, 2 / M for a Hann window whose cosine has
        period M (n_steps for "hann", n_steps - 1 for "hann_symmetric", n_steps + 1 for "hanning").

    Raises
    ------
    Refusal
        If the window has a single non-zero value, since its spectrum is flat.
    """
    if np.count_nonzero(window_values(window, n_steps)) < 2:
        raise Refusal(f"window {window!r} of n_steps = {n_steps} has a flat spectrum without lobes: give more steps")
    if window == "rect":
        return 1 / n_steps
    # A cosine of period 3 has its two values left, whose only null is at Nyquist.
    return min(2 / _cosine_period(window, n_steps), 0.5)


def main_lobe_half_width(window: str, n_steps: int, *, level_db: float = MAIN_LOBE_EDGE_DB) -> float:
    """Return the frequency at which a window's main lobe is down to a level.

    Parameters
    ----------
    window, n_steps
        As for `window_values`.
    level_db : float
        Below 0, in dB re the lobe's peak.

    Returns
    -------
    float
        In cycles per step; the width of the main lobe is twice this.

    Raises
    ------
    Refusal
        If the window has no main lobe, as in `first_null`.
    """
    null = first_null(window, n_steps)
    response, _ = _zero_phase_response(window, n_steps)
    return _root(lambda frequency: response(frequency) - 10 ** (level_db / 20), 0.0, null)


def first_sidelobe(window: str, n_steps: int) -> tuple[float, float]:
    """Find the peak of a window's first sidelobe.

    Parameters
    ----------
    window, n_steps
        As for `window_values`.

    Returns
    -------
    frequency : float
        In cycles per step, in (0, 0.5].
    level_db : float
        20 log10 |W(frequency) / W(0)|, in dB.

    Raises
    ------
    Refusal
        If the main lobe reaches to Nyquist (very short windows).
    """
    return sidelobe(window, n_steps, 1)


def sidelobe(window: str, n_steps: int, number: int) -> tuple[float, float]:
    """Find the peak of one of a window's sidelobes.

    Parameters
    ----------
    window, n_steps
        As for `window_values`.
    number : int
        Which sidelobe, counted from 1 outward from the main lobe.

    Returns
    -------
    frequency : float
        In cycles per step, in (0, 0.5].
    level_db : float
        20 log10 |W(frequency) / W(0)|, in dB.

    Raises
    ------
    Refusal
        If the window has fewer sidelobes below 0.5.
    """
    if number < 1:
        raise Refusal(f"there is no sidelobe number {number}: the first is 1")
    spacing = 1 / (n_steps if window == "rect" else _cosine_period(window, n_steps))
    null = first_null(window, n_steps) + (number - 1) * spacing
    if null >= 0.5:
        few = f"no sidelobe number {number}" if number > 1 else "no sidelobe"
        raise Refusal(f"window {window!r} of n_steps = {n_steps} has {few} below 0.5: give more steps")
    response, slope = _zero_phase_response(window, n_steps)
    # The peak is where the slope first turns; the root of the slope is good to rounding, a maximum only to its square
    # root.
    grid = np.linspace(null, null + 1 / n_steps, 65)
    rising = slope(grid) > 0
    turn = int(np.argmax(rising != rising[0]))
    frequency = min(_root(slope, grid[turn - 1], grid[turn]), 0.5)
    return frequency, 20 * float(np.log10(abs(response(frequency))))


def main_lobe_support(window: str, n_steps: int, period_steps: float) -> tuple[float, float]:
    """Return the periods between which a line of one period is smeared by the window's main lobe.

    Parameters
    ----------
    window, n_steps
        As for `window_values`.
    period_steps : float
        Period of the line, > 0; inf is DC.

    Returns
    -------
    lower, upper : float
        In steps: 1 / (1/p + h) and 1 / (1/p - h), with h the `main_lobe_half_width`. `upper` is inf if the lobe
        reaches to DC. A frequency above 0.5 folds to 1 - f; the lobe then also covers the periods from 2 to `lower`.

    Raises
    ------
    Refusal
        If the period is not positive or the window has no main lobe.
    """
    return periods_beside(period_steps, main_lobe_half_width(window, n_steps))


def first_sidelobes(window: str, n_steps: int, period_steps: float) -> tuple[float, float]:
    """Return the periods at which a line of one period has its first sidelobes.

    Parameters
    ----------
    window, n_steps
        As for `window_values`.
    period_steps : float
        Period of the line, > 0; inf is DC.

    Returns
    -------
    lower, upper : float
        In steps: 1 / (1/p + f_s) and 1 / (1/p - f_s), with f_s the frequency of `first_sidelobe`. `upper` is inf if
        that sidelobe lies at DC or beyond. A frequency above 0.5 folds to 1 - f.

    Raises
    ------
    Refusal
        If the period is not positive or the window has no sidelobe.
    """
    frequency, _ = first_sidelobe(window, n_steps)
    return periods_beside(period_steps, frequency)


def periods_beside(period_steps: float, distance_cycles_per_step: float) -> tuple[float, float]:
    """Return the periods at a distance in frequency above and below that of a period.

    Parameters
    ----------
    period_steps : float
        > 0; inf is DC.
    distance_cycles_per_step : float

    Returns
    -------
    lower, upper : float
        In steps; `upper` is inf if the distance reaches to DC. A frequency above 0.5 folds to 1 - f.

    Raises
    ------
    Refusal
        If the period is not positive.
    """
    if not period_steps > 0:
        raise Refusal(f"period_steps = {period_steps} is not a period: give a positive number of steps, or inf for DC")
    centre = _folded(1 / period_steps)
    lower = centre - distance_cycles_per_step
    return 1 / _folded(centre + distance_cycles_per_step), 1 / lower if lower > 0 else np.inf


def _folded(frequency: float) -> float:
    return abs(frequency - round(frequency))


def _cosine_period(window: str, n_steps: int) -> int:
    _, excess = _HANN[window]
    return n_steps + excess


def _zero_phase_response(
    window: str, n_steps: int
) -> tuple[Callable[[np.ndarray | float], np.ndarray], Callable[[np.ndarray | float], np.ndarray]]:
    """Return W(f) / W(0) and its derivative as functions of the frequency, the phase of its middle removed.

    Every window here is symmetric once the zeros at its ends are gone, so what is left is real and changes sign at
    each null: a root finder can work on it, as it could not on the magnitude.
    """
    weights = np.trim_zeros(window_values(window, n_steps))
    weights = weights / weights.sum()
    angle = 2 * np.pi * (np.arange(len(weights)) - (len(weights) - 1) / 2)

    def response(frequency: np.ndarray | float) -> np.ndarray:
        return np.cos(np.multiply.outer(frequency, angle)) @ weights

    def slope(frequency: np.ndarray | float) -> np.ndarray:
        return -np.sin(np.multiply.outer(frequency, angle)) @ (angle * weights)

    return response, slope


def _root(function: Callable[[float], float], lower: float, upper: float) -> float:
    # Imported here: spectra need the windows' values only, and scipy.optimize takes longer to import than numpy.
    from scipy.optimize import brentq

    return brentq(function, lower, upper, xtol=1e-16, rtol=1e-15)
