"""What the figures of interventions show."""

import numpy as np
import pandas as pd
import pytest

from folkprobe.figures.interventions import draw_dose_response, draw_effects, outcomes_that_occur
from folkprobe.figures.page import new_figure
from folkprobe.figures.palette import CHANCE, INTACT


@pytest.fixture
def ax():
    with new_figure() as figure:
        yield figure.subplots()
        figure.draw_without_rendering()


def effects_of(**columns):
    n = len(columns["difference"])
    spread = {"lower": np.array(columns["difference"]) - 0.1, "upper": np.array(columns["difference"]) + 0.1}
    return pd.DataFrame({"reference_value": [0.5] * n, "gauge_fixed": [False] * n} | spread | columns)


def test_a_dose_response_passes_through_the_intact_network(ax):
    # Whole numbers come as floats from a table with empty cells.
    effects = effects_of(direction=[1.0, 1.0, 2.0], alpha=[1.0, -1.0, 0.5], difference=[0.2, -0.3, 0.0])
    draw_dose_response(ax, effects, outcome="share of |:")
    lines = {line.get_label(): line for line in ax.lines if line.get_label().startswith("$u")}
    np.testing.assert_allclose(lines["$u_1$"].get_ydata(), [0.2, 0.5, 0.7])
    np.testing.assert_allclose(lines["$u_1$"].get_xdata(), [-1, 0, 1], atol=0.05)
    np.testing.assert_allclose(lines["$u_2$"].get_data(), [[0, 0.5], [0.5, 0.5]], atol=1e-12)
    # The interval stands about the value, not about the difference.
    first = ax.collections[0].get_segments()[0]
    np.testing.assert_allclose(first[:, 1], [0.1, 0.3])
    assert ax.get_title(loc="left") == "share of |:"


def test_a_study_without_pushes_says_so(ax):
    draw_dose_response(ax, effects_of(direction=[], alpha=[], difference=[]), outcome="")
    assert [text.get_text() for text in ax.texts] == ["no push declared"]


def test_effects_stand_in_rows_and_controls_are_grey(ax):
    effects = effects_of(
        condition=["w1_removed", "w1_control", "silent"],
        difference=[0.2, -0.1, np.nan],
        control_rng_seed=[np.nan, 3, np.nan],
    )
    draw_effects(ax, effects, outcome="share of correct bars")
    points = [
        (line.get_xdata()[0], line.get_ydata()[0], line.get_color()) for line in ax.lines if line.get_marker() == "o"
    ]
    assert points == [(0.2, 0, INTACT), (-0.1, 1, CHANCE)]
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [0.1, 0.3])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["w1_removed", "w1_control", "silent"]
    assert [text.get_text() for text in ax.texts] == ["nothing to count"]
    assert "intact: 0.5" in ax.get_title(loc="left")


def test_an_outcome_is_worth_a_panel_if_it_occurs_and_is_not_anothers_twin():
    values = {"never": (0, 0), "rare": (0.001, 0.0015), "first": (0.2, 0.1), "twin": (0.2, 0.1), "last": (0, 0.3)}
    rows = [
        {"outcome": name, "condition": condition, "condition_value": value, "reference_value": values[name][0]}
        for name in values
        for condition, value in zip("ab", values[name], strict=True)
    ]
    assert outcomes_that_occur(pd.DataFrame(rows)) == ["twin", "last"]
    assert outcomes_that_occur(pd.DataFrame(rows).head(0)) == []
