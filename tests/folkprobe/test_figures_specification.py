"""What the specification curve shows."""

import numpy as np

from folkprobe.figures.page import new_figure
from folkprobe.figures.specification import draw_choices, draw_shares


def test_shares_and_the_articles_line():
    with new_figure() as figure:
        ax = figure.subplots()
        draw_shares(ax, {1: np.array([0.1, 0.4]), 2: np.array([0.3, 0.2])}, article_share=0.33)
    second, first, article = ax.lines
    assert first.get_ydata().tolist() == [0.1, 0.4]
    assert second.get_ydata().tolist() == [0.3, 0.2]
    assert set(article.get_ydata()) == {0.33}
    assert "33%" in article.get_label()


def test_each_specification_has_one_mark_for_each_choice():
    choices = {"dc": np.array(["counted", "dropped", "counted"]), "n_fft": np.array([1024, 147, 147])}
    with new_figure() as figure:
        ax = figure.subplots()
        draw_choices(ax, choices)
    rows = dict(zip((label.get_text() for label in ax.get_yticklabels()), ax.get_yticks(), strict=True))
    marks = {(place, row) for line in ax.lines for place, row in line.get_xydata()}
    assert list(rows) == ["dc: counted", "dc: dropped", "n fft: 147", "n fft: 1024"]
    expected = {
        (k, rows[f"{name}: {value}".replace("_", " ")])
        for name, values in choices.items()
        for k, value in enumerate(values)
    }
    assert marks == expected
