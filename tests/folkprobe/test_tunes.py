"""The tunes file."""

from dataclasses import fields

import numpy as np
import pytest
from networks import VOCABULARY

from folkprobe.music.tunes import Tunes, gather_tunes, read_tunes, write_tunes
from folkprobe.network.sampling import generate_tunes
from folkprobe.network.stimulus import TwoHot
from folkprobe.refusal import Refusal


@pytest.fixture
def tunes(checkpoint):
    return generate_tunes(checkpoint, rng_seed=2, n_tunes=5, prompt="M:4/4", temperature=0.9, max_steps=15)


def test_what_is_written_is_read(tmp_path, tunes):
    write_tunes(tunes, tmp_path / "tunes.h5")
    again = read_tunes(tmp_path / "tunes.h5")
    for field in fields(Tunes):
        mine, theirs = getattr(tunes, field.name), getattr(again, field.name)
        if isinstance(mine, np.ndarray):
            assert mine.dtype == theirs.dtype
            assert np.array_equal(mine, theirs, equal_nan=mine.dtype.kind == "f")
        else:
            assert mine == theirs
    assert tunes.token_index.dtype == np.int16


def test_a_token_has_its_place_in_the_vocabulary_or_is_named(tunes):
    assert tunes.vocabulary[tunes.column("|")] == "|"
    with pytest.raises(Refusal, match="has no ':|'"):
        tunes.column(":|")


def test_the_same_tunes_give_the_same_bytes(tmp_path, tunes):
    for name in ("a.h5", "b.h5"):
        write_tunes(tunes, tmp_path / name)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_tunes_are_cut_at_their_offsets():
    index_of = VOCABULARY.index
    tokens = ["<s>", "C", "</s>", "<s>", "D"]
    tunes = Tunes(
        vocabulary=VOCABULARY,
        token_index=np.array([index_of(token) for token in tokens], dtype=np.int16),
        tune_offsets=np.array([0, 3, 5]),
        stop_code=np.array([0, 1], dtype=np.int8),
        log_probabilities=np.array([np.nan, -1, -2, np.nan, -3]),
        rng_seed=0,
        first_tune=0,
        temperature=1.0,
        prompt="",
        sampler="per-tune",
        dtype="float64",
        max_steps=1,
    )
    assert len(tunes) == 2
    assert tunes.tokens(0) == ["<s>", "C", "</s>"]
    assert tunes.tokens(1) == ["<s>", "D"]
    assert tunes.log_probability(1)[1] == -3
    assert [tunes.stop_reason(k) for k in (0, 1)] == ["end_token", "max_steps"]
    for k in (-1, 2):
        with pytest.raises(IndexError):
            tunes.tokens(k)


def test_files_that_are_no_tunes_are_refused(tmp_path):
    with pytest.raises(Refusal, match="tunes.h5: no such file"):
        read_tunes(tmp_path / "tunes.h5")
    (tmp_path / "tunes.h5").write_bytes(b"no HDF5")
    with pytest.raises(Refusal, match="not a complete tunes.h5"):
        read_tunes(tmp_path / "tunes.h5")


@pytest.mark.parametrize("stimulus", [None, TwoHot()], ids=["one-hot", "two-hot"])
def test_shards_join_to_the_bytes_of_one_set(tmp_path, checkpoint, stimulus):
    def draw(first_tune, n_tunes):
        return generate_tunes(
            checkpoint, rng_seed=2, first_tune=first_tune, n_tunes=n_tunes, max_steps=30, stimulus=stimulus
        )

    write_tunes(draw(5, 20), tmp_path / "whole.h5")
    write_tunes(gather_tunes([draw(5, 1), draw(6, 12), draw(18, 7)]), tmp_path / "joined.h5")
    assert (tmp_path / "whole.h5").read_bytes() == (tmp_path / "joined.h5").read_bytes()


def test_shards_that_do_not_belong_together_are_refused(checkpoint):
    def draw(first_tune, **arguments):
        return generate_tunes(
            checkpoint, **({"rng_seed": 2, "n_tunes": 3, "max_steps": 9} | arguments), first_tune=first_tune
        )

    with pytest.raises(Refusal, match="from 4 on do not follow tune 2"):
        gather_tunes([draw(0), draw(4)])
    with pytest.raises(Refusal, match="from 3 on were generated with another temperature"):
        gather_tunes([draw(0), draw(3, temperature=0.5)])
    with pytest.raises(Refusal, match="with another token_weight|with another stimulus"):
        gather_tunes([draw(0), draw(3, stimulus=TwoHot())])
