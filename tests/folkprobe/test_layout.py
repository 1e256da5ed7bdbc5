"""Networks go out to other tools and come back the same, to the last bit."""

import json
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from fuzz.genuine import without_initial_states
from networks import assert_same_network, random_checkpoint

from folkprobe.network.excision import excise_units
from folkprobe.network.formats import convert_checkpoint
from folkprobe.network.formats.layout import arrays_of_network
from folkprobe.network.formats.npz import write_npz
from folkprobe.network.formats.pytorch import state_dict_of, write_pytorch
from folkprobe.network.formats.safetensors_file import write_safetensors
from folkprobe.refusal import Refusal

NETWORKS = {
    "intact": random_checkpoint(),
    "embedding": random_checkpoint(n_embedding=3),
    "excised twice": excise_units(excise_units(random_checkpoint(), 1, [0, 2], value=0.3), 3, [1], scope="out"),
    "without layer 2": excise_units(random_checkpoint(), 2, range(4)),
}
SAME_SIZE = random_checkpoint(n_units=(4, 4, 4), n_embedding=3)
WRITERS = {"safetensors": write_safetensors, "npz": write_npz}


def _torch():
    return pytest.importorskip("torch", reason="SKIPPED: needs torch, of the extra `train`")


@pytest.mark.parametrize("write", list(WRITERS.values()), ids=list(WRITERS))
@pytest.mark.parametrize("checkpoint", list(NETWORKS.values()), ids=list(NETWORKS))
def test_what_is_written_in_our_layout_is_read(tmp_path, checkpoint, write):
    write(checkpoint, tmp_path / "a.file")
    again = convert_checkpoint(tmp_path / "a.file")
    assert_same_network(checkpoint, again)
    assert [(e.layer, e.scope) for e in checkpoint.excisions] == [(e.layer, e.scope) for e in again.excisions]
    for mine, theirs in zip(checkpoint.excisions, again.excisions, strict=True):
        assert np.array_equal(mine.unit_index, theirs.unit_index)
        assert np.array_equal(mine.value, theirs.value)


PLAIN = {
    "one-hot": without_initial_states(random_checkpoint(n_units=(4, 4, 4))),
    "embedding": without_initial_states(SAME_SIZE),
    "float64 biases": without_initial_states(excise_units(SAME_SIZE, 2, [1, 3], value=0.3, scope="out")),
}


@pytest.mark.parametrize("container", ["safetensors", "npz", "pt"])
@pytest.mark.parametrize("checkpoint", list(PLAIN.values()), ids=list(PLAIN))
def test_what_is_written_in_pytorchs_layout_is_read(tmp_path, checkpoint, container):
    path = tmp_path / "no suffix that tells"
    if container == "pt":
        _torch()
        write_pytorch(checkpoint, path)
    else:
        WRITERS[container](checkpoint, path, layout="pytorch")
    again = convert_checkpoint(path, vocabulary=checkpoint.vocabulary)
    assert_same_network(checkpoint, again)


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_network_gives_the_same_bytes(tmp_path, checkpoint, name):
    for stem in "ab":
        WRITERS[name](checkpoint, tmp_path / stem)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_two_biases_add_exactly(tmp_path):
    # 1 + 2^-30 has no float32; 0.5 + 0.25 does.
    arrays = arrays_of_network(without_initial_states(SAME_SIZE), "pytorch")
    names = [f"lstm.bias_{part}_l0" for part in ("ih", "hh")]
    for values, dtype in (((1.0, 2.0**-30), np.float64), ((0.5, 0.25), np.float32)):
        for name, value in zip(names, values, strict=True):
            arrays[name] = np.full(16, value, np.float32)
        with (tmp_path / "a.npz").open("wb") as file:
            np.savez(file, **arrays)
        b = convert_checkpoint(tmp_path / "a.npz", vocabulary=SAME_SIZE.vocabulary).layers[0].b
        assert b.dtype == dtype
        assert np.array_equal(b, np.full((4, 4), sum(values)))


def test_torch_reads_what_we_write(tmp_path):
    torch = _torch()
    checkpoint = without_initial_states(SAME_SIZE)
    write_pytorch(checkpoint, tmp_path / "a.pt")
    state = torch.load(tmp_path / "a.pt", weights_only=True)
    lstm = torch.nn.LSTM(3, 4, num_layers=3)
    lstm.load_state_dict({k.removeprefix("lstm."): v for k, v in state.items() if k.startswith("lstm.")}, strict=True)
    assert torch.equal(lstm.weight_hh_l1[4:8].T, torch.from_numpy(checkpoint.layers[1].W_h[1]))


@pytest.mark.parametrize("prefix", ["", "module."])
@pytest.mark.parametrize("entry", [None, "model_state_dict"])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
def test_state_dicts_as_they_circulate_are_read(tmp_path, prefix, entry, dtype):
    torch = _torch()
    checkpoint = without_initial_states(SAME_SIZE)
    arrays = {
        prefix + name: torch.from_numpy(array).to(getattr(torch, dtype))
        for name, array in arrays_of_network(checkpoint, "pytorch").items()
    }
    torch.save({entry: arrays, "epoch": 3, "loss": [1.5]} if entry else arrays, tmp_path / "a.pt")
    again = convert_checkpoint(tmp_path / "a.pt", vocabulary=checkpoint.vocabulary)
    expected = arrays[f"{prefix}output_projection.weight"].to(torch.float64).numpy()
    assert np.array_equal(again.softmax.V, expected)
    assert again.softmax.V.dtype == ("float32" if dtype == "bfloat16" else dtype)
    assert again.source_format == "PyTorch state dict"


def test_safetensors_that_torch_wrote_need_no_torch(tmp_path):
    torch = _torch()
    from safetensors.torch import save_file

    checkpoint = without_initial_states(SAME_SIZE)
    arrays = {name: torch.from_numpy(a) for name, a in arrays_of_network(checkpoint, "pytorch").items()}
    arrays["output_projection.weight"] = arrays["output_projection.weight"].bfloat16()
    save_file(arrays, tmp_path / "a.safetensors")
    again = convert_checkpoint(tmp_path / "a.safetensors", vocabulary=checkpoint.vocabulary)
    assert np.array_equal(again.layers[2].W_h, checkpoint.layers[2].W_h)
    assert np.array_equal(again.softmax.V, arrays["output_projection.weight"].float().numpy())


class Model:
    """What a person would save whole."""


def test_a_model_saved_whole_is_refused_by_name(tmp_path):
    torch = _torch()
    torch.save(Model(), tmp_path / "a.pt")
    with pytest.raises(Refusal, match=r"test_layout.Model, which no state dict needs.*save model.state_dict"):
        convert_checkpoint(tmp_path / "a.pt", vocabulary=("<s>", "</s>"))


def test_without_torch_the_way_is_reported(tmp_path, monkeypatch):
    torch = _torch()
    torch.save({"a": torch.zeros(2)}, tmp_path / "a.pt")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(Refusal, match="torch is not installed here: install folkprobe's extra `train`"):
        convert_checkpoint(tmp_path / "a.pt")
    with pytest.raises(Refusal, match="write safetensors in the PyTorch layout"):
        write_pytorch(PLAIN["one-hot"], tmp_path / "b.pt")
    assert not (tmp_path / "b.pt").exists()


def _legacy(torch, path):
    torch.save({"a": torch.zeros(2)}, path, _use_new_zipfile_serialization=False)


def _repeating(torch, path):
    torch.save({"lstm.weight_ih_l0": torch.zeros(1).expand(2**31)}, path)


def _sparse(torch, path):
    torch.save({"lstm.a": torch.eye(3).to_sparse()}, path)


def _number(torch, path):
    torch.save({"lstm.a": 3}, path)


@pytest.mark.parametrize(
    ("save", "sentence"),
    [
        (_legacy, "a PyTorch file of before version 1.6"),
        (_repeating, "arrays need more bytes than the file has"),
        (_sparse, "_rebuild_sparse_tensor, which no state dict needs"),
        (_number, "entry 'lstm.a' is not a plain array"),
    ],
)
def test_odd_pytorch_files_are_refused(tmp_path, save, sentence):
    save(_torch(), tmp_path / "a.pt")
    with pytest.raises(Refusal, match=sentence) as refusal:
        convert_checkpoint(tmp_path / "a.pt", vocabulary=("<s>", "</s>"))
    assert "\n" not in str(refusal.value)


def test_a_damaged_weight_of_a_pytorch_file_is_noticed(tmp_path):
    _torch()
    write_pytorch(PLAIN["embedding"], tmp_path / "a.pt")
    data = (tmp_path / "a.pt").read_bytes()
    weights = PLAIN["embedding"].softmax.V.tobytes()
    assert data.count(weights) == 1
    (tmp_path / "a.pt").write_bytes(data.replace(weights, weights[::-1]))
    with pytest.raises(Refusal, match="do not have the checksums"):
        convert_checkpoint(tmp_path / "a.pt", vocabulary=SAME_SIZE.vocabulary)


@pytest.mark.parametrize(
    ("checkpoint", "sentence"),
    [
        (random_checkpoint(), "layer 1 of 'random' starts from states that were learned"),
        (without_initial_states(NETWORKS["excised twice"]), "layer 1 of 'random' has other units"),
        (
            without_initial_states(random_checkpoint(n_units=(4, 5, 4))),
            "layer 2 of 'random' has other units",
        ),
    ],
)
def test_what_pytorch_cannot_express_is_refused(tmp_path, checkpoint, sentence):
    with pytest.raises(Refusal, match=sentence):
        write_safetensors(checkpoint, tmp_path / "a.safetensors", layout="pytorch")
    assert list(tmp_path.iterdir()) == []


def _pytorch_arrays(**changes):
    arrays = arrays_of_network(without_initial_states(SAME_SIZE), "pytorch")
    arrays |= {key.replace("__", "."): array for key, array in changes.items()}
    return {name: array for name, array in arrays.items() if array is not None}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"lstm__bias_hh_l2": None}, "lacks the array 'lstm.bias_hh_l2'"),
        ({"lstm__weight_ih_l0_reverse": np.zeros(3)}, "'lstm.weight_ih_l0_reverse', as a bidirectional LSTM does"),
        ({"lstm__weight_hh_l0": np.zeros((12, 4))}, "weight_ih_l0|weight_hh_l0 has the shape .12, 4. where the four"),
        ({"lstm__weight_ih_l1": np.zeros((16, 4), int)}, "lstm.weight_ih_l1 holds int64 where weights are floats"),
        ({"lstm__weight_ih_l1": np.zeros((16, 5))}, "W_x of layer 2 has the shape"),
        ({"embedding_layer__weight": np.zeros((11, 3))}, "the embedding has the shape .11, 3. where .12, 3."),
        (
            {"ema__lstm__bias_ih_l0": np.zeros(16)},
            "holds two networks, 'lstm.bias_ih_l0' and 'ema.lstm.bias_ih_l0' for one",
        ),
        ({"gru__weight_ih_l0": np.zeros((12, 3))}, "holds the array 'gru.weight_ih_l0', as a GRU network does"),
        ({"module__gru__bias_ih_l0": np.zeros(12)}, "holds the array 'gru.bias_ih_l0', as a GRU network does"),
        (
            {"lstm__weight_ih_l0": np.zeros((12, 3)), "lstm__weight_hh_l0": np.zeros((12, 4))}
            | {f"lstm__bias_{part}_l0": np.zeros(12) for part in ("ih", "hh")},
            "layer 1 has 3 gates for each unit, as a GRU network, where an LSTM has 4",
        ),
        ({"output_projection__bias": np.full(12, np.nan)}, "v of the softmax holds NaN"),
        # A signalling NaN, which is one only to the processor.
        ({"lstm__bias_ih_l0": np.full(16, 0x7F800001, np.uint32).view(np.float32)}, "b of layer 1 holds NaN"),
    ],
)
def test_state_dicts_that_are_no_folkrnn_network_are_refused(tmp_path, changes, sentence):
    with (tmp_path / "a.npz").open("wb") as file:
        np.savez(file, **_pytorch_arrays(**changes))
    with pytest.raises(Refusal, match=sentence) as refusal:
        convert_checkpoint(tmp_path / "a.npz", vocabulary=SAME_SIZE.vocabulary)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("layout", ["folkprobe", "pytorch"])
def test_a_missing_vocabulary_is_requested(tmp_path, layout):
    write_npz(without_initial_states(SAME_SIZE), tmp_path / "a.npz", layout=layout)
    (tmp_path / "a.json").unlink()
    with pytest.raises(Refusal, match="carries no vocabulary.*checkpoint.vocabulary .*or --vocabulary"):
        convert_checkpoint(tmp_path / "a.npz")
    assert convert_checkpoint(tmp_path / "a.npz", vocabulary=SAME_SIZE.vocabulary).vocabulary == SAME_SIZE.vocabulary
    (tmp_path / "a.json").write_text(json.dumps(SAME_SIZE.vocabulary))
    assert convert_checkpoint(tmp_path / "a.npz").vocabulary == SAME_SIZE.vocabulary


def test_an_unknown_layout_is_refused(tmp_path):
    with pytest.raises(Refusal, match="layout 'keras' is not one of folkprobe, pytorch"):
        write_npz(SAME_SIZE, tmp_path / "a.npz", layout="keras")


def test_the_wrong_number_of_tokens_is_refused(tmp_path):
    write_safetensors(without_initial_states(SAME_SIZE), tmp_path / "a", layout="folkprobe")
    other = replace(SAME_SIZE, vocabulary=SAME_SIZE.vocabulary[:-1])
    write_safetensors(other, tmp_path / "b")
    with pytest.raises(Refusal, match="the vocabulary has 11 tokens and the network 12: give the tokens"):
        convert_checkpoint(tmp_path / "b")
    with pytest.raises(Refusal, match="differs from the one that was given"):
        convert_checkpoint(tmp_path / "a", vocabulary=other.vocabulary)


@pytest.mark.parametrize(
    "prefix",
    [
        "module.",
        "_orig_mod.",
        "model.",
        "network.",
        "_orig_mod.module.",
        "module._orig_mod.model.",
        "model.network.module.",
    ],
)
def test_what_wrappers_put_before_names_is_taken_off(tmp_path, prefix):
    arrays = {prefix + name: array for name, array in _pytorch_arrays().items()}
    # torch.compile and DataParallel also wrap modules of a model.
    arrays = {name.replace("lstm.", "lstm._orig_mod."): array for name, array in arrays.items()}
    with (tmp_path / "a.npz").open("wb") as file:
        np.savez(file, **arrays)
    again = convert_checkpoint(tmp_path / "a.npz", vocabulary=SAME_SIZE.vocabulary)
    assert_same_network(without_initial_states(SAME_SIZE), again)


def test_a_gru_alone_is_refused_by_name(tmp_path):
    arrays = {name.replace("lstm.", "gru."): array for name, array in _pytorch_arrays().items()}
    with (tmp_path / "a.npz").open("wb") as file:
        np.savez(file, **arrays)
    with pytest.raises(Refusal, match=r"'gru.bias_hh_l0', as a GRU network does"):
        convert_checkpoint(tmp_path / "a.npz", vocabulary=SAME_SIZE.vocabulary)


def test_of_two_state_dicts_in_a_file_none_is_chosen():
    arrays = {"lstm.a": np.zeros(2)}
    other = {"epoch": 3, "optimizer": {"state": {0: {"exp_avg": np.zeros(2)}}}, "config": {"n_units": 4}}
    for entry in ("model", "state_dict", "model_ema"):
        assert state_dict_of(other | {entry: arrays}, np.ndarray) is arrays
    assert state_dict_of({"checkpoint": other | {"model": arrays}}, np.ndarray) is arrays
    assert state_dict_of(other | {"model": {"n_units": 4}, "state_dict": arrays}, np.ndarray) is arrays
    with pytest.raises(Refusal, match="holds networks under 'model' and 'state_dict': save the one that you mean"):
        state_dict_of(other | {"model": arrays, "state_dict": dict(arrays)}, np.ndarray)


def test_weights_of_8_bits_are_named(tmp_path):
    program = b"\x80\x02ctorch._utils\n_rebuild_tensor_v3\nctorch.storage\nUntypedStorage\nctorch\nfloat8_e4m3fn\n."
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as file:
        file.writestr("a/data.pkl", program)
    with pytest.raises(Refusal, match="weights are torch.float8_e4m3fn, of 8 bits.*save them as float32"):
        convert_checkpoint(tmp_path / "a.pt", vocabulary=("<s>", "</s>"))
