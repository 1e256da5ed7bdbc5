"""What the figure of bar shares shows: each condition's estimate, interval and n."""

import numpy as np
import pandas as pd
import pytest

from folkprobe.figures.bars import draw_bar_shares, draw_bar_verdicts
from folkprobe.figures.page import new_figure
from folkprobe.music.bars import OK_VERDICTS, VERDICTS
from folkprobe.statistics.shares import Estimate


def estimate_of(value, lower, upper, n_tunes=200, n_bars=3412):
    return Estimate(value, lower, upper, 0.95, n_tunes, n_bars, "some bootstrap", rng_seed=0)


STYLE = {"color": "black", "marker": "o", "linestyle": "-", "markerfacecolor": "white"}


@pytest.fixture
def ax():
    with new_figure() as figure:
        yield figure.subplots()


def test_points_intervals_and_n(ax):
    # From a table with empty cells, counts come as floats.
    estimates = {"intact": estimate_of(0.9, 0.88, 0.92, 200.0, 3412.0), "layer1": estimate_of(0.4, 0.3, 0.5, 7, 80)}
    draw_bar_shares(ax, estimates, dict.fromkeys(estimates, STYLE))
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


def test_no_bars_and_a_single_tune(ax):
    draw_bar_shares(
        ax,
        {"silent": estimate_of(np.nan, np.nan, np.nan, 0, 0), "single": estimate_of(0.75, np.nan, np.nan, 1, 4)},
        dict.fromkeys(("silent", "single"), STYLE),
    )
    assert [text.get_text() for text in ax.texts] == ["no bar to count", "0.750"]
    (point,) = ax.lines
    assert (point.get_xdata()[0], point.get_ydata()[0]) == (0.75, 1)


def bars_of(*verdicts):
    durations = [str(number) for number in range(len(verdicts))]
    return pd.DataFrame({"verdict": verdicts, "duration_eighths": durations})


def test_each_bar_has_its_place_colour_and_length(ax):
    tables = {"intact": bars_of("pickup", "correct", "long"), "cut": bars_of("short"), "mute": bars_of()}
    draw_bar_verdicts(ax, tables)
    boxes = [(bar.get_x(), bar.get_y() + bar.get_height() / 2, bar.get_facecolor()) for bar in ax.patches]
    assert [box[:2] for box in boxes] == [(0, 0), (1, 0), (2, 0), (0, 1)]
    assert len({colour for *_, colour in boxes}) == 4
    assert [(text.get_text(), text.get_position()) for text in ax.texts] == [
        ("2", (2.5, 0)),
        ("0", (0.5, 1)),
        ("no bar", (0.5, 2)),
    ]
    assert [label.get_text() for label in ax.get_yticklabels()] == list(tables)
    (legend,) = ax.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["correct", "pickup", "short", "long"]


def test_every_verdict_can_be_drawn_and_only_those_that_fail_carry_a_length(ax):
    draw_bar_verdicts(ax, {"intact": bars_of(*VERDICTS)})
    failing = [str(k) for k, verdict in enumerate(VERDICTS) if verdict not in {*OK_VERDICTS, "unmeasured"}]
    assert [text.get_text() for text in ax.texts] == failing


@pytest.mark.parametrize(("n_bars", "rotation"), [(17, 0), (30, 90), (41, None)])
def test_lengths_stand_where_there_is_room(ax, n_bars, rotation):
    table = bars_of(*["correct"] * (n_bars - 1), "long").assign(duration_eighths="40.5")
    draw_bar_verdicts(ax, {"intact": table})
    shown = [(text.get_text(), text.get_rotation()) for text in ax.texts]
    assert shown == ([("40.5", rotation)] if rotation is not None else [])
    assert ("length in eighths" in ax.get_xlabel()) == (rotation is not None)
