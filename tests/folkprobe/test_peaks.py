"""Peaks of signals whose lines are known, those that the window makes, and those of noise."""

import numpy as np
import pytest

from folkprobe.signal.nulls import autoregressive, shuffled
from folkprobe.signal.peaks import find_peaks, largest_prominence, prominence_bound
from folkprobe.signal.spectrum import MeanCurve, mean_over_units, power_spectrum

N_STEPS = 147


def peaks_of(sequence, window="hann", n_fft=4096):
    spectrum = power_spectrum(np.atleast_2d(sequence).T, window=window, n_fft=n_fft)
    return find_peaks(mean_over_units(spectrum), window=window, n_steps=len(sequence))


def no_sidelobes(peaks):
    return [peak for peak in peaks if peak.verdict == "not a sidelobe"]


@pytest.mark.parametrize("window", ["hann", "rect"])
def test_a_constant_has_one_peak_and_sidelobes(window):
    peaks = peaks_of(np.full(N_STEPS, 0.7), window)
    assert [peak.period_steps for peak in no_sidelobes(peaks)] == [np.inf]
    assert no_sidelobes(peaks)[0].level_db == pytest.approx(20 * np.log10(0.7))
    assert len(peaks) > 50


def test_the_puzzling_peak_of_60_steps_is_the_second_sidelobe_of_dc():
    peaks = peaks_of(np.ones(N_STEPS), "rect", n_fft=1 << 16)
    second = peaks[2]
    assert second.period_steps == pytest.approx(59.78, abs=0.01)
    assert second.level_re_dc_db == pytest.approx(-17.83, abs=0.01)
    assert second.level_re_sidelobe_db < 6
    assert second.verdict == "sidelobe"


def test_lines_are_found_at_their_periods_and_levels():
    step = np.arange(N_STEPS)
    tones = {36: 0.2, 8.8: 0.3, 2.25: 0.1}
    sequence = 0.9 + sum(a * np.cos(2 * np.pi * step / p + p) for p, a in tones.items())
    found = no_sidelobes(peaks_of(sequence))
    assert [peak.period_steps for peak in found] == pytest.approx([np.inf, 36, 8.8, 2.25], rel=4e-3)
    for peak, amplitude in zip(found[1:], tones.values(), strict=True):
        assert peak.level_re_dc_db == pytest.approx(20 * np.log10(amplitude / 2 / 0.9), abs=0.05)
        assert peak.level_re_leakage_db > 20
    assert found[0].nearest_larger_period_steps != found[0].nearest_larger_period_steps  # the largest has none


def test_a_line_below_the_rectangles_sidelobes_is_not_believed_but_the_hann_window_shows_it():
    step = np.arange(N_STEPS)
    sequence = np.cos(2 * np.pi * step / 8.8) + 0.01 * np.cos(2 * np.pi * step / 4.5)
    assert len(no_sidelobes(peaks_of(sequence, "rect"))) == 1
    found = no_sidelobes(peaks_of(sequence))
    assert [peak.period_steps for peak in found] == pytest.approx([8.8, 4.5], rel=2e-3)
    assert found[1].nearest_larger_period_steps == found[0].period_steps


def test_level_above_the_nearest_larger_peaks_sidelobe():
    # Part 7 asks whether a peak at 7 steps is a sidelobe of one at 8.8: a Hann window leaves -49 dB there.
    step = np.arange(N_STEPS)
    sequence = np.cos(2 * np.pi * step / 8.8) + 0.1 * np.cos(2 * np.pi * step / 7)
    (peak,) = [peak for peak in no_sidelobes(peaks_of(sequence)) if 6.9 < peak.period_steps < 7.1]
    assert 25 < peak.level_re_sidelobe_db < 32
    assert peak.level_re_leakage_db <= peak.level_re_sidelobe_db


def test_prominence_is_the_height_above_the_higher_valley():
    level = np.array([0, -10, -4, -6, -3, -20, -8, -9])
    curve = MeanCurve(np.linspace(0, 0.5, 8), 10 ** (level / 20), np.zeros(8), "over units", 3)
    peaks = find_peaks(curve, window="hann", n_steps=14)
    assert [peak.prominence_db for peak in peaks] == pytest.approx([20, 2, 7, 1])


@pytest.mark.parametrize("mean", [np.zeros(5), np.full(5, np.nan)])
def test_silence_and_layers_without_units_have_no_peak(mean):
    assert find_peaks(MeanCurve(np.linspace(0, 0.5, 5), mean, mean, "over units", 0), window="hann", n_steps=8) == []


N_SURROGATES = 19


def noise(rng, coefficient=0.0, shared=0.5, n_units=16):
    """First-order autoregressive units with means of their own, which share some of their noise at each step.

    The average over independent units has smaller peaks.
    """
    shared_noise = rng.normal(size=(N_STEPS + 50, 4)) @ rng.normal(size=(4, n_units), scale=shared)
    sequences = rng.normal(size=shared_noise.shape) + shared_noise
    for step in range(1, len(sequences)):
        sequences[step] += coefficient * sequences[step - 1]
    return sequences[-N_STEPS:] + 3 * rng.normal(size=n_units)


def above_noise(sequences, surrogate, rng, window="rect"):
    """Periods of the peaks above the bound of surrogates; under a rectangle, sidelobes are the higher."""

    def peaks_of_units(sequences):
        curve = mean_over_units(power_spectrum(sequences, window=window, n_fft=300))
        return find_peaks(curve, window=window, n_steps=len(sequences))

    drawn = [largest_prominence(peaks_of_units(surrogate(sequences, rng))) for _ in range(N_SURROGATES)]
    bound = prominence_bound(np.array(drawn))
    return [p.period_steps for p in peaks_of_units(sequences) if p.is_tested and p.prominence_db > bound]


@pytest.mark.parametrize(
    ("surrogate", "coefficient"),
    [(shuffled, 0.0), (autoregressive, 0.0), (autoregressive, 0.8), (autoregressive, -0.6)],
)
def test_noise_has_a_peak_above_its_bound_in_one_run_of_twenty(surrogate, coefficient):
    """By chance in 2 of 40, in 7 or more once in 300 trials. benchmarks/peaks.py has the full size."""
    rng = np.random.default_rng(4)
    n_found = sum(bool(above_noise(noise(rng, coefficient), surrogate, rng)) for _ in range(40))
    assert n_found <= 6


@pytest.mark.parametrize("surrogate", [shuffled, autoregressive])
def test_a_comb_of_nine_steps_shows_all_its_harmonics(surrogate):
    """As in 10 and 9 of 10 other runs; the mean of 16 units is too rough for it. benchmarks/peaks.py has more."""
    rng = np.random.default_rng(5)
    sequences = noise(rng, shared=0.0, n_units=64)
    magnitude = mean_over_units(power_spectrum(sequences - sequences.mean(axis=0), window="hann")).mean
    # Of amplitude a, a line's magnitude is a / 2: here 6 dB above the noise.
    lines = np.cos(2 * np.pi * np.outer(np.arange(N_STEPS), np.arange(1, 5)) / 9 + rng.uniform(0, 6, 4)).sum(axis=1)
    sequences += 2 * 10 ** (6 / 20) * np.median(magnitude) * lines[:, np.newaxis]
    found = above_noise(sequences, surrogate, rng, window="hann")
    for period in (9, 4.5, 3, 2.25):
        assert min(abs(1 / np.array(found) - 1 / period)) < 0.5 / N_STEPS


def test_the_bound_is_a_rank():
    """Of 19 surrogates the largest, of 199 the tenth largest: data exchangeable with them exceed it in 1 of 20."""
    rng = np.random.default_rng(6)
    assert prominence_bound(rng.permutation(np.arange(1.0, 20))) == 19
    assert prominence_bound(rng.permutation(np.arange(1.0, 200))[:, np.newaxis]) == pytest.approx([190])


def test_neither_dc_nor_a_sidelobe_is_tested():
    constant = peaks_of(np.full(N_STEPS, 0.7), "rect")
    assert max(peak.prominence_db for peak in constant) > 20
    assert largest_prominence(constant) == 0
