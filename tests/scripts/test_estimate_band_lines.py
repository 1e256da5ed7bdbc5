"""The script estimate_band_lines, on one unit with a line that no single tune shows."""

import numpy as np
import pandas as pd


def test_the_line_is_found_in_its_unit_and_nowhere_else(script, write_states, tmp_path):
    rng = np.random.default_rng(6)
    tunes = []
    for n_steps in (147, 147, 150, 12, 148, 147, 146, 151):
        states = [rng.normal(0, 0.5, (n_steps, n)) for n in (3, 4, 6)]
        # A ninth of these lengths is no whole number, so the line lies between bins.
        states[0][:, 2] += np.cos(2 * np.pi / 9 * np.arange(n_steps) + rng.uniform(0, 6))
        tunes.append(states)
    script("estimate_band_lines").main(
        trajectories_path=write_states(tunes),
        band_lines_path=tmp_path / "band_lines.csv",
        period_steps=[8.7, 9.3],
        time_half_bandwidth=3.0,
        false_discovery_rate=0.01,
    )
    table = pd.read_csv(tmp_path / "band_lines.csv")
    assert table.groupby("layer").size().tolist() == [3, 4, 6]
    # Excision has left layer 1 the units 0, 2 and 4.
    assert table[table["has_line"]][["layer", "unit_index"]].to_numpy().tolist() == [[1, 4]]
    # Twelve steps are too short.
    assert (table["n_tunes"] == 7).all()
    assert (table["has_line"] == (table["q_value"] <= 0.01)).all()
    assert (table["q_value"] >= table["p_value"]).all()
