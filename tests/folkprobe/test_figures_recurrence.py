"""What the figure of peaks and recurrences shows."""

import numpy as np
import pytest

from folkprobe.figures.page import new_figure
from folkprobe.figures.recurrence import draw_class_spectra, draw_peaks, draw_phrase_lags
from folkprobe.signal.spectrum import MeanCurve


@pytest.fixture
def ax():
    with new_figure() as figure:
        yield figure.subplots()


def test_peaks_above_noise_are_black_and_named_others_grey_and_sidelobes_hollow(ax):
    curve = MeanCurve(np.linspace(0, 0.5, 5), np.array([1, 0.1, 0.2, 0.1, 0.1]), np.zeros(5), "over units", 3)
    peaks = [(0.25, -14, "4", "above noise"), (0.4, -20, "2.5", "sidelobe"), (0.1, -17, "10", "not a sidelobe")]
    draw_peaks(ax, {"layer 1": curve}, peaks)
    line, above, no_sidelobe, sidelobe = ax.lines
    np.testing.assert_allclose(line.get_ydata(), 20 * np.log10(curve.mean))
    faces = [(mark.get_xdata()[0], mark.get_markerfacecolor()) for mark in (above, no_sidelobe, sidelobe)]
    assert faces == [(0.25, "black"), (0.1, "0.7"), (0.4, "none")]
    assert [text.get_text() for text in ax.texts] == ["4"]


def test_classes_and_lags_stand_at_their_frequencies(ax):
    draw_class_spectra(ax, np.array([0, 0.25, 0.5]), {"bar": np.array([-90.0, 0, -3])})
    assert ax.lines[0].get_ydata().tolist() == [-80, 0, -3]
    draw_phrase_lags(ax, np.array([36, 4]), np.array([12, 5]))
    (stems,) = ax.collections
    assert [segment[1].tolist() for segment in stems.get_segments()] == [[1 / 36, 12], [0.25, 5]]
    assert [text.get_text() for text in ax.texts] == ["36"]


def test_a_tune_without_repetition_says_so(ax):
    draw_phrase_lags(ax, np.zeros(0, dtype=int), np.zeros(0, dtype=int))
    assert [text.get_text() for text in ax.texts] == ["no phrase comes back"]
