"""The script plot_unit_overlay."""

import numpy as np
import pandas as pd
import pytest

from folkprobe.refusal import Refusal


@pytest.fixture
def plot(script, trajectories_path, shown_tunes_path, padded_spectra_path, tmp_path):
    def plot(units):
        script("plot_unit_overlay").main(
            trajectories_path=trajectories_path,
            tunes_path=shown_tunes_path,
            spectra_path=padded_spectra_path,
            figure_paths=[tmp_path / "figure.svg"],
            table_path=tmp_path / "table.csv",
            units=units,
            tune_index=2,
            period_steps=[8.7, 9.3],
        )
        return pd.read_csv(tmp_path / "table.csv")

    return plot


def test_a_unit_is_found_by_its_own_number(plot, trajectories, saved_figures):
    table = plot("1_4")
    # Layer 1 has the units 0, 2 and 4.
    assert np.allclose(table["layer 1, unit 4"], trajectories[2].hidden_state[0][:, 2])
    read = table["token_read"].tolist()
    assert read[:8] == ["<s>", "M:4/4", "K:Cmaj", "C", "2", "D", "|", "C"]
    assert table["step"][table["bar_is_output"]].tolist() == [
        step - 1 for step, token in enumerate(read) if token == "|"
    ]
    assert len(saved_figures[0].axes) == 1


def test_a_unit_that_is_gone_is_named(plot):
    with pytest.raises(Refusal, match="layer 1 has no unit 3"):
        plot("1_3")
