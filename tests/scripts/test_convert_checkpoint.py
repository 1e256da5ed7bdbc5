"""The script convert_checkpoint."""

import hashlib
import pickle

import numpy as np
import pytest
from fuzz.genuine import folkrnn_content
from networks import assert_same_network, random_checkpoint

from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.controls import transform_checkpoint
from folkprobe.network.excision import excise_units
from folkprobe.network.formats.npz import write_npz
from folkprobe.refusal import Refusal
from study.conditions import given_files

PLANNED = {
    "description_path": None,
    "n_layers": 3,
    "transform": None,
    "transform_rng_seed": 5,
    "is_planned_with_bars": True,
}


def test_the_network_is_converted_and_bears_the_studys_name(script, checkpoint, tmp_path):
    source_path = tmp_path / "downloaded.pkl"
    source_path.write_bytes(pickle.dumps(folkrnn_content(checkpoint), protocol=2))
    script("convert_checkpoint").main(
        source_path=source_path,
        vocabulary_path=None,
        checkpoint_path=tmp_path / "checkpoint.h5",
        model="of_the_study",
        **PLANNED,
    )
    converted = read_checkpoint(tmp_path / "checkpoint.h5")
    assert converted.name == "of_the_study"
    assert converted.source_sha256 == hashlib.sha256(source_path.read_bytes()).hexdigest()
    assert converted.vocabulary == checkpoint.vocabulary
    for mine, theirs in zip(checkpoint.layers, converted.layers, strict=True):
        for name in ("W_x", "W_h", "b", "h0", "c0"):
            assert np.array_equal(getattr(mine, name), getattr(theirs, name)), name
    assert np.array_equal(checkpoint.softmax.V, converted.softmax.V)


def test_an_npz_is_converted_with_the_json_that_was_beside_it(script, checkpoint, tmp_path):
    excised = excise_units(checkpoint, 2, [1, 3], value=0.5)
    write_npz(excised, tmp_path / "mine.npz")
    files = given_files(
        {
            "checkpoint": {"source": str(tmp_path / "mine.npz"), "vocabulary": None},
            "baseline": {"tunes": "resources/training_tunes.csv"},
        }
    )
    assert files["checkpoint.description"] == [str(tmp_path / "mine.json")]
    (tmp_path / "source").mkdir()
    (tmp_path / "source/checkpoint").write_bytes((tmp_path / "mine.npz").read_bytes())
    script("convert_checkpoint").main(
        source_path=tmp_path / "source/checkpoint",
        vocabulary_path=None,
        checkpoint_path=tmp_path / "checkpoint.h5",
        model="of_the_study",
        **PLANNED | {"description_path": tmp_path / "mine.json"},
    )
    converted = read_checkpoint(tmp_path / "checkpoint.h5")
    assert_same_network(excised, converted)
    assert [(each.layer, each.scope) for each in converted.excisions] == [(2, "both")]


@pytest.mark.parametrize("content", [b"a pickle", b"PK\x03\x04", None])
def test_a_json_beside_another_file_is_not_taken_for_its_own(tmp_path, content):
    (tmp_path / "mine.json").write_text("{}")
    if content:
        (tmp_path / "mine.pkl").write_bytes(content)
    block = {"source": str(tmp_path / "mine.pkl"), "vocabulary": None}
    assert given_files({"checkpoint": block, "baseline": {"tunes": "a.csv"}})["checkpoint.description"] == []


def test_a_network_of_another_depth_than_planned_is_refused(script, checkpoint, tmp_path):
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(folkrnn_content(checkpoint), protocol=2))
    files = {"source_path": tmp_path / "a.pkl", "vocabulary_path": None, "checkpoint_path": tmp_path / "checkpoint.h5"}
    with pytest.raises(Refusal, match="checkpoint.n_layers: the network has 3 LSTM layers, .* planned for 2"):
        script("convert_checkpoint").main(**files, model="a", **PLANNED | {"n_layers": 2})
    assert not (tmp_path / "checkpoint.h5").exists()


def test_a_control_is_made_of_the_network(script, checkpoint, tmp_path):
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(folkrnn_content(checkpoint), protocol=2))
    files = {"source_path": tmp_path / "a.pkl", "vocabulary_path": None, "checkpoint_path": tmp_path / "checkpoint.h5"}
    script("convert_checkpoint").main(**files, model="a", **PLANNED | {"transform": "untrained"})
    expected = transform_checkpoint(checkpoint, "untrained", rng_seed=5)
    assert np.array_equal(read_checkpoint(tmp_path / "checkpoint.h5").layers[2].W_h, expected.layers[2].W_h)


def test_a_vocabulary_without_bars_is_refused_where_bars_were_planned(script, tmp_path):
    checkpoint = random_checkpoint(vocabulary=("<s>", "</s>", "N1", "N2"))
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(folkrnn_content(checkpoint), protocol=2))
    files = {"source_path": tmp_path / "a.pkl", "vocabulary_path": None, "checkpoint_path": tmp_path / "checkpoint.h5"}
    with pytest.raises(Refusal, match="no bar lines or no metre, .* give its path as checkpoint.source"):
        script("convert_checkpoint").main(**files, model="a", **PLANNED)
    script("convert_checkpoint").main(**files, model="a", **PLANNED | {"is_planned_with_bars": False})
