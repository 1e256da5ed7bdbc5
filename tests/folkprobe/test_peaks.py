"""Peaks of signals whose lines are known, and those that the window makes."""

import numpy as np
import pytest

from folkprobe.signal.peaks import find_peaks
from folkprobe.signal.spectrum import MeanCurve, mean_over_units, power_spectrum

N_STEPS = 147


def peaks_of(sequence, window="hann", n_fft=4096):
    spectrum = power_spectrum(np.atleast_2d(sequence).T, window=window, n_fft=n_fft)
    return find_peaks(mean_over_units(spectrum), window=window, n_steps=len(sequence))


def real(peaks):
    return [peak for peak in peaks if peak.verdict == "real"]


@pytest.mark.parametrize("window", ["hann", "rect"])
def test_a_constant_has_one_real_peak_and_sidelobes(window):
    peaks = peaks_of(np.full(N_STEPS, 0.7), window)
    assert [peak.period_steps for peak in real(peaks)] == [np.inf]
    assert real(peaks)[0].level_db == pytest.approx(20 * np.log10(0.7))
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
    found = real(peaks_of(sequence))
    assert [peak.period_steps for peak in found] == pytest.approx([np.inf, 36, 8.8, 2.25], rel=4e-3)
    for peak, amplitude in zip(found[1:], tones.values(), strict=True):
        assert peak.level_re_dc_db == pytest.approx(20 * np.log10(amplitude / 2 / 0.9), abs=0.05)
        assert peak.level_re_leakage_db > 20
    assert found[0].nearest_larger_period_steps != found[0].nearest_larger_period_steps  # the largest has none


def test_a_line_below_the_rectangles_sidelobes_is_not_believed_but_the_hann_window_shows_it():
    step = np.arange(N_STEPS)
    sequence = np.cos(2 * np.pi * step / 8.8) + 0.01 * np.cos(2 * np.pi * step / 4.5)
    assert len(real(peaks_of(sequence, "rect"))) == 1
    found = real(peaks_of(sequence))
    assert [peak.period_steps for peak in found] == pytest.approx([8.8, 4.5], rel=2e-3)
    assert found[1].nearest_larger_period_steps == found[0].period_steps


def test_level_above_the_nearest_larger_peaks_sidelobe():
    # Part 7 asks whether a peak at 7 steps is a sidelobe of one at 8.8: a Hann window leaves -49 dB there.
    step = np.arange(N_STEPS)
    sequence = np.cos(2 * np.pi * step / 8.8) + 0.1 * np.cos(2 * np.pi * step / 7)
    (peak,) = [peak for peak in real(peaks_of(sequence)) if 6.9 < peak.period_steps < 7.1]
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
