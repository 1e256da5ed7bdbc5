"""The script generate_tunes."""

import hashlib
import inspect

import numpy as np
import pytest
import reference
import yaml
from project import ROOT

from folkprobe.music.tunes import read_tunes
from folkprobe.network.sampling import generate_tunes
from study.conditions import generation_block

GENERATION = {
    "rng_seed": 9,
    "n_tunes": 5,
    "temperature": 0.6,
    "prompt": "M:4/4 K:Cmaj",
    "max_steps": 14,
    "sampler": "per-tune",
    "dtype": "float64",
}


@pytest.fixture
def tunes(script, checkpoint_path, tmp_path):
    script("generate_tunes").main(
        checkpoint_path=checkpoint_path, tunes_path=tmp_path / "tunes.h5", stimulus=None, **GENERATION
    )
    return read_tunes(tmp_path / "tunes.h5")


def test_tunes_are_drawn_as_they_were_requested(checkpoint, tunes):
    assert len(tunes) == GENERATION["n_tunes"]
    lengths = []
    for k in range(len(tunes)):
        assert tunes.tokens(k)[:3] == ["<s>", "M:4/4", "K:Cmaj"]
        indices = tunes.indices(k)
        steps = reference.run(checkpoint, indices[:-1])
        rng = np.random.default_rng(np.random.SeedSequence(GENERATION["rng_seed"], spawn_key=(k,)))
        for t in range(2, len(steps)):
            posterior = reference.posterior(steps[t][2], GENERATION["temperature"])
            assert indices[t + 1] == np.searchsorted(np.cumsum(posterior), rng.random(), side="right")
            assert tunes.log_probability(k)[t + 1] == pytest.approx(np.log(posterior[indices[t + 1]]), abs=1e-9)
        lengths.append(len(steps))
    assert max(lengths) == GENERATION["max_steps"]


def test_the_file_names_the_network_that_drew_them(tunes, checkpoint_path):
    assert tunes.checkpoint_sha256 == hashlib.sha256(checkpoint_path.read_bytes()).hexdigest()
    for name, value in GENERATION.items():
        if name != "n_tunes":
            assert getattr(tunes, name) == value


def test_the_configuration_names_every_setting_and_no_other():
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    settings = set(inspect.signature(generate_tunes).parameters) - {"checkpoint"}
    assert set(generation_block(config, "intact", 0)) == settings == {*GENERATION, "first_tune", "stimulus"}


def test_a_forced_stimulus_is_what_every_tune_reads(script, checkpoint_path, tmp_path):
    stimulus = {"kind": "forced", "tokens": "C D | E"}
    script("generate_tunes").main(
        checkpoint_path=checkpoint_path, tunes_path=tmp_path / "tunes.h5", stimulus=stimulus, **GENERATION
    )
    tunes = read_tunes(tmp_path / "tunes.h5")
    assert [tunes.tokens(k) for k in range(len(tunes))] == [["<s>", "M:4/4", "K:Cmaj", "C", "D", "|", "E"]] * 5
    assert tunes.stimulus == "forced"
