"""Power spectra of hidden states: of one tune, and their mean over a population of tunes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from folkprobe.refusal import Refusal
from folkprobe.signal.window import window_values


@dataclass(frozen=True)
class Spectrum:
    """One-sided power of every unit of a layer, of one tune or averaged over several.

    Attributes
    ----------
    frequency_cycles_per_step : ndarray, shape (n_frequencies,)
        k / n_fft, from 0 to at most 0.5.
    power : ndarray, shape (n_frequencies, n_units)
        Scaled as in `power_spectrum`.
    window : str
        Name of the analysis window; each tune has one of its own length.
    n_fft : int
        Length of the transform; a shorter tune is padded with zeros after its window.
    n_tunes : int
        How many tunes `power` is the mean of, each weighing the same.
    n_steps : int
        Length of the tune, or of all tunes together.
    """

    frequency_cycles_per_step: np.ndarray
    power: np.ndarray
    window: str
    n_fft: int
    n_tunes: int
    n_steps: int

    @property
    def magnitude(self) -> np.ndarray:
        """Magnitude |X_k| = sqrt(P_k / c_k), two-sided: a sinusoid of amplitude a has a / 2, a constant m has |m|.

        Shape (n_frequencies, n_units). For several tunes this is the root of the mean square over tunes.
        """
        return np.sqrt(self.power / sidedness(self.n_fft)[:, np.newaxis])


@dataclass(frozen=True)
class MeanCurve:
    """Mean magnitude spectrum of a layer, with one standard error.

    Attributes
    ----------
    frequency_cycles_per_step : ndarray, shape (n_frequencies,)
        k / n_fft, from 0 to at most 0.5.
    mean : ndarray, shape (n_frequencies,)
        Mean of the magnitude |X_k| (see `Spectrum.magnitude`); nan throughout for a layer without units.
    standard_error : ndarray, shape (n_frequencies,)
        Of the mean, over what `kind` names, ddof = 1; nan for n < 2.
    kind : {"over units", "over tunes"}
        "over units": one tune, the mean over the units of a layer, as in part 7 of the articles; descriptive, since
        units are dependent. "over tunes": that mean of each tune, averaged over independent tunes.
    n : int
        How many units or tunes the standard error is over.
    """

    frequency_cycles_per_step: np.ndarray
    mean: np.ndarray
    standard_error: np.ndarray
    kind: Literal["over units", "over tunes"]
    n: int

    def level_db(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return 20 log10 of the mean, and of one standard error below and above it, in dB.

        Returns
        -------
        level, lower, upper : ndarray, shape (n_frequencies,)
            -inf where the magnitude is not above 0, as below a mean that is smaller than its standard error; nan
            where the curve or its standard error is.
        """
        bounds = (self.mean, self.mean - self.standard_error, self.mean + self.standard_error)
        with np.errstate(divide="ignore"):
            return tuple(20 * np.log10(np.maximum(bound, 0)) for bound in bounds)


def power_spectrum(hidden_state: np.ndarray, *, window: str = "hann", n_fft: int | None = None) -> Spectrum:
    """Estimate the power spectrum of every unit over one tune.

    Parameters
    ----------
    hidden_state : ndarray, shape (n_steps, n_units)
        One column a unit; any real sequences will do. The mean is not removed.
    window : str
        As for `folkprobe.signal.window.window_values`, over the n_steps of the tune.
    n_fft : int, optional
        Length of the transform, at least n_steps; None is n_steps, without padding. The windowed tune is padded with
        zeros at its end: a finer frequency grid, but no finer resolution.

    Returns
    -------
    Spectrum
        float64. P_k = c_k |X_k|^2 with X_k = sum_n w[n] h[n] exp(-j 2 pi k n / n_fft) / sum_n w[n]; c_k is 2 but at
        DC and, for even n_fft, at Nyquist, where it is 1. A sinusoid of amplitude a on a bin has power a^2 / 2 there,
        and sum_k P_k = n_fft sum_n (w[n] h[n])^2 / (sum_n w[n])^2 (Parseval).

    Raises
    ------
    Refusal
        If the array is not two-dimensional with at least one step, holds a value that is not finite or not real, or
        n_fft is less than n_steps.
    """
    if np.iscomplexobj(hidden_state):
        raise Refusal("hidden_state holds complex numbers: a one-sided spectrum is of real sequences")
    hidden_state = np.asarray(hidden_state, dtype=np.float64)
    n_steps = _checked_n_steps(hidden_state)
    n_fft = n_steps if n_fft is None else n_fft
    _check_n_fft(n_fft, n_steps)
    padded = np.zeros((hidden_state.shape[1], n_fft))
    power = sidedness(n_fft) * _magnitude(hidden_state, window, padded) ** 2
    return Spectrum(np.fft.rfftfreq(n_fft), power.T, window, n_fft, n_tunes=1, n_steps=n_steps)


def mean_over_units(spectrum: Spectrum) -> MeanCurve:
    """Average the magnitude spectrum of one tune over the units of a layer.

    Parameters
    ----------
    spectrum : Spectrum
        Of one tune.

    Returns
    -------
    MeanCurve
        Of kind "over units": mean and standard error over the units, at each frequency.

    Raises
    ------
    Refusal
        If the spectrum is a mean over several tunes.
    """
    if spectrum.n_tunes != 1:
        raise Refusal(
            f"a band over units describes one tune, and this spectrum is the mean of {spectrum.n_tunes}: "
            "take PopulationSpectrum.mean_curve() for the band over tunes"
        )
    magnitude = spectrum.magnitude
    n_units = magnitude.shape[1]
    mean = _mean_over_units(magnitude.T)
    squares = ((magnitude - mean[:, np.newaxis]) ** 2).sum(axis=1)
    return MeanCurve(
        spectrum.frequency_cycles_per_step, mean, _standard_error(squares, n_units), kind="over units", n=n_units
    )


class PopulationSpectrum:
    """Mean spectra over a population of tunes, added one by one in constant memory.

    Tunes of different lengths share one frequency grid: each has a window of its own length, normalised by its own
    sum, and is padded with zeros to `n_fft`, so a line keeps its power whatever the length, while its main lobe is
    wider in a shorter tune. float32 states are transformed in float32, twice as fast; all sums are float64.

    Parameters
    ----------
    window : str
        As for `folkprobe.signal.window.window_values`.
    n_fft : int
        Length of the transform, at least that of the longest tune or segment.
    n_segment_steps : int, optional
        Cut each tune into segments of this length, half of each in the next (Welch), and let it contribute their mean:
        the same resolution for all tunes, in place of a main lobe that is wider in shorter ones. What is left at a
        tune's end is not used; a tune shorter than a segment contributes nothing and is not counted.
    """

    def __init__(self, *, window: str = "hann", n_fft: int = 1024, n_segment_steps: int | None = None) -> None:
        window_values(window, n_segment_steps or n_fft)  # refuses an unknown name now, not at the first tune
        self.n_segment_steps = n_segment_steps
        self.window = window
        self.n_fft = n_fft
        self.n_tunes = 0
        self.n_steps = 0
        self._padded = np.zeros((0, 0))
        self._n_steps_in_padded = 0
        self._power_sum = np.zeros((0, 0))
        self._curve_mean = np.zeros(n_fft // 2 + 1)
        self._curve_squares = np.zeros(n_fft // 2 + 1)

    def add(self, hidden_state: np.ndarray) -> None:
        """Add one tune.

        Parameters
        ----------
        hidden_state : ndarray, shape (n_steps, n_units)
            As for `power_spectrum`; n_units as in the tunes before, 0 included.

        Raises
        ------
        Refusal
            As `power_spectrum`, and if n_units changes. The tune is then not counted.
        """
        hidden_state = np.asarray(hidden_state)
        if hidden_state.dtype != np.float32:
            hidden_state = hidden_state.astype(np.float64, copy=False)
        n_steps = _checked_n_steps(hidden_state)
        segments = [hidden_state] if self.n_segment_steps is None else _segments(hidden_state, self.n_segment_steps)
        if not segments:
            return
        _check_n_fft(self.n_fft, len(segments[0]))
        n_units = hidden_state.shape[1]
        if self.n_tunes == 0:
            self._power_sum = np.zeros((n_units, self.n_fft // 2 + 1))
        elif n_units != len(self._power_sum):
            raise Refusal(
                f"tune {self.n_tunes} has {n_units} units where the tunes before have {len(self._power_sum)}: "
                "accumulate each layer of each checkpoint by itself"
            )
        curve = np.zeros(self.n_fft // 2 + 1)
        for segment in segments:
            magnitude = _magnitude(segment, self.window, self._padding(segment))
            curve += _mean_over_units(magnitude) / len(segments)
            np.square(magnitude, out=magnitude)
            # A division by 1 would still cost a pass.
            self._power_sum += magnitude if len(segments) == 1 else magnitude / len(segments)
        self.n_tunes += 1
        self.n_steps += n_steps
        # Welford, Technometrics 4 (1962) 419: no cancellation, and one pass.
        deviation = curve - self._curve_mean
        self._curve_mean += deviation / self.n_tunes
        self._curve_squares += deviation * (curve - self._curve_mean)

    def spectrum(self) -> Spectrum:
        """Return the mean power of each unit over tunes of equal weight; a Refusal if no tune was added."""
        self._check_n_tunes()
        power = sidedness(self.n_fft) * (self._power_sum / self.n_tunes)
        return Spectrum(np.fft.rfftfreq(self.n_fft), power.T, self.window, self.n_fft, self.n_tunes, self.n_steps)

    def mean_curve(self) -> MeanCurve:
        """Return the mean over tunes of the mean magnitude over units; a Refusal if no tune was added."""
        self._check_n_tunes()
        return MeanCurve(
            np.fft.rfftfreq(self.n_fft),
            self._curve_mean.copy(),
            _standard_error(self._curve_squares, self.n_tunes),
            kind="over tunes",
            n=self.n_tunes,
        )

    def _padding(self, hidden_state: np.ndarray) -> np.ndarray:
        """Return an array of zeros for the transform, shape (n_units, n_fft), the same one from tune to tune."""
        n_steps, n_units = hidden_state.shape
        if self._padded.shape != (n_units, self.n_fft) or self._padded.dtype != hidden_state.dtype:
            self._padded = np.zeros((n_units, self.n_fft), hidden_state.dtype)
        else:
            self._padded[:, n_steps : self._n_steps_in_padded] = 0
        self._n_steps_in_padded = n_steps
        return self._padded

    def _check_n_tunes(self) -> None:
        if self.n_tunes == 0:
            raise Refusal(
                "no tune, or none as long as a segment, was added to this population spectrum: add at least one"
            )


def normalise_curves(layers: Sequence[MeanCurve], softmax: MeanCurve) -> tuple[list[MeanCurve], MeanCurve]:
    """Scale mean curves as part 7 of the articles does, to be drawn in one figure.

    Parameters
    ----------
    layers : sequence of MeanCurve
        Of layer 1, 2, 3.
    softmax : MeanCurve
        Of the softmax output.

    Returns
    -------
    layers : list of MeanCurve
        All divided by the maximum of layer 1's mean. Where layer 1 is silent or has no unit left, the first layer
        that is neither takes its place.
    softmax : MeanCurve
        Divided by the maximum of its own mean.
    """
    maximum = next((peak for peak in map(_peak, layers) if peak > 0), 1.0)
    return [_divided(curve, maximum) for curve in layers], _divided(softmax, _peak(softmax) or 1.0)


def _peak(curve: MeanCurve) -> float:
    return float(np.nan_to_num(curve.mean, nan=0.0).max())


def _divided(curve: MeanCurve, divisor: float) -> MeanCurve:
    return MeanCurve(
        curve.frequency_cycles_per_step, curve.mean / divisor, curve.standard_error / divisor, curve.kind, curve.n
    )


def _checked_n_steps(hidden_state: np.ndarray) -> int:
    if hidden_state.ndim != 2 or hidden_state.shape[0] == 0:
        raise Refusal(f"hidden_state has shape {hidden_state.shape}: give (n_steps, n_units) with at least one step")
    if not np.isfinite(hidden_state).all():
        step, unit_index = np.argwhere(~np.isfinite(hidden_state))[0]
        raise Refusal(
            f"hidden_state holds {hidden_state[step, unit_index]} at step {step}, unit {unit_index}: "
            "capture it again from a checkpoint whose weights are finite"
        )
    return hidden_state.shape[0]


def _check_n_fft(n_fft: int, n_steps: int) -> None:
    if n_fft < n_steps:
        raise Refusal(f"n_fft = {n_fft} would cut off a tune of n_steps = {n_steps}: give n_fft = {n_steps} or more")


def _magnitude(hidden_state: np.ndarray, window: str, padded: np.ndarray) -> np.ndarray:
    """Return |X_k|, shape (n_units, n_frequencies); `padded`, shape (n_units, n_fft), is zero beyond the tune's length.

    Units come first here: transforms along contiguous memory take half the time of transforms along axis 0.
    """
    n_steps = hidden_state.shape[0]
    values = window_values(window, n_steps)
    values /= values.sum()
    np.multiply(hidden_state.T, values.astype(padded.dtype), out=padded[:, :n_steps])
    # Imported here: it takes a fifth of a second, which every plot of a stored spectrum would pay.
    import scipy.fft

    return np.abs(scipy.fft.rfft(padded, axis=1))


def _segments(hidden_state: np.ndarray, n_segment_steps: int) -> list[np.ndarray]:
    hop = max(n_segment_steps // 2, 1)
    starts = range(0, len(hidden_state) - n_segment_steps + 1, hop)
    return [hidden_state[start : start + n_segment_steps] for start in starts]


def sidedness(n_fft: int) -> np.ndarray:
    """Return c_k, shape (n_fft // 2 + 1,): 2, but 1 at DC and, for even n_fft, at Nyquist."""
    counts = np.full(n_fft // 2 + 1, 2.0)
    counts[0] = 1
    if n_fft % 2 == 0:
        counts[-1] = 1
    return counts


def _mean_over_units(magnitude: np.ndarray) -> np.ndarray:
    """Average over axis 0; nan for no unit, without numpy's warning."""
    n_units, n_frequencies = magnitude.shape
    return magnitude.mean(axis=0, dtype=np.float64) if n_units else np.full(n_frequencies, np.nan)


def _standard_error(squares: np.ndarray, n: int) -> np.ndarray:
    """Return the standard error of a mean from the sum of n squared deviations; nan for n < 2."""
    return np.sqrt(squares / (n * (n - 1))) if n > 1 else np.full(len(squares), np.nan)
