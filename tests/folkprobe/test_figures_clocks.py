"""Tests of the figures of the two clocks."""

import numpy as np

from folkprobe.figures.clocks import draw_gains
from folkprobe.figures.page import new_figure
from folkprobe.figures.palette import CHANCE


def test_steps_are_to_the_right_and_eighths_upward():
    steps, eighths, null = np.array([0.1, 0.2]), np.array([0.3, 0.0]), (np.array([0.01]), np.array([0.02]))
    with new_figure() as figure:
        ax = figure.subplots()
        draw_gains(ax, steps, eighths, null=null, marks={"color": "C0", "marker": "o"}, label="a unit")
        drawn = [(line.get_color(), line.get_xydata().tolist()) for line in ax.lines[:2]]
        assert ax.lines[1].get_label() == "a unit"
    assert drawn == [(CHANCE, [[0.01, 0.02]]), ("C0", [[0.1, 0.3], [0.2, 0.0]])]
    assert ax.get_xlabel() == "gain of steps in R²"
