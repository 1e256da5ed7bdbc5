"""Lines in a spectrum by Thomson's harmonic F-test, and coherence, both with DPSS tapers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft

from folkprobe.refusal import Refusal
from folkprobe.signal.nulls import surrogate_p_values


@dataclass(frozen=True)
class HarmonicTest:
    """Thomson's F-test for a line at each frequency.

    Attributes
    ----------
    frequency_cycles_per_step : ndarray, shape (n_frequencies,)
        The bins of the sequence's own length that are farther than the tapers' half bandwidth from DC and Nyquist:
        nearer, a line's mirror image leaks in.
    f_statistic : ndarray, shape (n_frequencies, n_units)
        Under no line and a locally white spectrum, F with 2 and 2 n_tapers - 2 degrees of freedom.
    p_value : ndarray, shape (n_frequencies, n_units)
    """

    frequency_cycles_per_step: np.ndarray
    f_statistic: np.ndarray
    p_value: np.ndarray


def find_lines(sequences: np.ndarray, *, time_half_bandwidth: float = 3.0) -> HarmonicTest:
    """Test every frequency for a line.

    Parameters
    ----------
    sequences : ndarray, shape (n_steps, n_units)
        The mean is removed.
    time_half_bandwidth : float
        n_steps times the tapers' half bandwidth in cycles per step, at least 1.5; 2 of it less 1 tapers are used.

    Returns
    -------
    HarmonicTest
        A silent sequence has F = 0 and p = 1.

    Raises
    ------
    Refusal
        If the sequences are too short for the bandwidth.

    References
    ----------
    D. J. Thomson, Spectrum estimation and harmonic analysis, Proc. IEEE 70 (1982) 1055, section XIII; D. B. Percival
    and A. T. Walden, Spectral Analysis for Physical Applications, 1993, section 10.11.
    """
    tapers = _tapers(len(sequences), time_half_bandwidth)
    frequency, inside = _inner_bins(len(sequences), time_half_bandwidth)
    spectra = _tapered_spectra(sequences, tapers)[:, inside]
    sums = tapers.sum(axis=1)
    # The line's complex amplitude, by regression of the tapered spectra on the tapers' own values at frequency 0.
    amplitude = np.tensordot(sums, spectra, axes=1) / (sums @ sums)
    line = (sums @ sums) * np.abs(amplitude) ** 2
    residual = (np.abs(spectra - sums[:, np.newaxis, np.newaxis] * amplitude) ** 2).sum(axis=0)
    n = len(tapers) - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        f_statistic = np.where(line > 0, n * line / residual, 0.0)
    # The survival function of F with 2 and 2 n degrees of freedom has a closed form.
    return HarmonicTest(frequency, f_statistic, (1 + f_statistic / n) ** -n)


def band_line_p_values(
    tunes: Iterable[np.ndarray], period_steps: tuple[float, float], *, time_half_bandwidth: float = 3.0
) -> tuple[np.ndarray, int]:
    """Test each unit for a line in a band of periods, with a population of tunes as evidence.

    In one tune a line that falls between two bins is easily missed: of a noiseless period of 9 steps, 147 steps leave
    F = 12 where 144 steps give thousands. Tunes are independent, so their evidence can be combined.

    Parameters
    ----------
    tunes : iterable of ndarray, shape (n_steps, n_units)
        Of lengths of their own; the mean of each is removed.
    period_steps : (float, float)
        The band's lower and upper edge in steps, both included.
    time_half_bandwidth : float
        As for `find_lines`.

    Returns
    -------
    p_value : ndarray, shape (n_units,)
        In [0, 1], not adjusted for the number of units. 1 if no tune contributes.
    n_tunes : int
        How many tunes are long enough for the tapers and have a bin in the band; the others do not contribute.

    Notes
    -----
    A tune's p-value is the least of its bins in the band, times their number (Bonferroni); those of the tunes are
    combined by Fisher's method. The null is that of the F-test, no line in a spectrum that is smooth around the band.
    Surrogates that keep a unit's power spectrum cannot test this, since they keep its power in the band as well. A
    shuffle of the steps would destroy the unit's memory, not its period.

    References
    ----------
    R. A. Fisher, Statistical Methods for Research Workers, 4th edition, 1932, section 21.1.
    """
    # Imported here: it takes a tenth of a second, and only this needs it.
    from scipy.special import gammaincc

    lower, upper = period_steps
    n_units, log_p_values = 0, []
    for sequences in tunes:
        n_units = sequences.shape[1]
        if len(sequences) < _shortest(time_half_bandwidth):
            continue
        found = find_lines(sequences, time_half_bandwidth=time_half_bandwidth)
        periods = 1 / found.frequency_cycles_per_step
        p_values = found.p_value[(periods >= lower) & (periods <= upper)]
        if len(p_values):
            least = np.minimum(len(p_values) * p_values.min(axis=0), 1.0)
            # The F statistic of a noiseless line may be infinite.
            log_p_values.append(np.log(np.maximum(least, np.finfo(np.float64).tiny)))
    n_tunes = len(log_p_values)
    if n_tunes == 0:
        return np.ones(n_units), 0
    # The survival function of chi-squared with 2 n_tunes degrees of freedom, of -2 times the sum.
    return gammaincc(n_tunes, -np.sum(log_p_values, axis=0)), n_tunes


@dataclass(frozen=True)
class Coherence:
    """Coherence of units with the reference of their own tune, tested against the references of other tunes.

    Attributes
    ----------
    frequency_cycles_per_step : ndarray, shape (n_frequencies,)
        Of `find_lines`, for sequences of n_steps.
    coherence : ndarray, shape (n_frequencies, n_units)
        Magnitude-squared, in [0, 1], of the cross-spectra summed over tunes; 0 where either is silent.
    p_value : ndarray, shape (n_frequencies, n_units)
    n_tunes, n_steps : int
        Tunes that count, and the steps of each.
    """

    frequency_cycles_per_step: np.ndarray
    coherence: np.ndarray
    p_value: np.ndarray
    n_tunes: int
    n_steps: int


def pooled_coherence(
    tunes: Iterable[np.ndarray],
    references: Sequence[np.ndarray],
    *,
    time_half_bandwidth: float = 3.0,
    n_surrogates: int = 99,
    rng_seed: int = 0,
) -> Coherence:
    """Estimate the coherence of sequences with a reference over many tunes.

    Parameters
    ----------
    tunes : iterable of ndarray, shape (n_steps, n_units)
        Of lengths of their own. Each counts with its first steps, as many as half of the tunes have, so that the tapers
        are the same for all; shorter tunes do not count.
    references : sequence of ndarray, shape (n_steps,)
        One for each tune, of its length.
    time_half_bandwidth : float
        As for `find_lines`.
    n_surrogates : int
    rng_seed : int

    Returns
    -------
    Coherence

    Raises
    ------
    Refusal
        As `find_lines`, if half of the tunes are too short.

    Notes
    -----
    A surrogate hands the references out to the tunes anew, in an order drawn from all, each as likely. Under the null,
    a tune's reference says no more about its sequences than another's does. This keeps the rhythm of both, which a
    circular shift keeps as well, and their relation too: a periodic sequence is as coherent with a shifted periodic
    reference as with its own, within one tune. It also keeps what all tunes share. So a unit that counts the steps from
    the beginning cannot be told from one that follows the reference where that is at the same steps in every tune.
    """
    n_steps = int(np.median([len(reference) for reference in references]))
    tapers = _tapers(n_steps, time_half_bandwidth)
    frequency, inside = _inner_bins(n_steps, time_half_bandwidth)
    counts = [len(reference) >= n_steps for reference in references]
    cut = np.array([reference[:n_steps] for reference, long in zip(references, counts, strict=True) if long])
    of_references = _tapered_spectra(cut.T, tapers)[:, inside].conj()
    rng, n_tunes = np.random.default_rng(rng_seed), len(cut)
    # The data, then the surrogates.
    orders = np.array([np.arange(n_tunes), *(rng.permutation(n_tunes) for _ in range(n_surrogates))])
    cross, power, place = 0.0, 0.0, 0
    for sequences, long in zip(tunes, counts, strict=True):
        if long:
            spectra = _tapered_spectra(sequences[:n_steps], tapers)[:, inside]
            cross += of_references[:, :, orders[:, place]].transpose(1, 2, 0) @ spectra.transpose(1, 0, 2)
            power += (np.abs(spectra) ** 2).sum(axis=0)
            place += 1
    cross = np.abs(cross) ** 2
    power = (power * (np.abs(of_references) ** 2).sum(axis=(0, 2))[:, np.newaxis])[:, np.newaxis]
    observed, *surrogates = np.divide(cross, power, out=np.zeros_like(cross), where=power > 0).swapaxes(0, 1)
    # The data's own order may be drawn again, and then differ in the last digits.
    p_value = surrogate_p_values(observed * (1 - 1e-9), surrogates)
    return Coherence(frequency, observed, p_value, n_tunes, n_steps)


def _tapers(n_steps: int, time_half_bandwidth: float) -> np.ndarray:
    # Imported here: scipy.signal takes a second.
    from scipy.signal.windows import dpss

    n_tapers = int(2 * time_half_bandwidth) - 1
    if n_tapers < 2:
        raise Refusal(f"time_half_bandwidth = {time_half_bandwidth} leaves {n_tapers} tapers: give 1.5 or more")
    if n_steps < _shortest(time_half_bandwidth):
        raise Refusal(
            f"a sequence of {n_steps} steps is too short for time_half_bandwidth = {time_half_bandwidth}: give less"
        )
    return dpss(n_steps, time_half_bandwidth, Kmax=n_tapers)


def _shortest(time_half_bandwidth: float) -> float:
    """Return the number of steps below which no bin is far enough from DC and Nyquist."""
    return 4 * time_half_bandwidth + 2


def _inner_bins(n_steps: int, time_half_bandwidth: float) -> tuple[np.ndarray, np.ndarray]:
    frequency = scipy.fft.rfftfreq(n_steps)
    half_bandwidth = time_half_bandwidth / n_steps
    inside = np.flatnonzero((frequency > half_bandwidth) & (frequency < 0.5 - half_bandwidth))
    return frequency[inside], inside


def _tapered_spectra(sequences: np.ndarray, tapers: np.ndarray) -> np.ndarray:
    """Return the transform of each tapered sequence, shape (n_tapers, n_steps // 2 + 1, n_units)."""
    centred = np.asarray(sequences, dtype=np.float64)
    # A constant must become exactly zero.
    centred = np.where(np.ptp(centred, axis=0) > 0, centred - centred.mean(axis=0), 0.0)
    return scipy.fft.rfft(tapers[:, :, np.newaxis] * centred, axis=1)
