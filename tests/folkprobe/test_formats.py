"""Foreign checkpoints: read exactly, or refused in a sentence, and never executed."""

import os
import pickle
import struct

import numpy as np
import pytest
from networks import folkrnn_content, random_checkpoint

from folkprobe.network.formats import convert_checkpoint
from folkprobe.refusal import Refusal


def _write(path, content, protocol=2):
    path.write_bytes(pickle.dumps(content, protocol=protocol))
    return path


def assert_same_network(mine, theirs):
    assert mine.vocabulary == theirs.vocabulary
    for a, b in zip(mine.layers, theirs.layers, strict=True):
        for name in ("W_x", "W_h", "b", "h0", "c0", "unit_index"):
            assert np.array_equal(getattr(a, name), getattr(b, name)), name
    assert np.array_equal(mine.softmax.V, theirs.softmax.V)
    assert np.array_equal(mine.softmax.v, theirs.softmax.v)


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_of_any_protocol_is_read_exactly(tmp_path, checkpoint, protocol):
    path = _write(tmp_path / "mine.pkl", folkrnn_content(checkpoint), protocol)
    converted = convert_checkpoint(path)
    assert_same_network(checkpoint, converted)
    assert converted.name == "mine"
    assert converted.embedding is None


def test_a_python_2_file_is_read(shared_file):
    checkpoint = convert_checkpoint(shared_file("checkpoints/tiny-py2.pkl"))
    assert len(checkpoint.vocabulary) == 7
    assert [layer.n_units for layer in checkpoint.layers] == [4, 4, 4]


def test_the_real_size_file_is_read(session_checkpoint):
    import json

    from project import ROOT

    tokens = json.loads((ROOT / "resources/vocabulary_v2.json").read_text())
    assert session_checkpoint.vocabulary == tuple(tokens)
    assert [layer.W_x.shape for layer in session_checkpoint.layers] == [(4, 137, 512), (4, 512, 512), (4, 512, 512)]
    assert all(np.any(layer.h0) and np.any(layer.c0) for layer in session_checkpoint.layers)
    assert session_checkpoint.layers[0].W_h.dtype == np.float32


def test_an_embedding_that_is_not_the_identity_is_kept(tmp_path, checkpoint):
    content = folkrnn_content(checkpoint)
    content["param_values"][0] = 2 * content["param_values"][0]
    converted = convert_checkpoint(_write(tmp_path / "a.pkl", content))
    assert np.array_equal(converted.embedding, 2 * np.eye(12))


class _Hostile:
    def __init__(self, function, *arguments):
        self._call = function, arguments

    def __reduce__(self):
        return self._call


def test_nothing_is_executed(tmp_path):
    marker = tmp_path / "executed"
    for function, name in ((os.system, "system"), (eval, "eval"), (exec, "exec")):
        command = f"touch {marker}" if function is os.system else f"open({str(marker)!r}, 'w')"
        with pytest.raises(Refusal, match=rf"evil.pkl: .*\.{name}, which no array of numbers needs"):
            convert_checkpoint(_write(tmp_path / "evil.pkl", {"token2idx": _Hostile(function, command)}))
    assert not marker.exists()


def _hostile_streams():
    array = pickle.dumps(np.arange(6, dtype=np.float32).reshape(2, 3), protocol=2)
    huge = array.replace(b"K\x02K\x03\x86", b"J\xff\xff\xff\x7fK\x01\x86")
    assert huge != array
    negative = array.replace(b"K\x02K\x03\x86", b"J\xfe\xff\xff\xffJ\xfd\xff\xff\xff\x86")
    return {
        "needs 8589934588 bytes and has 24": huge,
        "shape is not a few whole numbers": negative,
        "element type 'O8'": pickle.dumps(np.array([None]), protocol=2),
        "structured element type": pickle.dumps(np.zeros(2, [("a", "f4")]), protocol=2),
        "numbers its parts wildly": b"\x80\x02}r\xff\xff\xff\x7f.",
        "nests more than 100": b"\x80\x02" + b"(" * 5000 + b"t" * 5000 + b".",
        "uses the pickle instruction EXT1": b"\x80\x02\x82\x01.",
        "uses the pickle instruction NEWOBJ": b"\x80\x02c__builtin__\nobject\n)\x81.",
        "uses the pickle instruction PERSID": b"Pother\n.",
        "is damaged or cut short": array[:40],
        "lacks the entries token2idx": pickle.dumps([1, 2]),
        "is damaged or cut short .pickle exhausted": b"",
        "is damaged": b"\x80\x02" + b"X" + struct.pack("<I", 2**31 - 1) + b"a",
    }


@pytest.mark.parametrize("sentence", list(_hostile_streams()))
def test_hostile_files_are_refused_in_one_sentence(tmp_path, sentence):
    stream = _hostile_streams()[sentence]
    # Arrays are only looked at where an array belongs.
    if stream.startswith(b"\x80\x02cnumpy") and sentence != "is damaged or cut short":
        body = stream[2:-1]
        stream = b"\x80\x02}(X\x09\x00\x00\x00token2idx}X\x0c\x00\x00\x00param_values](" + body * 45 + b"eu."
    path = tmp_path / "bad.pkl"
    path.write_bytes(stream)
    with pytest.raises(Refusal, match=sentence) as refusal:
        convert_checkpoint(path)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def _changed(checkpoint, change):
    content = folkrnn_content(checkpoint)
    change(content)
    return content


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda c: c["param_values"].pop(), "holds 44 arrays"),
        (lambda c: c["param_values"].__setitem__(1, np.zeros((12, 4), np.float32)), "gates of W_x in layer 1 differ"),
        (lambda c: c["param_values"].__setitem__(13, np.zeros(5, np.float32)), "cell_init of layer 1"),
        (lambda c: c["param_values"].__setitem__(43, np.zeros((5, 12), np.float32)), "V of the softmax has the shape"),
        (lambda c: c["param_values"].__setitem__(44, np.full(12, np.inf, np.float32)), "v of the softmax holds NaN"),
        (lambda c: c["param_values"].__setitem__(3, np.zeros(5, np.int32)), "array 3 of its param_values holds int32"),
        (lambda c: c["token2idx"].__setitem__("C", 99), "without a gap"),
        (lambda c: c["token2idx"].__setitem__("C", "4"), "does not map tokens"),
        (lambda c: c.__setitem__("token2idx", {t.replace("<s>", "S"): i for t, i in c["token2idx"].items()}), "'<s>'"),
        (lambda c: c.__setitem__("param_values", [1, 2]), "not a list of arrays"),
    ],
)
def test_files_that_are_no_folkrnn_network_are_refused(tmp_path, checkpoint, change, sentence):
    path = _write(tmp_path / "bad.pkl", _changed(checkpoint, change))
    with pytest.raises(Refusal, match=sentence):
        convert_checkpoint(path)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_truncated_file_is_refused(tmp_path, checkpoint, share):
    path = _write(tmp_path / "cut.pkl", folkrnn_content(checkpoint))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(Refusal, match="cut.pkl: .*damaged or cut short"):
        convert_checkpoint(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(Refusal, match="none.pkl: the checkpoint cannot be read"):
        convert_checkpoint(tmp_path / "none.pkl")


def test_a_vocabulary_that_contradicts_the_files_own_is_refused(tmp_path, checkpoint):
    path = _write(tmp_path / "a.pkl", folkrnn_content(checkpoint))
    convert_checkpoint(path, vocabulary=checkpoint.vocabulary)
    with pytest.raises(Refusal, match="differs from the one that was given"):
        convert_checkpoint(path, vocabulary=checkpoint.vocabulary[::-1])


def test_the_converter_would_notice_a_sorted_vocabulary(tmp_path):
    checkpoint = random_checkpoint(vocabulary=("z", "<s>", "a", "</s>", "C"))
    converted = convert_checkpoint(_write(tmp_path / "a.pkl", folkrnn_content(checkpoint)))
    assert converted.vocabulary == ("z", "<s>", "a", "</s>", "C")
