"""What the figures of activation show."""

import numpy as np
import pytest

from folkprobe.figures.activations import draw_activation_distribution, draw_maximum_magnitude
from folkprobe.figures.page import new_figure


@pytest.fixture
def ax():
    with new_figure() as figure:
        yield figure.subplots()


def test_densities_stand_at_the_middles_of_their_bins(ax):
    draw_activation_distribution(ax, {1: np.array([0.5, 0.0, 0.25, 1.25]), 2: np.full(4, np.nan)})
    line, empty = ax.lines
    np.testing.assert_allclose(line.get_xdata(), [-0.75, -0.25, 0.25, 0.75])
    np.testing.assert_array_equal(line.get_ydata(), [0.5, np.nan, 0.25, 1.25])
    assert np.isnan(empty.get_ydata()).all()
    assert ax.get_yscale() == "log"


def test_maxima_are_sorted_and_a_layer_without_units_is_named(ax):
    draw_maximum_magnitude(ax, {1: np.array([0.9, 0.1, 0.5]), 2: np.zeros(0)})
    line, empty = ax.lines
    assert line.get_ydata().tolist() == [0.1, 0.5, 0.9]
    assert (line.get_label(), empty.get_label()) == ("layer 1: median 0.50", "layer 2: no unit left")
