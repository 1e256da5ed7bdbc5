"""What the image of a hidden state shows, and which way up."""

import numpy as np
import pytest

from folkprobe.figures.page import new_figure
from folkprobe.figures.states import STEPS_PER_ROW, draw_hidden_state, draw_posterior, draw_unit_overlay


@pytest.fixture
def ax():
    with new_figure() as figure:
        yield figure.subplots()


def test_units_run_right_and_time_runs_up(ax):
    hidden_state = np.random.default_rng(0).uniform(-1, 1, size=(7, 4))
    draw_hidden_state(ax, hidden_state, layer=2)
    (image,) = ax.get_images()
    np.testing.assert_array_equal(image.get_array(), hidden_state)
    # Row 0, the first step, is where y is 0, and y grows upward.
    assert image.origin == "lower"
    assert image.get_extent() == [-0.5, 3.5, -0.5, 6.5]
    assert ax.get_ylim() == (-0.5, 6.5)
    assert ax.get_xlim() == (-0.5, 3.5)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("unit (from 0)", "step")
    assert ax.get_title(loc="left") == "layer 2: 4 units, 7 steps"


def test_colours_are_symmetric_whatever_the_values(ax):
    draw_hidden_state(ax, np.full((3, 2), 0.2), layer=1)
    (image,) = ax.get_images()
    assert image.get_clim() == (-1, 1)
    white = image.cmap(image.norm(0.0))
    assert min(white[:3]) > 0.95
    colour_bar = ax.figure.axes[1]
    assert colour_bar.get_ylabel() == "hidden state"


def test_bar_tokens_are_marked_at_their_steps(ax):
    tokens = ["<s>", "M:4/4", "K:Cmaj", "|:", "A", "2", "|", "B", ":|", "|2", "A", "|"]
    draw_hidden_state(ax, np.zeros((12, 3)), layer=1, tokens=tokens)
    (beside,) = ax.child_axes
    ax.figure.draw_without_rendering()
    assert beside.get_yticks().tolist() == [3, 6, 8, 11]
    assert [label.get_text() for label in beside.get_yticklabels()] == ["|:", "|", ":| |2", "|"]
    assert beside.get_ylim() == ax.get_ylim()


def test_of_marks_too_close_to_be_read_the_section_is_named(ax):
    draw_hidden_state(ax, np.zeros((100, 3)), layer=1, tokens=["A"] * 50 + [":|", "A", "|", "A", "|"] + ["A"] * 45)
    (beside,) = ax.child_axes
    assert beside.get_yticks().tolist() == [50, 54]
    assert beside.get_yticks(minor=True).tolist() == [52]


def test_an_excised_layer_keeps_its_units_original_numbers(ax):
    draw_hidden_state(ax, np.zeros((5, 3)), layer=1, unit_index=np.array([2, 7, 40]))
    label = ax.xaxis.get_major_formatter()
    assert [label(place, 0) for place in (-1, 0, 1, 1.5, 2, 3)] == ["", "2", "7", "", "40", ""]


def test_a_layer_without_units_says_so(ax):
    draw_hidden_state(ax, np.zeros((5, 0)), layer=3, tokens=["<s>", "|", "A", "B", "|"])
    ax.figure.draw_without_rendering()
    assert ax.get_images() == []
    assert [text.get_text() for text in ax.texts] == ["no unit left"]
    assert ax.get_ylim() == (-0.5, 4.5)


def test_the_posterior_has_a_labelled_row_a_token_and_a_dot_where_it_was_drawn(ax):
    posterior = np.random.default_rng(0).dirichlet(np.ones(3), size=5)
    draw_posterior(ax, posterior, ["|", "A", "2"], drawn=[1, None, 0, 2, None], n_left_out=134)
    (image,) = ax.get_images()
    np.testing.assert_array_equal(image.get_array(), posterior.T)
    assert image.origin == "lower"
    assert image.get_clim() == (0, 1)
    (dots,) = ax.lines
    np.testing.assert_array_equal(dots.get_xydata(), [(0, 1), (2, 0), (3, 2)])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["|", "A", "2"]
    assert "134" in ax.get_title(loc="left")


def test_the_overlay_shows_traces_at_their_steps_and_dashes_where_a_bar_is_drawn():
    n_steps = STEPS_PER_ROW + 3
    trace, is_bar = np.linspace(-1, 1, n_steps), np.zeros(n_steps, dtype=bool)
    is_bar[[5, STEPS_PER_ROW + 1]] = True
    tokens = [f"t{step}" for step in range(n_steps)]
    with new_figure() as figure:
        axes = figure.subplots(2)
        draw_unit_overlay(axes, {(1, 7): trace}, tokens, is_bar)
    for ax, bar, steps in zip(
        axes, (5, STEPS_PER_ROW + 1), (range(STEPS_PER_ROW), range(STEPS_PER_ROW, n_steps)), strict=True
    ):
        dashed, line, _ = ax.lines
        assert (dashed.get_linestyle(), dashed.get_xdata()[0]) == ("--", bar)
        np.testing.assert_array_equal(line.get_xydata(), [(step, trace[step]) for step in steps])
        assert [label.get_text() for label in ax.get_xticklabels()] == [f"t{step}" for step in steps]
