"""What the figure of responses shows."""

import numpy as np

from folkprobe.figures.events import draw_response
from folkprobe.figures.page import new_figure


def test_the_curve_and_its_band():
    lags, mean = np.arange(-2, 3), np.array([0.1, -0.2, 0.8, 0.0, 0.1])
    with new_figure() as figure:
        ax = figure.subplots()
        draw_response(ax, lags, mean, null_bound=0.25, layer=1, title="layer 1, unit 3")
    _, line = ax.lines
    np.testing.assert_array_equal(line.get_xydata(), np.column_stack([lags, mean]))
    (band,) = ax.patches
    assert (band.get_y(), band.get_height()) == (-0.25, 0.5)
