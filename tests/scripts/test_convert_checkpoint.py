"""The script convert_checkpoint."""

import hashlib
import pickle

import numpy as np
import pytest
from fuzz.genuine import folkrnn_content

from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.refusal import Refusal


def test_the_network_is_converted_and_bears_the_studys_name(script, checkpoint, tmp_path):
    source_path = tmp_path / "downloaded.pkl"
    source_path.write_bytes(pickle.dumps(folkrnn_content(checkpoint), protocol=2))
    script("convert_checkpoint").main(
        source_path=source_path,
        vocabulary_path=None,
        checkpoint_path=tmp_path / "checkpoint.h5",
        model="of_the_study",
        n_layers=3,
    )
    converted = read_checkpoint(tmp_path / "checkpoint.h5")
    assert converted.name == "of_the_study"
    assert converted.source_sha256 == hashlib.sha256(source_path.read_bytes()).hexdigest()
    assert converted.vocabulary == checkpoint.vocabulary
    for mine, theirs in zip(checkpoint.layers, converted.layers, strict=True):
        for name in ("W_x", "W_h", "b", "h0", "c0"):
            assert np.array_equal(getattr(mine, name), getattr(theirs, name)), name
    assert np.array_equal(checkpoint.softmax.V, converted.softmax.V)


def test_a_network_of_another_depth_than_planned_is_refused(script, checkpoint, tmp_path):
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(folkrnn_content(checkpoint), protocol=2))
    files = {"source_path": tmp_path / "a.pkl", "vocabulary_path": None, "checkpoint_path": tmp_path / "checkpoint.h5"}
    with pytest.raises(Refusal, match="checkpoint.n_layers: the network has 3 LSTM layers, .* planned for 2"):
        script("convert_checkpoint").main(**files, model="a", n_layers=2)
    assert not (tmp_path / "checkpoint.h5").exists()
