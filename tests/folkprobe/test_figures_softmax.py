"""What the figures of the softmax layer show."""

import numpy as np
import pytest

from folkprobe.figures.page import new_figure
from folkprobe.figures.softmax import (
    draw_bias_correlation,
    draw_entry_distribution,
    draw_singular_values,
    draw_token_classes,
    draw_token_image,
    draw_token_rows,
    draw_unit_direction,
    draw_variance_shares,
)


@pytest.fixture
def ax():
    with new_figure() as figure:
        yield figure.subplots()
        figure.draw_without_rendering()


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_singular_values_and_what_the_softmax_ignores(ax):
    curves = {"raw": np.array([9.0, 3, 1]), "fixed": np.array([4.0, 3, 1e-15])}
    draw_singular_values(ax, curves, {"raw": -0.8, "fixed": 0.0})
    assert ax.get_yscale() == "log"
    np.testing.assert_array_equal(ax.lines[0].get_data(), [[1, 2, 3], [9, 3, 1]])
    # A zero has no place on a logarithmic axis.
    np.testing.assert_array_equal(ax.lines[1].get_data(), [[1, 2], [4, 3]])
    assert legend_of(ax) == [
        "raw: s₁ = 9, of which the softmax ignores 64% (share of s₁²)",
        "fixed: s₁ = 4, of which the softmax ignores 0% (share of s₁²)\n1 of 3 is zero: the constant",
    ]


def test_a_direction_by_unit_and_how_far_it_can_be_reached(ax):
    draw_unit_direction(ax, {"raw": np.array([0.6, -0.8]), "fixed": np.array([0, 1])}, np.array([3, 7]), direction=2)
    assert "largest entry 0.800" in ax.get_title(loc="left")
    # 0.8 alpha < 1.
    assert "|α| < 1.2" in ax.get_title(loc="left")
    np.testing.assert_array_equal(ax.lines[0].get_data(), [[0, 1], [0.6, -0.8]])
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), [0, 1])
    assert ax.xaxis.get_major_formatter()(1, None) == "7"


def test_a_cumulative_histogram_ends_at_all(ax):
    draw_entry_distribution(ax, {"raw": np.array([0.3, -0.1, 0.1, 0.2])}, direction=1)
    x, y = ax.lines[0].get_data()
    assert y[x <= 0.15].max() == pytest.approx(0.5)
    assert y[-1] == 1
    assert sorted(line.get_xdata()[0] for line in ax.lines[1:]) == [-0.06, -0.04, 0.04, 0.06]


TOKENS, CLASSES = ["M:4/4", "C", "D", "2"], ["meter", "pitch", "pitch", "duration"]


def test_tokens_stand_in_rows(ax):
    draw_token_rows(ax, {"raw": np.arange(4.0), "fixed": np.arange(4.0) - 1}, TOKENS)
    assert [label.get_text() for label in ax.get_yticklabels()] == TOKENS
    bottom, top = ax.get_ylim()
    assert bottom > top
    segments = ax.collections[0].get_segments()
    np.testing.assert_array_equal([segment[-1] for segment in segments], [[0, 0], [1, 1], [2, 2], [3, 3]])


def test_all_tokens_stand_in_the_row_of_their_class(ax):
    draw_token_classes(ax, np.arange(4.0), CLASSES, ["meter", "pitch", "duration"])
    assert ax.lines[0].get_xydata().tolist() == [[0, 0], [1, 1], [2, 1], [3, 2]]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["meter", "pitch", "duration"]


def test_an_image_of_distributions_has_their_logarithms_and_their_numbers(ax):
    posteriors = np.array([[1.0, 0.01], [0.0, 0.99]])
    image = draw_token_image(ax, posteriors, ["$v$", "$v + s$"], TOKENS[:2])
    np.testing.assert_allclose(image.get_array(), [[0, -2], [-4, np.log10(0.99)]])
    assert image.get_clim() == (-4, 0)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["$v$", "$v + s$"]
    assert [text.get_text() for text in ax.texts] == ["100.0%", "1.0%", "<0.1%", "99.0%"]


def test_correlations_fall_in_magnitude_and_keep_their_sign(ax):
    draw_bias_correlation(ax, np.array([0.2, -0.5, np.nan, 0.1]))
    np.testing.assert_allclose(ax.lines[0].get_data(), [[1, 2], [0.2, 0.1]])
    np.testing.assert_allclose(ax.lines[1].get_data(), [[0], [0.5]])
    assert "magnitude mean 0.27, largest 0.50, 1 constant" in ax.get_title(loc="left")


def test_only_shares_that_sum_to_one_have_a_running_sum(ax):
    draw_variance_shares(ax, {"raw": np.array([0.2, 0.5]), "fixed": np.array([0.7, 0.3])})
    assert [round(bar.get_height(), 3) for bar in ax.patches] == [0.2, 0.5, 0.7, 0.3]
    (line,) = ax.lines
    np.testing.assert_allclose(line.get_ydata(), [0.7, 1.0])
