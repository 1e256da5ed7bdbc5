"""A second opinion on what a file says, by other means than folkprobe's.

Pickles are interpreted with NumPy's real classes (and nothing else), safetensors are taken apart by hand, npz are read
by NumPy's own loader and PyTorch files by torch. Only files that folkprobe has accepted come here.
"""

import io
import json
import pickle
import struct
import warnings
import zipfile

import h5py
import numpy as np

_REAL = {"ndarray", "dtype", "_reconstruct", "scalar", "_frombuffer", "encode"}


class _NumpyUnpickler(pickle.Unpickler):
    def find_class(self, module, name):
        assert name in _REAL, name
        return super().find_class(module, name)


def says_the_same(path, checkpoint):
    """Whether a file, read another way, holds exactly the arrays and tokens of a checkpoint.

    None where the other way is no way: real classes also look at entries that no network needs.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _says_the_same(path, checkpoint)
    except Exception:  # whatever a damaged file makes it raise
        return None


def _says_the_same(path, checkpoint):
    data = path.read_bytes()
    if data.startswith(b"\x89HDF"):
        return _same(_own_arrays(checkpoint), _h5_arrays(path))
    if data.startswith(b"PK"):
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
        if any(name.endswith("data.pkl") for name in names):
            import torch

            return _either(checkpoint, {k: v.numpy() for k, v in torch.load(path, weights_only=True).items()})
        with np.load(path) as arrays:
            return _either(checkpoint, dict(arrays))
    if data[8:9] == b"{":
        (n,) = struct.unpack("<Q", data[:8])
        header, body = json.loads(data[8:][:n]), data[8 + n :]
        header.pop("__metadata__", None)
        dtypes = {"F32": "<f4", "F64": "<f8", "F16": "<f2", "I64": "<i8", "I32": "<i4"}
        found = {
            name: np.frombuffer(body[slice(*entry["data_offsets"])], dtypes[entry["dtype"]]).reshape(entry["shape"])
            for name, entry in header.items()
        }
        return _either(checkpoint, found)
    content = _NumpyUnpickler(io.BytesIO(data), encoding="latin1").load()
    in_order = tuple(sorted(content["token2idx"], key=content["token2idx"].get))
    found = dict(enumerate(content["param_values"]))
    return in_order == checkpoint.vocabulary and _same(_folkrnn_arrays(checkpoint), found)


def _same(mine, theirs):
    return mine.keys() == theirs.keys() and all(np.array_equal(mine[key], theirs[key]) for key in mine)


def _either(checkpoint, found):
    is_pytorch = "lstm.weight_ih_l0" in found
    return _same(_state_dict(checkpoint) if is_pytorch else _own_arrays(checkpoint), _summed(found))


def _summed(found):
    """A state dict with the two biases added up."""
    found = dict(found)
    for k in range(3):
        if f"lstm.bias_ih_l{k}" in found:
            found[f"lstm.bias_l{k}"] = found.pop(f"lstm.bias_ih_l{k}") + found.pop(f"lstm.bias_hh_l{k}").astype(float)
    return found


def _state_dict(checkpoint):
    eye = np.eye(len(checkpoint.vocabulary))
    arrays = {"embedding_layer.weight": eye if checkpoint.embedding is None else checkpoint.embedding}
    arrays |= {"output_projection.weight": checkpoint.softmax.V, "output_projection.bias": checkpoint.softmax.v}
    for k, layer in enumerate(checkpoint.layers):
        arrays[f"lstm.weight_ih_l{k}"] = np.concatenate([gate.T for gate in layer.W_x])
        arrays[f"lstm.weight_hh_l{k}"] = np.concatenate([gate.T for gate in layer.W_h])
        arrays[f"lstm.bias_l{k}"] = np.concatenate(list(layer.b))
    return arrays


def _own_arrays(checkpoint):
    arrays = {"softmax.V": checkpoint.softmax.V, "softmax.v": checkpoint.softmax.v}
    if checkpoint.embedding is not None:
        arrays["embedding"] = checkpoint.embedding
    for number, layer in enumerate(checkpoint.layers, start=1):
        arrays |= {f"layers.{number}.{name}": array for name, array in vars(layer).items()}
    return arrays


def _h5_arrays(path):
    with h5py.File(path) as file:
        found = {"softmax.V": file["softmax/V"][()], "softmax.v": file["softmax/v"][()]}
        if "embedding" in file:
            found["embedding"] = file["embedding"][()]
        for number in (1, 2, 3):
            found |= {f"layers.{number}.{name}": a[()] for name, a in file[f"layers/{number}"].items()}
    return found


def _folkrnn_arrays(checkpoint):
    eye = np.eye(len(checkpoint.vocabulary))
    arrays = [eye if checkpoint.embedding is None else checkpoint.embedding]
    for layer in checkpoint.layers:
        for gate in range(4):
            arrays += [layer.W_x[gate], layer.W_h[gate], layer.b[gate]]
        arrays += [layer.c0[None], layer.h0[None]]
    return dict(enumerate([*arrays, checkpoint.softmax.V.T, checkpoint.softmax.v]))
