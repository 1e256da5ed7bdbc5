"""The script plot_maximum_magnitude."""

import numpy as np
import pandas as pd


def test_maxima_are_those_of_that_tune_with_the_units_numbers(
    script, trajectories, trajectories_path, saved_figures, tmp_path
):
    script("plot_maximum_magnitude").main(
        trajectories_path=trajectories_path,
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        tune_index=2,
    )
    table = pd.read_csv(tmp_path / "table.csv")
    numbers = {1: [0, 2, 4], 2: range(4), 3: range(6)}
    for layer, states in enumerate(trajectories[2].hidden_state, start=1):
        rows = table[table["layer"] == layer].set_index("unit_index")["maximum_magnitude"]
        assert np.allclose(rows.loc[list(numbers[layer])], np.abs(states).max(axis=0))
        assert rows.is_monotonic_increasing
        assert np.allclose(saved_figures[0].axes[0].lines[layer - 1].get_ydata(), rows)
