"""The script plot_specification_curve."""

import pandas as pd


def test_specifications_stand_in_the_order_of_layer_1(script, saved_figures, tmp_path):
    rows = [
        {"layer": layer, "window": window, "n_fft": 64, "dc": "counted", "sides": "one_sided", "shortest_steps": 8.7}
        | {"longest_steps": 9.3, "power_fraction_above": 0.025, "n_units": 10, "n_selected": share * 10}
        | {"share_selected": share, "median_power_fraction": 0.1, "remark": ""}
        for window, shares in {"rect": (0.7, 0.1), "hann": (0.2, 0.6), "hanning": (0.4, 0.5)}.items()
        for layer, share in enumerate(shares, start=1)
    ]
    rows += [
        dict(row, window="hann_symmetric", share_selected=None, remark="the band holds no bin") for row in rows[:2]
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "specifications.csv", index=False)
    script("plot_specification_curve").main(
        specifications_path=tmp_path / "specifications.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        article_share=0.33,
    )
    upper, lower = saved_figures[0].axes
    second, first, article = upper.lines
    assert first.get_ydata().tolist() == [0.2, 0.4, 0.7]
    assert second.get_ydata().tolist() == [0.6, 0.5, 0.1]
    assert set(article.get_ydata()) == {0.33}
    assert {label.get_text() for label in lower.get_yticklabels()} >= {"window hann", "window rect", "threshold 0.025"}
    table = pd.read_csv(tmp_path / "table.csv")
    assert table.loc[table["layer"] == 1, "window"].tolist() == ["hann", "hanning", "rect"]
