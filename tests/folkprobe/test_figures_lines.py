"""What the figure of lines shows."""

import numpy as np

from folkprobe.figures.lines import draw_unit_shares
from folkprobe.figures.page import new_figure
from folkprobe.figures.palette import layer_style


def test_each_layer_has_its_curve_and_chance_its_line():
    frequency = np.array([0.1, 0.2])
    with new_figure() as figure:
        ax = figure.subplots()
        draw_unit_shares(ax, {1: (frequency, np.array([0.3, 0.4])), 3: (frequency, np.ones(2))}, title="F", chance=0.05)
    first, third, chance = ax.lines
    np.testing.assert_array_equal(first.get_xydata(), [(0.1, 0.3), (0.2, 0.4)])
    assert (third.get_label(), third.get_color()) == ("layer 3", layer_style(3)["color"])
    assert set(chance.get_ydata()) == {0.05}
