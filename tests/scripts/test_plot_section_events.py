"""The script plot_section_events."""

import numpy as np
import pandas as pd


def test_the_numbers_beside_the_figure(script, saved_figures, projections, projections_path, tmp_path):
    script("plot_section_events").main(
        projections_path=projections_path,
        decomposition="as_trained",
        n_lags_steps=2,
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
    )
    table = pd.read_csv(tmp_path / "table.csv")
    row = table[(table["direction"] == 2) & (table["event"] == "</s>") & (table["lag_steps"] == -1)].iloc[0]
    values, is_end = projections.projection["as_trained"][:, 1], projections.next_token == "</s>"
    means = []
    for start in (0, 30):
        steps = [step for step in range(start + 2, start + 30) if is_end[step]]
        means.append(np.mean([values[step - 1] for step in steps]))
    np.testing.assert_allclose(row["mean"], np.mean(means))
    assert row["n_tunes"] == 2
    # A row a direction, a column an event.
    assert len(saved_figures[0].axes) == 9
    assert (tmp_path / "figure.svg").stat().st_size > 0
