"""What the figures of the lesion study show."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from folkprobe.figures.lesion_tables import SET_WORDS
from folkprobe.figures.lesions import (
    draw_doses,
    draw_layer_effects,
    draw_outcome_effects,
    draw_set_shares,
    share_limit,
)
from folkprobe.figures.page import new_figure
from folkprobe.figures.palette import CHANCE


@pytest.fixture
def ax():
    with new_figure() as figure:
        yield figure.subplots()
        figure.draw_without_rendering()


def levels_of(*rows):
    levels = pd.DataFrame(rows, columns=["contrast", "n_units", "estimate", "lower", "upper"])
    return levels.astype(dict.fromkeys(levels.columns[1:], float))


def sets_of(*shares, n_units=8):
    return pd.DataFrame({"n_units": n_units, "share_of_wrong_bars": shares}, dtype=float)


DOSES = levels_of(
    ("targeted", 32, 0.6, 0.5, 0.7),
    ("targeted", 8, 0.3, 0.2, 0.4),
    ("random", 8, 0.1, 0.05, 0.15),
    ("random", 32, 0.2, 0.15, 0.3),
    ("bottom", 8, 0.05, 0.0, 0.1),
)


def test_doses_are_lines_over_units_with_the_random_sets_as_dots_in_a_band(ax):
    draw_doses(ax, DOSES, sets_of(0.08, 0.12), intact=0.04, top=0.8, title="layer 2")
    lines = {line.get_label(): line for line in ax.lines}
    assert set(lines) >= {SET_WORDS[kind] for kind in ("targeted", "random", "bottom")} | {"intact"}
    assert SET_WORDS["activity_matched"] not in lines
    assert lines[SET_WORDS["targeted"]].get_ydata().tolist() == [0.3, 0.6]
    np.testing.assert_allclose(lines[SET_WORDS["targeted"]].get_xdata(), [8, 32], rtol=0.4)
    assert set(lines["intact"].get_ydata()) == {0.04}
    (dots,) = (line for line in ax.lines if line.get_marker() == ".")
    assert dots.get_ydata().tolist() == [0.08, 0.12]
    (band,) = (each for each in ax.collections if each.get_alpha() == 0.25)
    assert set(band.get_paths()[0].vertices[:, 1]) == {0.05, 0.15, 0.3}
    assert [label.get_text() for label in ax.get_xticklabels()] == ["8", "32"]
    assert ax.get_title(loc="left") == "layer 2"
    assert ax.get_ylim()[1] == 0.8


@pytest.mark.parametrize("levels", [DOSES, DOSES[DOSES["n_units"] == 8]], ids=["sizes", "one size"])
def test_kinds_stand_side_by_side_and_no_two_sizes_mix(ax, levels):
    draw_doses(ax, levels, sets_of(), intact=0.04, top=0.8, title="")
    labels = {SET_WORDS[kind] for kind in levels["contrast"]}
    places = {line.get_label(): line.get_xdata() for line in ax.lines if line.get_label() in labels}
    of_8 = [x[0] for x in places.values()]
    assert len(set(of_8)) == 3
    assert sorted(of_8) == of_8
    assert all(8 / 2 < x < 8 * 2 for x in of_8)
    low, high = ax.get_xlim()
    assert all(low < x < high for each in places.values() for x in each)


def test_kinds_differ_without_colour(ax):
    rows = [(kind, 8, 0.1, 0.0, 0.2) for kind in ("targeted", "random", "activity_matched", "bottom")]
    draw_doses(ax, levels_of(*rows), sets_of(), intact=0.04, top=0.8, title="")
    kinds = [line for line in ax.lines if line.get_label()[0] != "_" and line.get_label() != "intact"]
    assert len({line.get_marker() for line in kinds}) == 4


def test_shares_at_the_ends_stay_inside_the_frame(ax):
    levels = levels_of(("targeted", 8, 1.0, 1.0, 1.0), ("bottom", 8, 0.0, 0.0, 0.0))
    draw_doses(ax, levels, sets_of(), intact=0.0, top=share_limit(levels["estimate"]), title="")
    low, high = ax.get_ylim()
    assert low < 0
    assert high > 1


def test_small_shares_are_enlarged():
    assert share_limit(np.array([0.2, np.nan])) == pytest.approx(0.22)
    assert share_limit(np.array([0.001])) == 0.05
    assert share_limit(np.array([])) == 0.05
    assert share_limit(np.array([np.nan])) == 0.05
    assert 1 < share_limit(np.array([1.0])) < 1.05


def test_empty_panels_say_why(ax):
    draw_doses(ax, DOSES[:0], sets_of(), intact=0.04, top=0.8, title="")
    draw_doses(ax, levels_of(("targeted", 8, *[np.nan] * 3)), sets_of(), intact=np.nan, top=0.8, title="")
    assert [text.get_text() for text in ax.texts] == ["no lesion of this layer", "no measured bar"]


def effects_of(*rows):
    columns = ["layer", "family", "role", "estimate", "lower", "upper", "n_sets", "p_value_adjusted", "adjustment"]
    return pd.DataFrame(rows, columns=columns)


LABELS = {"third": "third: at zero", "third_mean": "third_mean: at their mean"}


def _points(ax):
    return [line for line in ax.lines if line.get_marker() in "os^"]


def test_effects_stand_by_layer_and_the_primary_ones_are_filled_with_their_p(ax):
    effects = effects_of(
        (3, "third", "primary", 0.5, 0.4, 0.6, 39, 0.0004, "Holm over 2"),
        (1, "third_mean", "descriptive", 0.1, -0.1, 0.3, 5, np.nan, None),
        (1, "third", "primary", 0.2, 0.1, 0.3, 19, 0.04, "Holm over 2"),
        (3, "third_mean", "descriptive", np.nan, np.nan, np.nan, 0, np.nan, None),
    )
    draw_layer_effects(ax, effects, LABELS)
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "layer 1, third: at zero",
        "layer 1, third_mean: at their mean",
        "layer 3, third: at zero",
        "layer 3, third_mean: at their mean",
    ]
    assert ax.yaxis_inverted()
    assert [(p.get_xdata()[0], p.get_ydata()[0]) for p in _points(ax)] == [(0.2, 0), (0.1, 1), (0.5, 2)]
    assert [to_hex(p.get_markerfacecolor()) == "#ffffff" for p in _points(ax)] == [False, True, False]
    intervals = [list(line.get_xdata()) for line in ax.lines if line.get_linewidth() == 1.2]
    assert intervals == [[0.1, 0.3], [-0.1, 0.3], [0.4, 0.6]]
    assert [text.get_text() for text in ax.texts] == [
        "nothing to count",
        "descriptive, 19 random sets\np = 0.040 (Holm over 2)",
        "descriptive, 5 random sets",
        "39 random sets\np < 0.001 (Holm over 2)",
        "descriptive, 0 random sets",
    ]


def test_other_outcomes_stand_on_one_scale_a_row_each(ax):
    effects = effects_of(
        (3, "third", "secondary", 0.5, 0.4, 0.6, 39, 0.03, "Benjamini-Hochberg over 42"),
        (1, "third", "secondary", -0.5, np.nan, np.nan, 1, np.nan, None),
        (1, "third", "secondary", -0.1, -0.3, 0.1, 39, 0.3, "Benjamini-Hochberg over 42"),
    ).assign(outcome=["share_of_ok_tunes", "share_of_ok_tunes", "mean_tokens"])
    draw_outcome_effects(ax, effects, alpha=0.05)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["share of ok tunes", "mean tokens"]
    drawn = {line.get_label(): line for line in ax.lines if line.get_label().startswith("layer")}
    # In halves of the interval's width; without an interval there is no mark.
    np.testing.assert_allclose(drawn["layer 1"].get_xdata(), [np.nan, -0.5])
    np.testing.assert_allclose(drawn["layer 3"].get_xdata(), [5])
    assert [round(y) for y in drawn["layer 1"].get_ydata()] == [0, 1]
    filled = [line for line in ax.lines if line.get_marker() == "^" and to_hex(line.get_markerfacecolor()) != "#ffffff"]
    assert [line.get_xdata().tolist() for line in filled] == [pytest.approx([5])]


def draws_of(**shares):
    rows = [(int(name[-1]), share) for name, of_layer in shares.items() for share in of_layer]
    return pd.DataFrame(rows, columns=["layer", "share_of_wrong_bars"], dtype=float)


def test_each_random_set_is_a_dot_and_the_targeted_one_is_a_line_across_them(ax):
    sets = draws_of(layer_1=[0.2, 0.1, np.nan], layer_3=[0.3])
    levels = levels_of(("targeted", 8, 0.6, 0.5, 0.7), ("random", 8, 0.15, 0.1, 0.2)).assign(layer=[3, 1])
    draw_set_shares(ax, sets, levels, intact=0.05, remarks={1: "one", 3: "three"})
    dots = [line for line in ax.lines if line.get_marker() == "o" and to_hex(line.get_color()) == to_hex(CHANCE)]
    assert [line.get_xdata().tolist() for line in dots[:2]] == [[0.1, 0.2], [0.3]]
    # In the row of their layer.
    assert all(abs(y - place) < 0.5 for place, line in enumerate(dots[:2]) for y in line.get_ydata())
    across = [each.get_segments()[0] for each in ax.collections if np.ptp(each.get_segments()[0][:, 0]) == 0]
    assert len(across) == 1
    assert across[0][0, 0] == 0.6
    assert across[0][:, 1].min() < 1 - 0.4
    legend = ax.get_legend_handles_labels()[1]
    assert legend == [SET_WORDS["targeted"], "random sets' mean", "a random set", "intact"]
    assert [text.get_text() for text in ax.texts] == ["one", "three"]
    low, high = ax.get_xlim()
    assert low < 0.05
    assert high > 0.7


@pytest.mark.parametrize("shares", [[0.5] * 39, np.linspace(0.1, 0.9, 39), [*[0.2] * 20, *[0.201] * 19]])
def test_no_dot_covers_another_or_leaves_its_row(ax, shares):
    draw_set_shares(ax, draws_of(layer_1=shares), levels_of().assign(layer=[]), intact=0.05, remarks={1: ""})
    (dots,) = (line for line in ax.lines if line.get_marker() == "o" and len(line.get_xdata()))
    assert len(set(map(tuple, dots.get_xydata()))) == 39
    # Above what they are compared with, below the row's upper end.
    assert min(dots.get_ydata()) > -0.5
    assert max(dots.get_ydata()) < 0.15


def test_without_a_bar_or_a_lesion_there_is_an_empty_frame(ax):
    nothing = levels_of(("targeted", 8, *[np.nan] * 3)).assign(layer=1)
    draw_set_shares(ax, draws_of(layer_1=[np.nan, np.nan]), nothing, intact=np.nan, remarks={1: "none"})
    draw_set_shares(ax, draws_of(), levels_of().assign(layer=[]), intact=0.1, remarks={})
    assert np.isfinite(ax.get_xlim()).all()
