"""The script plot_population."""

import pandas as pd

COLUMNS = ["population", "outcome", "at", "value", "lower", "upper", "level", "n_tunes", "method"]


def row(population, outcome, at, value):
    return [
        population,
        outcome,
        at,
        value,
        value - 0.125,
        value + 0.125,
        0.95,
        20 + (population == "people"),
        "a method",
    ]


def test_each_panel_shows_its_outcome(script, saved_figures, tmp_path):
    rows = []
    for population, value in (("intact", 0.25), ("people", 0.5)):
        rows += [row(population, f"share_of_tunes_{name}", None, value) for name in ("ok", "strict_ok", "wellformed")]
        rows += [row(population, "share_of_tunes_is_aabb", None, value + 0.125)]
        rows += [row(population, "share_of_sections_with_bars", at, value) for at in ("8", "16", "other")]
        rows += [row(population, "share_of_bars_correct_at", at, value + 0.0625 * at) for at in (0, 1)]
        rows += [row(population, "share_of_tunes_wrong_by", at, value) for at in (1, 2)]
    pd.DataFrame(rows, columns=COLUMNS).to_csv(tmp_path / "population.csv", index=False)
    script("plot_population").main(
        population_path=tmp_path / "population.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        conditions={"intact": {"words": "as it is", "layer": None, "is_stimulated": False}},
    )
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "table.csv"), pd.read_csv(tmp_path / "population.csv"))
    (figure,) = saved_figures
    tunes_ax, sections_ax, bars_ax, wrong_ax = figure.axes
    assert [line.get_ydata().tolist() for line in tunes_ax.lines] == [[0.25] * 3 + [0.375], [0.5] * 3 + [0.625]]
    assert [label.get_text() for label in sections_ax.get_xticklabels()] == ["8", "16", "other"]
    assert bars_ax.lines[1].get_xydata().tolist() == [[0, 0.5], [1, 0.5625]]
    assert wrong_ax.lines[0].get_xydata().tolist() == [[1, 0.25], [2, 0.25]]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["as it is (20 tunes)", "people (21 tunes)"]
    assert legend.get_title().get_text() == "lines and bands: 95% intervals"
