"""Genuine checkpoint files of every format, made from small networks."""

import pickle
from dataclasses import replace

import numpy as np
from networks import random_checkpoint

from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.excision import excise_units
from folkprobe.network.formats.npz import write_npz
from folkprobe.network.formats.pytorch import write_pytorch
from folkprobe.network.formats.safetensors_file import write_safetensors

VOCABULARY = ("M:4/4", "</s>", "K:Cmaj", "|", "C", "D", "<s>")


def folkrnn_content(checkpoint):
    """The dict that folk-rnn would pickle for a network."""
    embedding = checkpoint.embedding
    arrays = [np.eye(len(checkpoint.vocabulary), dtype=np.float32) if embedding is None else embedding]
    for layer in checkpoint.layers:
        for gate in range(4):
            # folk-rnn's own files hold the recurrent matrices in Fortran order.
            arrays += [layer.W_x[gate], np.asfortranarray(layer.W_h[gate]), layer.b[gate]]
        arrays += [layer.c0[None], layer.h0[None]]
    arrays += [checkpoint.softmax.V.T, checkpoint.softmax.v]
    return {"token2idx": {t: i for i, t in enumerate(checkpoint.vocabulary)}, "param_values": arrays}


def write_folkrnn_pickle(checkpoint, path, protocol=2):
    path.write_bytes(pickle.dumps(folkrnn_content(checkpoint), protocol=protocol))


def without_initial_states(checkpoint):
    """The same network, started from zero as `torch.nn.LSTM` does."""
    layers = (replace(layer, h0=0 * layer.h0, c0=0 * layer.c0) for layer in checkpoint.layers)
    return replace(checkpoint, layers=tuple(layers))


def write_genuine_files(folder, *, with_torch):
    """One file or more of each format, small, so that mutations hit what matters."""
    checkpoint = random_checkpoint(n_units=(4, 4, 4), vocabulary=VOCABULARY)
    plain = without_initial_states(random_checkpoint(n_units=(4, 4, 4), vocabulary=VOCABULARY, n_embedding=3))
    excised = excise_units(checkpoint, 2, [1, 3], value=0.5)
    for protocol in range(6):
        write_folkrnn_pickle(checkpoint, folder / f"protocol_{protocol}.pkl", protocol)
    write_safetensors(excised, folder / "excised.safetensors")
    write_safetensors(plain, folder / "pytorch_layout.safetensors", layout="pytorch")
    write_npz(excised, folder / "excised.npz")
    write_npz(plain, folder / "pytorch_layout.npz", layout="pytorch")
    with (folder / "compressed.npz").open("wb") as file, np.load(folder / "excised.npz") as arrays:
        np.savez_compressed(file, **arrays)
    (folder / "compressed.json").write_bytes((folder / "excised.json").read_bytes())
    write_checkpoint(excised, folder / "excised.h5")
    if with_torch:
        write_pytorch(plain, folder / "plain.pt")
    return sorted(path for path in folder.iterdir() if path.suffix != ".json")
