"""The script compare_specifications."""

import pandas as pd
import pytest

from folkprobe.signal.selection import power_fraction
from folkprobe.signal.spectrum import power_spectrum


def test_a_row_for_each_layer_and_choice(script, trajectories, trajectories_path, tmp_path):
    script("compare_specifications").main(
        trajectories_path=trajectories_path,
        specifications_path=tmp_path / "specifications.csv",
        tune_index=0,
        windows=["hann", "rect"],
        n_fft=[None, 16, 64],
        bands_steps=[[8.7, 9.3], [8.0, 10.0]],
        power_fractions_above=[0.05, 0.2],
    )
    table = pd.read_csv(tmp_path / "specifications.csv")
    assert len(table) == 3 * 2 * 3 * 3 * 3 * 2 * 2
    assert (table.loc[table["n_fft"] == 16, "remark"] == "n_fft is shorter than the tune").all()
    for layer, states in enumerate(trajectories[0].hidden_state, start=1):
        fraction = power_fraction(power_spectrum(states, window="rect", n_fft=64), (8.0, 10.0))
        row = table.query(
            f"layer == {layer} and window == 'rect' and n_fft == 64 and dc == 'counted' and sides == 'one_sided' "
            "and shortest_steps == 8 and power_fraction_above == 0.05"
        )
        assert row["n_selected"].item() == (fraction > 0.05).sum()
        assert row["share_selected"].item() == pytest.approx((fraction > 0.05).mean())
