"""The script plot_projections."""

import numpy as np
import pandas as pd

from folkprobe.signal.distribution import describe_values


def test_the_numbers_beside_the_figure(script, saved_figures, tmp_path):
    groups = {"any token": np.arange(101.0), "|:": np.ones(3)}
    rows = [
        {"decomposition": name, "direction": 1, "next_token": group} | describe_values(values)
        for name in ("as_trained", "gauge_fixed")
        for group, values in groups.items()
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "summary.csv", index=False)
    auc = {"decomposition": ["as_trained", "gauge_fixed"], "direction": 1, "next_token": "|: or :|"}
    auc |= {"auc": [0.25, 0.75], "lower": [0.125, 0.5], "upper": [0.375, 1]}
    pd.DataFrame(auc).to_csv(tmp_path / "auc.csv", index=False)
    script("plot_projections").main(
        summary_path=tmp_path / "summary.csv",
        auc_path=tmp_path / "auc.csv",
        decomposition="as_trained",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
    )
    table = pd.read_csv(tmp_path / "table.csv")
    assert table["p50"].tolist() == [50, 1]
    distributions, areas = saved_figures[0].axes
    assert "% of the steps beyond ±1" in distributions.get_title(loc="left")
    assert [label.get_text() for label in areas.get_yticklabels()] == ["|: or :|"]
    assert [line.get_xdata()[:2].tolist() for line in areas.lines[:2]] == [[0.125, 0.375], [0.25]]
    assert (tmp_path / "figure.svg").stat().st_size > 0
