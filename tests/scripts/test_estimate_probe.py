"""The script estimate_probe, on the network of the known answers."""

import pandas as pd
import pytest
from known_answers import PROMPT, constructed_network

from folkprobe.music.tunes import write_tunes
from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.sampling import generate_tunes


@pytest.fixture
def estimate(script, tmp_path):
    def run(n_drawn=10, prompts=(), **properties):
        network = constructed_network(p_three=0.2, **properties)
        write_checkpoint(network, tmp_path / "checkpoint.h5")
        tunes = generate_tunes(network, rng_seed=3, n_tunes=n_drawn, prompt=PROMPT, max_steps=400)
        write_tunes(tunes, tmp_path / "tunes.h5")
        script("estimate_probe").main(
            checkpoint_path=tmp_path / "checkpoint.h5",
            tunes_path=tmp_path / "tunes.h5",
            probe_path=tmp_path / "probe.csv",
            n_tunes=10,
            ridge_penalty=1.0,
            transfer_prompts=list(prompts),
            n_transfer_tunes=4,
            rng_seed=1,
            confidence_level=0.95,
            n_resamples=99,
        )
        return pd.read_csv(tmp_path / "probe.csv")

    return run


def test_the_counter_is_decoded_from_its_layer_and_the_control_is_not(estimate):
    table = estimate().set_index(["layer", "target"])
    assert table.loc[(1, "elapsed"), "r2"] > 0.99
    # Layer 3 knows whether the bar is full, and whether a `3` fits.
    assert 0.3 < table.loc[(3, "elapsed"), "r2"] < 0.9
    assert (table.xs("control", level="target")["r2"] < 0.2).all()
    assert (table["lower"] <= table["r2"]).all()
    assert set(table["n_tunes"]) == {10}


def test_the_same_metre_drawn_again_transfers(estimate):
    table = estimate(prompts=[PROMPT])
    again = table[(table["n_tunes"] == 4) & (table["layer"] == 1)].set_index("target")["r2"]
    assert again["elapsed"] > 0.99
    # 8 - elapsed of 8 eighths.
    assert again["remaining"] == pytest.approx(again["elapsed"])


def test_a_metre_that_the_vocabulary_lacks_is_left_out_by_name(estimate, caplog):
    assert set(estimate(prompts=["M:6/8 K:Cmaj"])["meter"]) == {"M:4/4"}
    assert "no probe in M:6/8: the vocabulary has no M:6/8" in caplog.text


def test_a_single_tune_is_too_few(estimate, caplog):
    assert len(estimate(n_drawn=1)) == 0
    assert "1 tunes have a bar of it" in caplog.text
