"""The script plot_hidden_state."""

import numpy as np
import pandas as pd
import pytest

# As many steps as the trajectories of the fixture have; of the last tune, </s> was drawn and not read.
TUNES = (
    "<s> " + "C " * 15 + "| C",
    "<s> " + "D | " * 5 + "E </s>",
    "<s> " + "F | " * 9 + "G </s>",
)


@pytest.mark.parametrize(("layer", "unit_index"), [(1, [0, 2, 4]), (2, [0, 1, 2, 3]), (3, [0, 1, 2, 3, 4, 5])])
@pytest.mark.parametrize("tune_index", [0, 2])
def test_the_picture_and_the_table_hold_the_states_of_that_layer_and_tune(
    script, trajectories, trajectories_path, write_tune_texts, saved_figures, tmp_path, layer, unit_index, tune_index
):
    script("plot_hidden_state").main(
        trajectories_path=trajectories_path,
        tunes_path=write_tune_texts(*TUNES),
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        layer=layer,
        tune_index=tune_index,
    )
    hidden_state = trajectories[tune_index].hidden_state[layer - 1]
    n_steps, n_units = hidden_state.shape
    table = pd.read_csv(tmp_path / "table.csv")
    assert list(table.columns) == ["step", "token", "unit_index", "hidden_state"]
    by_step_and_unit = table.pivot_table(index="step", columns="unit_index", values="hidden_state")
    assert list(by_step_and_unit.index) == list(range(n_steps))
    assert list(by_step_and_unit.columns) == unit_index
    assert np.array_equal(by_step_and_unit.to_numpy().astype(np.float32), hidden_state)
    assert list(table["token"]) == TUNES[tune_index].split()[:n_steps] * n_units
    ax = saved_figures[0].axes[0]
    assert f"layer {layer}:" in ax.get_title(loc="left")
    assert np.array_equal(ax.images[0].get_array(), hidden_state)
