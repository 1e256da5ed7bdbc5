"""The names and shapes that a folk-rnn network has in a PyTorch state dict, whatever file carries it.

`embedding_layer.weight` (n_vocabulary, n_in); `lstm.weight_ih_l{k}` (4 n_units, n_in), `lstm.weight_hh_l{k}`
(4 n_units, n_units), `lstm.bias_ih_l{k}` and `lstm.bias_hh_l{k}` (4 n_units,) with k from 0, rows gate by gate in
the order input, forget, cell, output; `output_projection.weight` (n_vocabulary, n_units), `output_projection.bias`
(n_vocabulary,). Column vectors, ``W @ x``; the two biases add; initial states are zero; the vocabulary is not there.

References
----------
PyTorch documentation, `torch.nn.LSTM`.
"""

import re
from collections.abc import Sequence

import numpy as np

from folkprobe.network.checkpoint import MAX_LAYERS, Checkpoint, Layer, Softmax, is_one_hot
from folkprobe.network.formats.array_bytes import weights
from folkprobe.refusal import Refusal

_EMBEDDING, _V, _v = "embedding_layer.weight", "output_projection.weight", "output_projection.bias"
_LSTM = ("lstm.weight_ih_l{}", "lstm.weight_hh_l{}", "lstm.bias_ih_l{}", "lstm.bias_hh_l{}")
# What the names of other networks than stacked LSTMs end in.
_OTHERS = {"_reverse": "a bidirectional LSTM", "weight_hr_l0": "an LSTM with projections"}
# What DataParallel and torch.compile insert into names, at any depth.
_WRAPPERS = ("module", "_orig_mod")
_ROOTS = ("embedding_layer", "lstm", "gru", "rnn", "output_projection")
# Rows for each unit of the cells that PyTorch has.
_CELLS = {3: "GRU", 1: "plain recurrent"}


def is_pytorch_layout(names: Sequence[str]) -> bool:
    """Report whether arrays are the state dict of a recurrent network, by the names of its arrays."""
    return any(re.search(r"(^|\.)(lstm|gru|rnn)\.", name) or ".weight_ih_l" in name for name in names)


def _bare_name(name: str) -> str:
    """Return a name without what wrappers and enclosing modules put before it (`module.model.lstm.bias_ih_l0`)."""
    parts = [part for part in name.split(".") if part not in _WRAPPERS]
    root = next((index for index, part in enumerate(parts) if part in _ROOTS), 0)
    return ".".join(parts[root:])


def network_of_state_dict(
    arrays: dict[str, np.ndarray],
    *,
    name: str,
    sha256: str,
    source_format: str,
    vocabulary: Sequence[str] | None,
) -> Checkpoint:
    """Make a network from the arrays of a state dict.

    Parameters
    ----------
    arrays : dict of str to ndarray
        Emptied in the process, to save memory.
    name, sha256, source_format : str
        The name of the model; the digest and the format of the file.
    vocabulary : sequence of str
        Tokens in index order.

    Returns
    -------
    Checkpoint
        Initial states are zero; an embedding that is the identity is left out. The sum of the two biases is exact: in
        their own precision where that holds it, else in float64.

    Raises
    ------
    Refusal
        Without a vocabulary, for a missing or unknown array, or shapes that four gates cannot have; the sentence refers
        to the file as "it".
    """
    if vocabulary is None:
        raise Refusal(
            "it carries no vocabulary: give one, as checkpoint.vocabulary in the configuration or --vocabulary on the "
            "command line, a JSON file with the tokens in index order"
        )
    written: dict[str, str] = {}
    for key in list(arrays):
        bare = _bare_name(key)
        if bare in written:
            raise Refusal(
                f"it holds two networks, {written[bare][:80]!r} and {key[:80]!r} for one: save the one that you mean"
            )
        written[bare] = key
        arrays[bare] = arrays.pop(key)
    n_layers = _n_layers(arrays)

    def taken(key: str) -> np.ndarray:
        return weights(arrays.pop(key), key)

    embedding = taken(_EMBEDDING)
    layers = tuple(_layer([taken(key.format(k)) for key in _LSTM], k) for k in range(n_layers))
    return Checkpoint(
        name=name,
        source_format=source_format,
        source_sha256=sha256,
        vocabulary=tuple(vocabulary),
        layers=layers,
        softmax=Softmax(V=taken(_V), v=taken(_v)),
        embedding=None if is_one_hot(embedding, len(vocabulary)) else embedding,
    )


def _n_layers(arrays: dict[str, np.ndarray]) -> int:
    """Count the layers, and refuse a missing or unknown array."""
    for key in sorted(arrays):
        if key.startswith(("gru.", "rnn.")):
            cell = {"gru.": "a GRU", "rnn.": "a recurrent"}[key[:4]]
            raise Refusal(
                f"it holds the array {key[:80]!r}, as {cell} network does: only LSTMs whose arrays are called lstm.* "
                "can be read"
            )
    n_layers = max((k + 1 for k in range(MAX_LAYERS) if _LSTM[0].format(k) in arrays), default=1)
    names = {_EMBEDDING, _V, _v, *(name.format(k) for k in range(n_layers) for name in _LSTM)}
    for key in sorted(arrays.keys() - names):
        other = next((f", as {kind} does" for end, kind in _OTHERS.items() if key.endswith(end)), "")
        raise Refusal(
            f"it holds the array {key[:80]!r}{other}: an LSTM of 1 to {MAX_LAYERS} layers in one direction, with an "
            "embedding and an output projection, can be read"
        )
    for key in sorted(names - arrays.keys()):
        raise Refusal(f"it lacks the array {key!r}, which an LSTM of {n_layers} layers has in a PyTorch state dict")
    return n_layers


def _layer(arrays: list[np.ndarray], k: int) -> Layer:
    weight_ih, weight_hh, bias_ih, bias_hh = arrays
    n_units = weight_hh.shape[-1] if weight_hh.ndim else 0
    for n_gates, cell in _CELLS.items():
        if n_units and all(array.shape[:1] == (n_gates * n_units,) for array in arrays):
            raise Refusal(f"layer {k + 1} has {n_gates} gates for each unit, as a {cell} network, where an LSTM has 4")
    for key, array, n_axes in zip(_LSTM, arrays, (2, 2, 1, 1), strict=True):
        if array.ndim != n_axes or array.shape[0] != 4 * n_units:
            raise Refusal(
                f"{key.format(k)} has the shape {array.shape} where the four gates of {n_units} units need "
                f"{4 * n_units} rows"
            )
    state = np.zeros(n_units, weight_hh.dtype)
    return Layer(
        W_x=_by_gate(weight_ih, n_units),
        W_h=_by_gate(weight_hh, n_units),
        b=_exact_sum(bias_ih, bias_hh).reshape(4, n_units),
        h0=state,
        c0=state,
        unit_index=np.arange(n_units),
    )


def _by_gate(weight: np.ndarray, n_units: int) -> np.ndarray:
    return np.ascontiguousarray(weight.reshape(4, n_units, weight.shape[1]).transpose(0, 2, 1))


def _exact_sum(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    # An overflowing sum is infinite, hence unequal; NaN and infinity are refused later, by name.
    with np.errstate(over="ignore", invalid="ignore"):
        exact = a.astype(np.float64) + b
        short = exact.astype(np.result_type(a, b))
    return short if np.array_equal(short, exact) else exact


def _exact_parts(b: np.ndarray, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """Undo `_exact_sum`: two arrays of the wanted precision where they can carry the sum, else of float64."""
    with np.errstate(over="ignore", invalid="ignore"):
        first = b.astype(dtype)
        second = (b - first.astype(np.float64)).astype(dtype)
    if np.array_equal(first.astype(np.float64) + second, b):
        return first, second
    return b, np.zeros_like(b)


def state_dict_of_network(checkpoint: Checkpoint) -> dict[str, np.ndarray]:
    """Return a network's arrays in PyTorch's layout.

    Returns
    -------
    dict of str to ndarray
        In C order. `network_of_state_dict` restores the same network exactly.

    Raises
    ------
    Refusal
        For a network that `torch.nn.LSTM` cannot express: initial states that are not zero, excised units.
    """
    arrays = {}
    embedding = checkpoint.embedding
    if embedding is None:
        embedding = np.eye(len(checkpoint.vocabulary), dtype=checkpoint.layers[0].W_x.dtype)
    arrays[_EMBEDDING] = embedding
    for k, layer in enumerate(checkpoint.layers):
        if np.any(layer.h0) or np.any(layer.c0):
            raise Refusal(
                f"layer {k + 1} of {checkpoint.name!r} starts from states that were learned, which torch.nn.LSTM "
                "does not keep: write it in folkprobe's own layout, or set them to zero first"
            )
        if not np.array_equal(layer.unit_index, np.arange(checkpoint.layers[0].n_units)):
            raise Refusal(
                f"layer {k + 1} of {checkpoint.name!r} has other units than layer 1 had, which torch.nn.LSTM "
                "cannot express: write it in folkprobe's own layout"
            )
        by_row = [array.transpose(0, 2, 1).reshape(4 * layer.n_units, -1) for array in (layer.W_x, layer.W_h)]
        parts = _exact_parts(layer.b.reshape(-1), layer.W_h.dtype)
        for key, array in zip(_LSTM, (*by_row, *parts), strict=True):
            arrays[key.format(k)] = np.ascontiguousarray(array)
    arrays[_V], arrays[_v] = checkpoint.softmax.V, checkpoint.softmax.v
    return arrays
