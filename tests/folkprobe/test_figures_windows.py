"""What the figure of the windows shows."""

import numpy as np
import pytest

from folkprobe.figures.page import new_figure
from folkprobe.figures.windows import draw_window_spectra


def test_curves_and_marked_lobes_are_those_given():
    frequency = np.linspace(0, 0.05, 6)
    levels = {"rect": np.array([0.0, -5, -10, -15, -np.inf, -20]), "hanning": np.linspace(0, -60, 6)}
    with new_figure() as figure:
        ax = figure.subplots()
        draw_window_spectra(ax, frequency, levels, [("rect: sidelobe 2 of DC", 1 / 60, -17.83)], n_steps=147)
        figure.draw_without_rendering()
    rect, hanning, lobe = ax.lines
    np.testing.assert_array_equal(rect.get_xdata(), frequency)
    assert rect.get_ydata()[[0, 1, 5]].tolist() == [0, -5, -20]
    assert np.isfinite(rect.get_ydata()).all()
    np.testing.assert_array_equal(hanning.get_ydata(), levels["hanning"])
    assert lobe.get_xdata()[0] == pytest.approx(1 / 60)
    assert lobe.get_label() == "rect: sidelobe 2 of DC: 60.00 steps, −17.83 dB"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["DC", "147", "60", "36", "27", "20"]
