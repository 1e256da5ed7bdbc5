"""What the figure of a population shows."""

import numpy as np
import pandas as pd
import pytest

from folkprobe.figures.page import new_figure
from folkprobe.figures.population import draw_share_curves, draw_shares

STYLES = {
    name: {"color": colour, "marker": "o", "linestyle": "-", "markerfacecolor": "white"}
    for name, colour in (("intact", "black"), ("people", "C3"), ("none", "C1"))
}


@pytest.fixture
def ax():
    with new_figure() as figure:
        yield figure.subplots()


def shares(**groups):
    return pd.DataFrame.from_dict(groups, orient="index", columns=["value", "lower", "upper"])


def test_points_stand_in_their_group_with_their_interval(ax):
    draw_shares(
        ax,
        {"intact": shares(ok=[0.9, 0.8, 1.0], aabb=[0.3, 0.2, 0.4]), "people": shares(aabb=[0.5, 0.4, 0.6])},
        ["ok", "aabb"],
        STYLES,
    )
    assert [line.get_label() for line in ax.lines] == ["intact", "people"]
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [-0.3, 0.7])
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [0.9, 0.3])
    np.testing.assert_allclose(ax.lines[1].get_xdata(), [0.3, 1.3])
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), [np.nan, 0.5])
    segments = [segment.tolist() for segment in ax.collections[0].get_segments()]
    np.testing.assert_allclose(segments, [[[-0.3, 0.8], [-0.3, 1.0]], [[0.7, 0.2], [0.7, 0.4]]])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["ok", "aabb"]
    assert ax.lines[0].get_color() != ax.lines[1].get_color()
    assert ax.get_ylim() == (0, 1)


def test_one_population_stands_in_the_middle(ax):
    draw_shares(ax, {"intact": shares(ok=[0.9, 0.8, 1.0])}, ["ok"], STYLES)
    assert ax.lines[0].get_xdata().tolist() == [0]


def test_curves_have_bands_of_their_colour(ax):
    curve = pd.DataFrame({"bar": [0, 1, 2], "value": [1.0, 0.9, 0.8], "lower": [0.9, 0.8, 0.7], "upper": [1, 1, 0.9]})
    draw_share_curves(ax, {"intact": curve, "none": curve.iloc[:0]}, STYLES)
    assert ax.lines[0].get_xdata().tolist() == [0, 1, 2]
    assert ax.lines[0].get_ydata().tolist() == [1.0, 0.9, 0.8]
    band = ax.collections[0].get_paths()[0].get_extents()
    assert (band.y0, band.y1) == (0.7, 1.0)
    assert len(ax.lines[1].get_xdata()) == 0
