"""The script estimate_clocks, on a counter of durations and on tunes that do not tell the clocks apart."""

import numpy as np
import pandas as pd
import pytest
from known_answers import COUNTERS, FOLLOWER, N_UNITS, PROMPT, constructed_network

from folkprobe.music.tunes import write_tunes
from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.sampling import generate_tunes

BLOCK = {"n_tunes": 8, "ridge_penalty_steps": 1.0, "n_permutations": 2, "share_of_steps_apart_min": 0.05}
BLOCK |= {"rng_seed": 1, "confidence_level": 0.95, "n_resamples": 99}


@pytest.fixture
def estimate(script, tmp_path):
    def run(network, n_drawn=10, **block):
        write_checkpoint(network, tmp_path / "checkpoint.h5")
        tunes = generate_tunes(network, rng_seed=3, n_tunes=n_drawn, prompt=PROMPT, max_steps=400)
        write_tunes(tunes, tmp_path / "tunes.h5")
        files = {name: tmp_path / f"{name}.csv" for name in ("clocks", "summary")}
        script("estimate_clocks").main(
            checkpoint_path=tmp_path / "checkpoint.h5",
            tunes_path=tmp_path / "tunes.h5",
            **{f"{name}_path": path for name, path in files.items()},
            **(BLOCK | block),
        )
        return [pd.read_csv(path) for path in files.values()]

    return run


def test_the_counter_of_durations_has_the_eighths_and_the_follower_neither(estimate):
    clocks, summary = estimate(constructed_network(p_three=0.2))
    assert clocks["state"].value_counts().to_dict() == {"h": 3 * N_UNITS, "tanh_c": 3 * N_UNITS, "p_bar": 1}
    of_units = clocks.set_index(["layer", "state", "unit_index"]).sort_index()
    counter, follower = of_units.loc[1, "tanh_c", COUNTERS[0]], of_units.loc[1, "tanh_c", FOLLOWER]
    assert counter["lower_eighths"] > 0.02
    assert abs(counter["gain_steps"]) < 0.002
    assert abs(follower["gain_eighths"]) < 0.002
    assert (summary["n_tunes"] == 8).all()
    assert (summary["share_of_steps_apart"] > 0.05).all()
    row = summary[(summary["layer"] == 1) & (summary["state"] == "h") & (summary["clock"] == "eighths")].iloc[0]
    of_layer = clocks[(clocks["layer"] == 1) & (clocks["state"] == "h")]
    assert row["gain"] == pytest.approx(np.nanmedian(of_layer["gain_eighths"]))
    assert row["share_of_units_above_null"] == (of_layer["lower_eighths"] > 0).mean()
    assert row["lower"] <= row["beyond_null"] <= row["upper"]


@pytest.mark.parametrize("network", [{"p_three": 1e-9}, {"counts": "notes", "p_three": 1e-9}])
def test_without_steps_that_tell_the_clocks_apart_the_tables_are_empty(estimate, caplog, network):
    # A `2` is one step and one eighth more.
    clocks, summary = estimate(constructed_network(**network))
    assert len(clocks) == len(summary) == 0
    assert {"gain_eighths", "null_steps", "unit_index"} <= set(clocks)
    (record,) = caplog.records
    assert "clocks are not told apart" in record.getMessage()


def test_a_single_tune_is_too_few(estimate):
    clocks, _ = estimate(constructed_network(p_three=0.2), n_tunes=1)
    assert len(clocks) == 0
