"""What the figures of projections show."""

import numpy as np
import pandas as pd
import pytest

from folkprobe.figures.page import new_figure
from folkprobe.figures.projections import describe_events, draw_event_average, draw_projection_distributions
from folkprobe.signal.distribution import describe_values
from folkprobe.signal.event_average import average_around_events


@pytest.fixture
def ax():
    with new_figure() as figure:
        yield figure.subplots()
        figure.draw_without_rendering()


def test_quartiles_and_tails_of_each_group(ax):
    rows = [
        {"next_token": "any token"} | describe_values(np.arange(101.0)),
        {"next_token": "|:"} | describe_values(np.array([])),
    ]
    draw_projection_distributions(ax, pd.DataFrame(rows), direction=2, title="title")
    data = [tuple(map(tuple, line.get_data())) for line in ax.lines[:3]]
    assert data == [((5, 95), (0, 0)), ((25, 75), (0, 0)), ((50,), (0,))]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["any token (101)", "|: (0)"]
    assert [text.get_text() for text in ax.texts] == ["never"]
    # The article's assumption is in sight.
    dashed = sorted(line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == "--")
    assert dashed == [-1, 1]


def test_averages_with_their_bands_and_n(ax):
    average = average_around_events(
        [np.array([0.0, 1, 2]), np.array([2.0, 3, 4])], [np.array([1]), np.array([1])], n_lags=1
    )
    reference = average_around_events([np.array([5.0, 6, 7])], [np.array([1])], n_lags=1)
    draw_event_average(ax, average, reference)
    np.testing.assert_allclose(ax.lines[0].get_data(), [[-1, 0, 1], [5, 6, 7]])
    np.testing.assert_allclose(ax.lines[1].get_data(), [[-1, 0, 1], [1, 2, 3]])
    assert describe_events(average) == "2 in 2 tunes"
    vertices = ax.collections[1].get_paths()[0].vertices
    at_event = vertices[vertices[:, 0] == 0, 1]
    assert {1.0, 3.0} == set(at_event)
