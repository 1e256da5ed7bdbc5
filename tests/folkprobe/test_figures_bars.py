"""What the figure of bar shares shows: each condition's estimate, interval and n."""

import numpy as np
import pytest

from folkprobe.evidence.statistics import Estimate
from folkprobe.figures.bars import draw_bar_shares
from folkprobe.figures.page import new_figure


def estimate_of(value, lower, upper, n_tunes=200, n_bars=3412):
    return Estimate(value, lower, upper, 0.95, n_tunes, n_bars, "some bootstrap", rng_seed=0)


@pytest.fixture
def ax():
    with new_figure() as figure:
        yield figure.subplots()


def test_points_intervals_and_n(ax):
    draw_bar_shares(ax, {"intact": estimate_of(0.9, 0.88, 0.92), "layer1": estimate_of(0.4, 0.3, 0.5, 7, 80)})
    ax.figure.draw_without_rendering()
    data = [tuple(map(tuple, line.get_data())) for line in ax.lines]
    assert data == [
        ((0.88, 0.92), (0, 0)),
        ((0.9,), (0,)),
        ((0.3, 0.5), (1, 1)),
        ((0.4,), (1,)),
    ]
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "intact\n200 tunes, 3,412 bars",
        "layer1\n7 tunes, 80 bars",
    ]
    # The first condition is at the top.
    bottom, top = ax.get_ylim()
    assert bottom > top
    assert ax.get_xlim() == (0, 1)
    assert ax.get_xlabel() == "share of bars correctly counted\n95% interval: some bootstrap, rng_seed 0"
    assert [text.get_text() for text in ax.texts] == ["0.900 [0.880, 0.920]", "0.400 [0.300, 0.500]"]


def test_text_stays_inside_the_axes(ax):
    draw_bar_shares(ax, {"best": estimate_of(1.0, 0.93, 1.0), "worst": estimate_of(0.0, 0.0, 0.07)})
    ax.figure.draw_without_rendering()
    frame = ax.get_window_extent()
    for text in ax.texts:
        extent = text.get_window_extent()
        assert frame.x0 - 1 <= extent.x0
        assert extent.x1 <= frame.x1 + 1


def test_no_bars_and_a_single_tune(ax):
    draw_bar_shares(
        ax,
        {"silent": estimate_of(np.nan, np.nan, np.nan, 0, 0), "single": estimate_of(0.75, np.nan, np.nan, 1, 4)},
    )
    assert [text.get_text() for text in ax.texts] == ["no bar to count", "0.750"]
    (point,) = ax.lines
    assert (point.get_xdata()[0], point.get_ydata()[0]) == (0.75, 1)
