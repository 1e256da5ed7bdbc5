"""The script plot_two_clocks."""

import pandas as pd


def test_each_layer_has_a_panel_and_the_output_stands_in_the_last(script, figure_paths, saved_figures, tmp_path):
    rows = [(1, 4, "h", 0.1), (1, 4, "tanh_c", 0.7), (1, 6, "h", 0.2), (2, 0, "h", 0.3), (None, None, "p_bar", 0.4)]
    clocks = pd.DataFrame(rows, columns=["layer", "unit_index", "state", "gain_eighths"])
    clocks.assign(gain_steps=0.01, null_eighths=0.02, null_steps=0.03).to_csv(tmp_path / "clocks.csv", index=False)
    script("plot_two_clocks").main(
        clocks_path=tmp_path / "clocks.csv", figure_paths=figure_paths, table_path=tmp_path / "table.csv"
    )
    drawn = {
        ax.get_title(loc="left"): {
            line.get_label(): line.get_ydata().tolist() for line in ax.lines if line.get_label()[0] != "_"
        }
        for ax in saved_figures[0].axes
    }
    assert drawn == {
        "layer 1": {"a unit of layer 1": [0.1, 0.2]},
        "layer 2": {"a unit of layer 2": [0.3], "probability of a bar": [0.4]},
    }
    assert "tanh_c" not in set(pd.read_csv(tmp_path / "table.csv")["state"])


def test_an_empty_table_draws_an_empty_panel(script, figure_paths, tmp_path):
    columns = [
        "layer",
        "unit_index",
        "state",
        *(f"{name}_{clock}" for name in ("gain", "null") for clock in ("eighths", "steps")),
    ]
    pd.DataFrame(columns=columns).to_csv(tmp_path / "clocks.csv", index=False)
    script("plot_two_clocks").main(
        clocks_path=tmp_path / "clocks.csv", figure_paths=figure_paths, table_path=tmp_path / "table.csv"
    )
    assert len(pd.read_csv(tmp_path / "table.csv")) == 0
