"""Tests of the figures of the two clocks."""

import numpy as np

from folkprobe.figures.clocks import draw_gains
from folkprobe.figures.page import new_figure


def test_steps_are_to_the_right_and_eighths_upward():
    steps, eighths, null = np.array([0.1, 0.2]), np.array([0.3, 0.0]), (np.array([0.01]), np.array([0.02]))
    with new_figure() as figure:
        ax = figure.subplots()
        draw_gains(ax, steps, eighths, null=null, title="layer 1")
        drawn = {line.get_label(): line.get_xydata().tolist() for line in ax.lines[:2]}
    assert drawn == {"permuted": [[0.01, 0.02]], "as read": [[0.1, 0.3], [0.2, 0.0]]}
    assert ax.get_xlabel() == "gain of steps in R²"
