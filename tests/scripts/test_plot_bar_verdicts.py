"""The script plot_bar_verdicts."""

import pandas as pd


def test_the_bars_of_the_tune_that_is_requested(script, saved_figures, tmp_path):
    tables = {
        "intact": [(3, "correct", "8"), (4, "pickup", "2"), (4, "correct", "8")],
        "cut": [(4, "long", "17/2"), (5, "short", "1")],
    }
    paths = [tmp_path / f"{name}.csv" for name in tables]
    for path, rows in zip(paths, tables.values(), strict=True):
        table = pd.DataFrame(rows, columns=["tune_index", "verdict", "duration_eighths"])
        table.assign(expected_eighths="8").to_csv(path, index=False)
    script("plot_bar_verdicts").main(
        bars_paths=paths,
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        conditions=["intact", "cut"],
        words={"intact": "intact", "cut": "layer 1 excised"},
        tune_index=4,
    )
    shown = pd.read_csv(tmp_path / "table.csv", dtype=str)
    assert list(zip(shown["condition"], shown["verdict"], shown["duration_eighths"], strict=True)) == [
        ("intact", "pickup", "2"),
        ("intact", "correct", "8"),
        ("cut", "long", "17/2"),
    ]
    (ax,) = saved_figures[0].axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["intact", "layer 1 excised"]
    assert [text.get_text() for text in ax.texts] == ["8.5"]
    assert len(ax.patches) == 3
