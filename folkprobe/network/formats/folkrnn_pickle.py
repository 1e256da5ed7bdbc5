"""The pickle in which folk-rnn keeps a trained network.

Layout (Lasagne's `get_all_param_values`, written by folk-rnn's `train_rnn.py`): a dict with `token2idx` and
`param_values`, a list of 45 arrays: [0] the embedding, eye(n_vocabulary); layer l = 0, 1, 2 from 1 + 14 l on with
(W_x, W_h, b) for input gate, forget gate, cell and output gate, then cell_init and hid_init, both (1, n_units);
[43] W (n_units, n_vocabulary) and [44] b of the softmax. Row vectors, ``x @ W``; no peepholes.

References
----------
https://github.com/IraKorshunova/folk-rnn
"""

import numpy as np

from folkprobe.network.checkpoint import Checkpoint, Layer, Softmax
from folkprobe.network.formats.inert_pickle import InertArray, read_inert_pickle
from folkprobe.refusal import Refusal

SOURCE_FORMAT = "folk-rnn pickle"
N_LAYERS = 3
_ARRAYS_PER_LAYER = 14
_N_ARRAYS = 1 + N_LAYERS * _ARRAYS_PER_LAYER + 2


def convert_folkrnn_pickle(data: bytes, *, name: str, sha256: str) -> Checkpoint:
    """Read a folk-rnn pickle; nothing in it is executed.

    Parameters
    ----------
    data : bytes
        The whole file.
    name, sha256 : str
        What to call the model, and the digest of the file.

    Returns
    -------
    Checkpoint
        Arrays keep the file's element type and values; the caller validates that they fit together.

    Raises
    ------
    Refusal
        The sentence has the file as "it".
    """
    content = read_inert_pickle(data)
    if not (isinstance(content, dict) and {"token2idx", "param_values"} <= content.keys()):
        raise Refusal("it is a pickle, but lacks the entries token2idx and param_values of a folk-rnn model")
    arrays = _arrays(content["param_values"])
    vocabulary = _vocabulary(content["token2idx"])
    embedding = arrays[0]
    is_one_hot = embedding.shape == (len(vocabulary),) * 2 and np.array_equal(embedding, np.eye(len(vocabulary)))
    return Checkpoint(
        name=name,
        source_format=SOURCE_FORMAT,
        source_sha256=sha256,
        vocabulary=vocabulary,
        layers=tuple(_layer(arrays[1 + _ARRAYS_PER_LAYER * number :], number + 1) for number in range(N_LAYERS)),
        softmax=Softmax(V=np.ascontiguousarray(arrays[-2].T), v=arrays[-1]),
        embedding=None if is_one_hot else embedding,
    )


def _arrays(values: object) -> list[np.ndarray]:
    if not isinstance(values, list) or not all(isinstance(value, InertArray) for value in values):
        raise Refusal("its param_values is not a list of arrays")
    if len(values) != _N_ARRAYS:
        raise Refusal(
            f"its param_values holds {len(values)} arrays, a folk-rnn LSTM of {N_LAYERS} layers has {_N_ARRAYS}: "
            "networks with other cells or depths cannot be read"
        )
    arrays = [value.array() for value in values]
    for number, array in enumerate(arrays):
        if array.dtype.kind != "f":
            raise Refusal(f"array {number} of its param_values holds {array.dtype.name} where weights are floats")
    # Native byte order, C order and memory of its own: what the file had is of no more use.
    return [np.array(array, dtype=array.dtype.newbyteorder("="), order="C") for array in arrays]


def _vocabulary(token2idx: object) -> tuple[str, ...]:
    if not isinstance(token2idx, dict) or not all(
        isinstance(token, str) and type(index) is int for token, index in token2idx.items()
    ):
        raise Refusal("its token2idx does not map tokens to whole numbers")
    if sorted(token2idx.values()) != list(range(len(token2idx))):
        raise Refusal(f"its token2idx does not number its {len(token2idx)} tokens from 0 without a gap")
    # The order of the file's numbers, never the alphabet's.
    return tuple(sorted(token2idx, key=token2idx.__getitem__))


def _layer(arrays: list[np.ndarray], number: int) -> Layer:
    gate_arrays, (cell_init, hid_init) = arrays[:12], arrays[12:14]

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
