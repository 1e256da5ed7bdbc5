"""The pickle in which folk-rnn keeps a trained network.

Layout (Lasagne's `get_all_param_values`, written by folk-rnn's `train_rnn.py`): a dict with `token2idx` and
`param_values`, a list of 1 + 14 L + 2 arrays for L layers (folk-rnn has 3): [0] the embedding, eye(n_vocabulary); layer
l = 0, 1, ... from 1 + 14 l on with (W_x, W_h, b) for input gate, forget gate, cell and output gate, then cell_init and
hid_init, both (1, n_units); the last two W (n_units, n_vocabulary) and b of the softmax. Row vectors, ``x @ W``; no
peepholes.

References
----------
https://github.com/IraKorshunova/folk-rnn for the file; the GRU fork's layout is read off its sampler,
https://github.com/victorwegeborn/folk-rnn; the order of parameters is Lasagne's, `lasagne.layers.recurrent`.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from folkprobe.network.checkpoint import MAX_LAYERS, Checkpoint, Layer, Softmax, is_one_hot
from folkprobe.network.formats.array_bytes import weights
from folkprobe.network.formats.description import ordered_tokens
from folkprobe.network.formats.inert_pickle import InertArray, read_inert_pickle
from folkprobe.network.source import read_source
from folkprobe.refusal import Refusal

SOURCE_FORMAT = "folk-rnn pickle"
_ENTRIES = {"token2idx", "param_values"}
_N_GATE_ARRAYS = 12
_ARRAYS_PER_LAYER = _N_GATE_ARRAYS + 2
# The embedding, and W and b of the softmax.
_N_OTHER_ARRAYS = 3
# In Lasagne's order each kind of layer ends with its initial states, the only arrays of shape (1, n_units): how many
# arrays come before the first of them tells the kind.
_CELLS = {9: "a GRU", _N_GATE_ARRAYS: "an LSTM", 15: "an LSTM with peepholes", 3: "a plain recurrent"}


def convert_folkrnn_pickle(
    path: Path, *, name: str, sha256: str, vocabulary: Sequence[str] | None = None
) -> Checkpoint:
    """Read a folk-rnn pickle; nothing in it is executed.

    Parameters
    ----------
    path : Path
    name, sha256 : str
        The name of the model, and the digest of the file.
    vocabulary : sequence of str, optional
        The file has its own; a different one is an error.

    Returns
    -------
    Checkpoint
        Arrays keep the file's element type and values; the caller validates that they fit together.

    Raises
    ------
    Refusal
        The sentence refers to the file as "it".
    """
    data = read_source(path)
    content, n_bytes = read_inert_pickle(data, _ENTRIES), len(data)
    # Release memory for the arrays that follow.
    del data
    if not (isinstance(content, dict) and content.keys() >= _ENTRIES):
        raise Refusal("it is a pickle, but lacks the entries token2idx and param_values of a folk-rnn model")
    own_vocabulary = ordered_tokens(content["token2idx"], "its token2idx")
    if vocabulary is not None and tuple(vocabulary) != own_vocabulary:
        raise Refusal("it carries its own vocabulary, which differs from the one that was given: leave that out")
    arrays = _arrays(content["param_values"], n_bytes)
    embedding, softmax_v, softmax_w = arrays[0], arrays.pop(), arrays.pop()
    layers = []
    for number in range(1, len(arrays) // _ARRAYS_PER_LAYER + 1):
        layers.append(_layer(arrays[1 : 1 + _ARRAYS_PER_LAYER], number))
        del arrays[1 : 1 + _ARRAYS_PER_LAYER]
    return Checkpoint(
        name=name,
        source_format=SOURCE_FORMAT,
        source_sha256=sha256,
        vocabulary=own_vocabulary,
        layers=tuple(layers),
        softmax=Softmax(V=np.ascontiguousarray(softmax_w.T), v=softmax_v),
        embedding=None if is_one_hot(embedding, len(own_vocabulary)) else embedding,
    )


def _arrays(values: object, n_file_bytes: int) -> list[np.ndarray]:
    if not isinstance(values, list) or not all(isinstance(value, InertArray) for value in values):
        raise Refusal("its param_values is not a list of arrays")
    n_layers, n_left = divmod(len(values) - _N_OTHER_ARRAYS, _ARRAYS_PER_LAYER)
    kind = _kind_of(values)
    if n_left or not 1 <= n_layers <= MAX_LAYERS or kind not in ("", _CELLS[_N_GATE_ARRAYS]):
        raise Refusal(
            f"its param_values holds {len(values)} arrays{f', as {kind} network does' if kind else ''}, a folk-rnn "
            f"LSTM has {_N_OTHER_ARRAYS} + {_ARRAYS_PER_LAYER} for each of its 1 to {MAX_LAYERS} layers: networks with "
            "other cells or more layers cannot be read"
        )
    arrays, n_bytes = [], 0
    for number in range(len(values)):
        array = values[number].array()
        n_bytes += array.nbytes
        if n_bytes > n_file_bytes:
            raise Refusal("its arrays need more bytes than the file has: some share the same bytes")
        arrays.append(weights(array, f"array {number} of its param_values"))
        # Release the pickle's arrays, which need as much memory.
        values[number] = None
    return arrays


def _kind_of(values: list[InertArray]) -> str:
    """Name the kind of cell that arrays in this order have, where it is known."""
    shapes = [value.shape for value in values[1:20]]
    is_state = [isinstance(shape, tuple) and len(shape) == 2 and shape[0] == 1 for shape in shapes]
    return _CELLS.get(is_state.index(True), "") if True in is_state else ""


def _layer(arrays: list[np.ndarray], number: int) -> Layer:
    gate_arrays, (cell_init, hid_init) = arrays[:_N_GATE_ARRAYS], arrays[_N_GATE_ARRAYS:]

    def stacked(offset: int, array_name: str) -> np.ndarray:
        parts = gate_arrays[offset::3]
        if len({part.shape for part in parts}) > 1:
            raise Refusal(f"the four gates of {array_name} in layer {number} differ in shape")
        return np.stack(parts)

    b = stacked(2, "b")
    for name, state in (("cell_init", cell_init), ("hid_init", hid_init)):
        if b.ndim != 2 or state.shape != (1, b.shape[1]):
            raise Refusal(f"{name} of layer {number} has the shape {state.shape} where (1, n_units) is needed")
    return Layer(
        W_x=stacked(0, "W_x"),
        W_h=stacked(1, "W_h"),
        b=b,
        h0=hid_init[0],
        c0=cell_init[0],
        unit_index=np.arange(b.shape[1]),
    )
