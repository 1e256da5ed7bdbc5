"""The script plot_activation_distribution."""

import numpy as np
import pandas as pd


def test_densities_are_shares_of_the_states_of_that_tune(
    script, trajectories, trajectories_path, saved_figures, tmp_path
):
    script("plot_activation_distribution").main(
        trajectories_path=trajectories_path,
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        tune_index=1,
    )
    table = pd.read_csv(tmp_path / "table.csv")
    for layer, states in enumerate(trajectories[1].hidden_state, start=1):
        rows = table[table["layer"] == layer]
        share = rows["density"] * (rows["bin_upper"] - rows["bin_lower"])
        assert np.isclose(share.sum(), 1)
        assert np.isclose(share[rows["bin_lower"] > 0.499].sum(), (states >= 0.5).mean())
    assert len(saved_figures[0].axes[0].lines) == 3
