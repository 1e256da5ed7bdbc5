"""Foreign checkpoints: read exactly, or refused in a sentence, and never executed."""

import bz2
import gzip
import io
import lzma
import os
import pickle
import subprocess
import sys
import zipfile
import zlib
from collections import Counter, OrderedDict
from decimal import Decimal

import numpy as np
import pytest
from fuzz.genuine import folkrnn_content, without_initial_states, write_folkrnn_pickle
from networks import VOCABULARY, assert_same_network, random_checkpoint
from project import ROOT

from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.formats import convert_checkpoint, opcode_check, pickle_entries
from folkprobe.network.formats.layout import arrays_of_network
from folkprobe.network.formats.npz import write_npz
from folkprobe.network.formats.safetensors_file import write_safetensors
from folkprobe.refusal import Refusal


def _write(path, content, protocol=2):
    path.write_bytes(pickle.dumps(content, protocol=protocol))
    return path


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_of_any_protocol_is_read_exactly(tmp_path, checkpoint, protocol):
    path = _write(tmp_path / "mine.pkl", folkrnn_content(checkpoint), protocol)
    converted = convert_checkpoint(path)
    assert_same_network(checkpoint, converted)
    assert converted.name == "mine"
    assert converted.embedding is None


@pytest.mark.parametrize("n_units", [(3,), (4, 2), (2, 5, 3, 4), (1, 2, 3, 4, 5, 4, 3, 2)])
@pytest.mark.parametrize("write", [write_folkrnn_pickle, write_npz, write_safetensors, write_checkpoint])
def test_networks_of_1_to_8_layers_of_any_sizes_are_read_exactly(tmp_path, n_units, write):
    network = random_checkpoint(n_units=n_units)
    write(network, tmp_path / "a.file")
    assert_same_network(network, convert_checkpoint(tmp_path / "a.file"))


@pytest.mark.parametrize("n_layers", [1, 2, 4, 8])
def test_the_layers_of_a_state_dict_are_counted_by_its_names(tmp_path, n_layers):
    network = without_initial_states(random_checkpoint(n_units=(4,) * n_layers))
    write_safetensors(network, tmp_path / "a.safetensors", layout="pytorch")
    assert_same_network(network, convert_checkpoint(tmp_path / "a.safetensors"))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("lstm.", "gru.", "'gru.bias_hh_l0', as a GRU network does"),
        ("bias_hh_l0", "weight_hr_l0", "'lstm.weight_hr_l0', as an LSTM with projections does"),
        ("_l2", "_l0_reverse", "_l0_reverse', as a bidirectional LSTM does"),
        ("_l2", "_l8", "holds the array 'lstm.bias_hh_l8': an LSTM of 1 to 8 layers"),
        ("_l2", "_l3", "lacks the array 'lstm.bias_hh_l2', which an LSTM of 4 layers has"),
    ],
)
def test_other_networks_of_pytorch_are_refused_by_name(tmp_path, old, new, sentence):
    arrays = arrays_of_network(without_initial_states(random_checkpoint(n_units=(4, 4, 4))), "pytorch")
    np.savez(tmp_path / "a.npz", allow_pickle=False, **{name.replace(old, new): of for name, of in arrays.items()})
    with pytest.raises(Refusal, match=sentence):
        convert_checkpoint(tmp_path / "a.npz", vocabulary=VOCABULARY)


def test_a_python_2_file_is_read(shared_file):
    checkpoint = convert_checkpoint(shared_file("checkpoints/tiny-py2.pkl"))
    assert len(checkpoint.vocabulary) == 7
    assert [layer.n_units for layer in checkpoint.layers] == [4, 4, 4]


def test_the_real_size_file_is_read(session_checkpoint):
    import json

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


@pytest.mark.parametrize("kind", [OrderedDict, Counter])
@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_token2idx_may_be_another_mapping(tmp_path, checkpoint, kind, protocol):
    content = folkrnn_content(checkpoint)
    content["token2idx"] = kind(content["token2idx"])
    assert_same_network(checkpoint, convert_checkpoint(_write(tmp_path / "a.pkl", content, protocol)))


def test_an_ordered_mapping_of_python_2_is_read(tmp_path, checkpoint):
    # Python 2 gives the pairs, as lists, to the class.
    class Pairs:
        def __reduce__(self):
            return OrderedDict, ([list(pair) for pair in content["token2idx"].items()],)

    content = folkrnn_content(checkpoint)
    path = _write(tmp_path / "a.pkl", content | {"token2idx": Pairs()})
    assert_same_network(checkpoint, convert_checkpoint(path))


def test_a_vocabulary_that_is_a_token_short_is_what_is_blamed(tmp_path, checkpoint):
    content = folkrnn_content(checkpoint)
    del content["token2idx"]["A"]
    with pytest.raises(Refusal, match="the vocabulary has 11 tokens and the network 12") as refusal:
        convert_checkpoint(_write(tmp_path / "a.pkl", content))
    assert "damaged" not in str(refusal.value)


@pytest.mark.parametrize("protocol", [0, 1, 2, 4, 5])
@pytest.mark.parametrize("where", ["before", "after", "both"])
def test_training_state_is_skipped_without_being_built(tmp_path, checkpoint, protocol, where, monkeypatch):
    # Small enough to be quick: what is skipped is neither checked nor built.
    monkeypatch.setattr(opcode_check, "_MAX_OPCODES", 3_000)
    monkeypatch.setattr(pickle_entries, "_FEWEST_BYTES", 1000)
    losses = [np.array(k, np.float32) for k in range(15_000)]
    content = folkrnn_content(checkpoint)
    state = {"losses_train": losses, "rng": {"a": [1, None, True]}}
    later = {"losses_valid": dict(enumerate(losses[:9000]))} if where == "both" else {}
    content = state | content | later if where != "after" else content | state
    path = _write(tmp_path / "a.pkl", content, protocol)
    assert_same_network(checkpoint, convert_checkpoint(path))


def test_what_is_skipped_may_not_ask_for_other_names(tmp_path, checkpoint):
    content = {"losses": [Decimal(1), b" " * 2**20]} | folkrnn_content(checkpoint)
    with pytest.raises(Refusal, match=r"decimal.Decimal, which no array of numbers needs: it was not run"):
        convert_checkpoint(_write(tmp_path / "a.pkl", content))


def _zip_of(data):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("metadata/model.pkl", data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (gzip.compress, "compressed with gzip: unpack it first .gunzip FILE"),
        (bz2.compress, "compressed with bzip2: unpack it first"),
        (lzma.compress, "compressed with xz: unpack it first"),
        (zlib.compress, "compressed with zlib, as joblib.dump does: load it with joblib.load"),
        (_zip_of, "zip archive with 'metadata/model.pkl' in it: unpack it"),
        (lambda data: data.replace(b"\n", b"\r\n"), "transfer in text mode makes them; copy the original again"),
        (lambda data: data.decode("utf-8", "replace").encode(), "read and saved as text on its way"),
        (
            lambda _: b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 12345\n",
            "a git-LFS pointer, not the file: run `git lfs pull`",
        ),
        (
            lambda data: data[:2] + b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n" + data[2:],
            "written by joblib.*save it with pickle.dump",
        ),
        (lambda _: b"<!DOCTYPE html><title>Sign in</title>", "it is a web page"),
    ],
)
def test_what_is_no_checkpoint_is_recognised(tmp_path, checkpoint, change, sentence):
    path = tmp_path / "a.pkl"
    for protocol in (0, 2):
        path.write_bytes(change(pickle.dumps(folkrnn_content(checkpoint), protocol=protocol)))
        if protocol == 0 and "read and saved" in sentence:
            continue  # of ASCII
        with pytest.raises(Refusal, match=sentence) as refusal:
            convert_checkpoint(path)
        assert "damaged" not in str(refusal.value)


_PEAK = """
import resource, sys
from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.formats import convert_checkpoint, opcode_check, pickle_entries
from folkprobe.network.formats.layout import arrays_of_network
from folkprobe.network.formats.npz import write_npz
from folkprobe.network.formats.safetensors_file import write_safetensors
def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
convert_checkpoint(sys.argv[1])
before = peak_bytes()
convert_checkpoint(sys.argv[2])
print(peak_bytes() - before)
"""


@pytest.mark.parametrize("container", ["pickle", "protocol 2", "safetensors", "npz", "checkpoint.h5"])
def test_conversion_needs_little_more_memory_than_the_file(session_checkpoint, shared_file, tmp_path, container):
    small, large = tmp_path / "small", tmp_path / "large"
    write_folkrnn_pickle(random_checkpoint(), small)
    if container == "pickle":
        large = shared_file("checkpoints/session-512.pkl")
    elif container == "protocol 2":
        write_folkrnn_pickle(session_checkpoint, large, 2)
    else:
        {"safetensors": write_safetensors, "npz": write_npz, "checkpoint.h5": write_checkpoint}[container](
            session_checkpoint, large
        )
    command = [sys.executable, "-c", _PEAK, str(small), str(large)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    # Less than the 64 MiB beyond twice the file that a hostile one may take.
    assert int(ended.stdout) < 2 * large.stat().st_size + 4 * 2**20


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_truncated_file_is_refused(tmp_path, checkpoint, share):
    path = _write(tmp_path / "cut.pkl", folkrnn_content(checkpoint))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(Refusal, match="cut.pkl: .*it is damaged or cut short"):
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


def test_the_format_is_read_off_the_bytes(tmp_path, checkpoint):
    writers = {
        "folk-rnn pickle": write_folkrnn_pickle,
        "safetensors": write_safetensors,
        "npz": write_npz,
        "made by the tests": write_checkpoint,
    }
    for source_format, write in writers.items():
        write(checkpoint, tmp_path / "model.pt")
        converted = convert_checkpoint(tmp_path / "model.pt", vocabulary=checkpoint.vocabulary)
        assert converted.source_format == source_format
        assert_same_network(checkpoint, converted)


def test_a_changed_checkpoint_file_is_refused_as_a_foreign_one(tmp_path, checkpoint):
    write_checkpoint(checkpoint, tmp_path / "a.h5")
    data = bytearray((tmp_path / "a.h5").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "a.h5").write_bytes(data)
    with pytest.raises(Refusal, match="HDF5, but not as folkprobe wrote it"):
        convert_checkpoint(tmp_path / "a.h5")
