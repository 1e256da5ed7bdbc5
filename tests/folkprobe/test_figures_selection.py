"""What the figure of a selection shows and states."""

import warnings

import numpy as np
import pytest

from folkprobe.figures.page import new_figure
from folkprobe.figures.selection import draw_power_fraction

FRACTION = np.array([0.02, 0.0, 0.3, 1e-5, 0.0004])


@pytest.fixture
def ax():
    with new_figure() as figure:
        yield figure.subplots()


def draw(ax, fraction, selected, **thresholds):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw_power_fraction(ax, fraction, np.asarray(selected), layer=2, period_steps=(8.7, 9.3), **thresholds)
        ax.figure.draw_without_rendering()
    return {line.get_label().split(":")[0].split(" ")[0]: line for line in ax.lines}


def title_of(ax):
    return ax.get_title(loc="left")


def test_units_fall_from_left_to_right_and_are_distinguished(ax):
    lines = draw(ax, FRACTION, FRACTION > 0.001, power_fraction_above=0.001)
    np.testing.assert_allclose(lines["selected"].get_data(), [[0, 1], [0.3, 0.02]])
    np.testing.assert_allclose(lines["not"].get_data(), [[2, 3], [0.0004, 1e-5]])
    # What has no power stands on the lower edge, below every other.
    bottom, top = ax.get_ylim()
    np.testing.assert_allclose(lines["no"].get_data(), [[4], [bottom]])
    assert bottom < 1e-5
    assert top == 1
    assert ax.get_yscale() == "log"
    assert len({line.get_color() for line in (lines["selected"], lines["not"], lines["no"])}) == 3
    assert title_of(ax) == "layer 2, 5 units\n2 selected (40.0%)"
    assert "8.7 to 9.3 steps" in ax.get_ylabel()


def test_both_thresholds_and_what_the_articles_would_select(ax):
    thresholds = {"power_fraction_above": 0.001, "article_power_fraction_above": 0.00025}
    lines = draw(ax, FRACTION, FRACTION > 0.001, **thresholds, flat_power_fraction=0.013671875)
    assert set(lines["threshold"].get_ydata()) == {0.001}
    assert set(lines["flat"].get_ydata()) == {0.013671875}
    assert set(lines["article's"].get_ydata()) == {0.00025}
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == [
        "selected: 2",
        "not selected: 2",
        "no power in the band: 1",
        "threshold 0.001",
        "flat spectrum 0.01367",
        "article's 0.00025 selects\n3 of 5 (60.0%)",
    ]


def test_thresholds_stay_in_sight(ax):
    draw(ax, np.array([0.5, 0.4]), [True, True], article_power_fraction_above=1e-7)
    assert ax.get_ylim()[0] < 1e-7


@pytest.mark.parametrize("absent", [None, np.nan, 0.0])
def test_a_threshold_that_is_absent_is_not_drawn(ax, absent):
    lines = draw(ax, FRACTION, FRACTION > 0.001, power_fraction_above=absent)
    assert set(lines) == {"selected", "not", "no"}
    assert np.isfinite(ax.get_ylim()).all()


@pytest.mark.parametrize(
    ("fraction", "selected", "outcome"),
    [
        (FRACTION, np.zeros(5, dtype=bool), "layer 2, 5 units\nnone selected: as intact"),
        (FRACTION, np.ones(5, dtype=bool), "layer 2, 5 units\nall selected"),
        (np.zeros(0), np.zeros(0, dtype=bool), "layer 2, 0 units\nnone left to select"),
        (np.zeros(3), np.zeros(3, dtype=bool), "layer 2, 3 units\nnone selected: as intact"),
    ],
)
def test_empty_and_full_selections_are_stated(ax, fraction, selected, outcome):
    draw(ax, fraction, selected, power_fraction_above=0.0, article_power_fraction_above=0.00025)
    assert title_of(ax) == outcome
