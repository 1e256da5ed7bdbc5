"""The script estimate_lines, on a unit with a line."""

import numpy as np
import pandas as pd
import pytest

N_STEPS = 120
N_UNITS = (3, 4, 6)
BIN = 15  # of 120: a period of 8 steps


@pytest.fixture
def estimate(script, write_states, tmp_path):
    def estimate(excised=(1, 3), n_units=N_UNITS):
        rng = np.random.default_rng(6)
        states = [rng.normal(0, 0.1, (N_STEPS, n)) for n in n_units]
        if n_units[0]:
            states[0][:, 1] += 0.5 * np.cos(2 * np.pi * BIN / N_STEPS * np.arange(N_STEPS) + 1)
        script("estimate_lines").main(
            trajectories_path=write_states([[s[::-1] for s in states], states], excised=excised),
            lines_path=tmp_path / "lines.csv",
            unit_lines_path=tmp_path / "unit_lines.csv",
            tune_index=1,
            time_half_bandwidth=3.0,
            false_discovery_rate=0.01,
        )
        return pd.read_csv(tmp_path / "lines.csv"), pd.read_csv(tmp_path / "unit_lines.csv")

    return estimate


def test_the_line_is_found_in_its_unit_and_nowhere_else(estimate):
    lines, unit_lines = estimate()
    # Nearer to DC and Nyquist than three bins, a line's mirror image leaks in.
    bins = np.arange(4, 57)
    for layer, of_layer in lines.groupby("layer"):
        assert np.allclose(of_layer["frequency_cycles_per_step"], bins / N_STEPS)
        assert np.allclose(of_layer["period_steps"], N_STEPS / bins)
        expected = np.where((bins == BIN) & (layer == 1), 1 / 3, 0)
        assert np.allclose(of_layer["share_with_line"], expected)
        assert (of_layer["n_units"] == N_UNITS[layer - 1]).all()
    # Excision has left layer 1 the units 0, 2 and 4.
    assert unit_lines[["layer", "unit_index", "period_steps"]].to_numpy().tolist() == [[1, 2, 8]]
    assert unit_lines["q_value"].item() <= 0.01
    assert unit_lines["f_statistic"].item() > 100


def test_a_layer_without_units_has_no_share(estimate):
    lines, unit_lines = estimate(excised=range(5), n_units=(0, 4, 6))
    empty = lines[lines["layer"] == 1]
    assert (empty["n_units"] == 0).all()
    assert empty["share_with_line"].isna().all()
    assert lines.loc[lines["layer"] > 1, "share_with_line"].notna().all()
    assert 1 not in unit_lines["layer"].tolist()
