"""The script compare_specifications, against power fractions written out here."""

import inspect

import numpy as np
import pandas as pd
import yaml
from project import ROOT

from folkprobe.signal.specification import specified_selections

CHOICES = {
    "windows": ["rect", "hann"],
    "n_fft": [None, 10, 27],
    "bands_steps": [[8.7, 9.3], [5.5, 6.5]],
    "power_fractions_above": [0.02, 0.2],
}


def fraction_of(states, window, n_fft, dc, bins):
    states = states.astype(np.float64)
    n_steps = len(states)
    if dc == "mean_removed":
        states = states - states.mean(axis=0)
    if window == "hann":
        states = states * (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_steps) / n_steps))[:, np.newaxis]
    # Both sides of the spectrum over both sides.
    power = np.abs(np.fft.fft(states, n_fft, axis=0)) ** 2
    mirrored = [n_fft - k for k in bins]
    return power[[*bins, *mirrored]].sum(axis=0) / power[1 if dc == "dropped" else 0 :].sum(axis=0)


def test_every_combination_selects_what_its_power_fractions_say(script, trajectories, trajectories_path, tmp_path):
    script("compare_specifications").main(
        trajectories_path=trajectories_path, specifications_path=tmp_path / "table.csv", tune_index=1, **CHOICES
    )
    table = pd.read_csv(tmp_path / "table.csv", keep_default_na=False, na_values={"n_selected": [""]})
    # Layers, windows, lengths, DC settings, sides, bands, thresholds.
    assert len(table) == 3 * 2 * 3 * 3 * 3 * 2 * 2
    choices = ["layer", "window", "n_fft", "dc", "sides", "shortest_steps", "power_fraction_above"]
    assert not table.duplicated(choices).any()
    states = trajectories[1].hidden_state
    assert len(states[0]) == 12
    assert set(table["n_fft"]) == {12, 10, 27}
    n_compared = 0
    for row in table[table["sides"] == "one_sided"].itertuples():
        # Of 12, bin 2 has a period of 6; of 27, bin 3 has one of 9, and no bin has one from 5.5 to 6.5.
        bins = {(12, 5.5): [2], (27, 8.7): [3]}.get((row.n_fft, row.shortest_steps))
        if bins is None:
            assert np.isnan(row.n_selected)
            assert row.remark == ("n_fft is shorter than the tune" if row.n_fft == 10 else "the band holds no bin")
            continue
        fraction = fraction_of(states[row.layer - 1], row.window, row.n_fft, row.dc, bins)
        assert row.n_units == len(fraction)
        assert row.n_selected == (fraction > row.power_fraction_above).sum()
        assert np.isclose(float(row.share_selected), (fraction > row.power_fraction_above).mean())
        assert np.isclose(float(row.median_power_fraction), np.median(fraction), rtol=1e-4)
        n_compared += 1
    assert n_compared == 3 * 2 * 2 * 3 * 2
    # The thresholds tell units apart.
    assert table["n_selected"].between(1, 5).any()


def test_the_configuration_names_every_choice_and_no_other():
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    settings = set(inspect.signature(specified_selections).parameters) - {"hidden_state"}
    assert set(config["specifications"]) == settings == set(CHOICES)
