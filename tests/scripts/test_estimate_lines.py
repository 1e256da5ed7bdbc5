"""The script estimate_lines."""

import numpy as np
import pandas as pd
import pytest

from folkprobe.signal.multitaper import coherence, false_discovery_q_values, find_lines

SETTINGS = {"time_half_bandwidth": 1.5, "n_surrogates": 19, "rng_seed": 3}


@pytest.mark.parametrize("false_discovery_rate", [0.9, 0.2])
def test_lines_and_coherence_of_the_shown_tune(
    script, trajectories, trajectories_path, shown_tunes_path, tmp_path, false_discovery_rate
):
    script("estimate_lines").main(
        trajectories_path=trajectories_path,
        tunes_path=shown_tunes_path,
        lines_path=tmp_path / "lines.csv",
        unit_lines_path=tmp_path / "unit_lines.csv",
        tune_index=2,
        false_discovery_rate=false_discovery_rate,
        **SETTINGS,
    )
    lines, unit_lines = pd.read_csv(tmp_path / "lines.csv"), pd.read_csv(tmp_path / "unit_lines.csv")
    is_bar = np.zeros(20)
    is_bar[[6, 10, 14, 18]] = 1
    numbers = {1: [0, 2, 4], 2: [0, 1, 2, 3], 3: [0, 1, 2, 3, 4, 5]}
    for layer, states in enumerate(trajectories[2].hidden_state, start=1):
        rows = lines[lines["layer"] == layer]
        found = find_lines(states, time_half_bandwidth=1.5)
        is_line = false_discovery_q_values(found.p_value) <= false_discovery_rate
        assert np.allclose(rows["frequency_cycles_per_step"], found.frequency_cycles_per_step)
        assert np.allclose(rows["share_with_line"], is_line.mean(axis=1))
        expected = coherence(states, is_bar, time_half_bandwidth=1.5).mean(axis=1)
        assert np.allclose(rows["mean_coherence_with_bars"], expected)
        of_units = unit_lines[unit_lines["layer"] == layer]
        assert of_units["unit_index"].tolist() == [numbers[layer][column] for column in np.nonzero(is_line)[1]]
        shares = rows[["share_coherent_circular_shift", "share_coherent_phase_randomised"]].to_numpy()
        assert ((shares >= 0) & (shares <= 1)).all()


def test_a_unit_that_is_the_bars_is_coherent_with_them(script, trajectories, checkpoint, shown_tunes_path, tmp_path):
    from folkprobe.network.trajectory_file import write_trajectories

    aperiodic = np.flatnonzero(np.array([0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0]))
    trajectories[2].hidden_state[1][:] = 0.01 * trajectories[2].hidden_state[1]
    trajectories[2].hidden_state[1][aperiodic] += 0.9
    write_trajectories(checkpoint, iter(trajectories), tmp_path / "with_bars.h5")
    script("estimate_lines").main(
        trajectories_path=tmp_path / "with_bars.h5",
        tunes_path=shown_tunes_path,
        lines_path=tmp_path / "lines.csv",
        unit_lines_path=tmp_path / "unit_lines.csv",
        tune_index=2,
        false_discovery_rate=0.05,
        **SETTINGS,
    )
    lines = pd.read_csv(tmp_path / "lines.csv")
    of_layer = lines[lines["layer"] == 2]
    assert (of_layer["mean_coherence_with_bars"] > 0.9).all()
