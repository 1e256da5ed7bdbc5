"""The model as named arrays, and the file that holds them."""

from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np

from folkprobe.hdf5 import open_result, write_result
from folkprobe.music.vocabulary import END_TOKEN, START_TOKEN
from folkprobe.refusal import Refusal

FORMAT_VERSION = 1
MAX_LAYERS = 8
# Tokens are stored in 2 bytes each, see `folkprobe.music.tunes`.
MAX_VOCABULARY = 2**15 - 1
# Of the place in the file where a string of any length is found: HDF5's length, address and index.
_BYTES_PER_STRING = 16
GATES = ("input", "forget", "cell", "output")


@dataclass(frozen=True)
class Layer:
    """One LSTM layer; row vectors, ``x @ W``; the first axis of W_x, W_h and b is the gate, in the order of `GATES`.

    Attributes
    ----------
    W_x : ndarray, shape (4, n_in, n_units)
    W_h : ndarray, shape (4, n_units, n_units)
    b : ndarray, shape (4, n_units)
        float64 once an excision has changed it.
    h0, c0 : ndarray, shape (n_units,)
        Initial hidden and cell state; folk-rnn learned them, so they are not zero.
    unit_index : ndarray of int, shape (n_units,)
        The units' numbers in the network that was converted, ascending; excision removes numbers and renames none.
    """

    W_x: np.ndarray
    W_h: np.ndarray
    b: np.ndarray
    h0: np.ndarray
    c0: np.ndarray
    unit_index: np.ndarray

    @property
    def n_units(self) -> int:
        """Number of units left in the layer."""
        return self.W_h.shape[-1]


@dataclass(frozen=True)
class Softmax:
    """The output layer: logits = V h + v.

    Attributes
    ----------
    V : ndarray, shape (n_vocabulary, n_units)
    v : ndarray, shape (n_vocabulary,)
    """

    V: np.ndarray
    v: np.ndarray


@dataclass(frozen=True)
class Excision:
    """A record of one excision: the arguments of `folkprobe.network.excision.excise_units`.

    Attributes
    ----------
    layer : int
        Counted from 1.
    scope : str
        `out`, `rec` or `both`.
    unit_index : ndarray of int, shape (n_excised,)
        Original unit numbers, ascending.
    value : ndarray of float64, shape (n_excised,)
        What was read in place of each unit.
    """

    layer: int
    scope: str
    unit_index: np.ndarray
    value: np.ndarray


@dataclass(frozen=True)
class Steering:
    """A record of one edit of the softmax layer: what `folkprobe.network.steering` did.

    Attributes
    ----------
    directions : ndarray of float64, shape (n_units, n_directions)
        Orthonormal columns D that were removed: V became V - (V D) D^T. No columns for a push.
    shift : ndarray of float64, shape (n_vocabulary,)
        What was added to v, in logits.
    """

    directions: np.ndarray
    shift: np.ndarray


@dataclass(frozen=True)
class Checkpoint:
    """A folk-rnn network, intact, excised or steered.

    Attributes
    ----------
    name : str
        Name of the model, not a path.
    source_format, source_sha256 : str
        The format and the digest of the file that was converted.
    vocabulary : tuple of str
        The tokens in index order.
    layers : tuple of Layer
        ``layers[l - 1]`` is layer l.
    softmax : Softmax
    embedding : ndarray, shape (n_vocabulary, n_in), or None
        Only where the model learned one; None means that layer 1 reads one-hot vectors.
    excisions : tuple of Excision
        The excisions, in order; empty for an intact network.
    steerings : tuple of Steering
        How the softmax layer has been edited, in order; empty for an intact network.
    """

    name: str
    source_format: str
    source_sha256: str
    vocabulary: tuple[str, ...]
    layers: tuple[Layer, ...]
    softmax: Softmax
    embedding: np.ndarray | None = None
    excisions: tuple[Excision, ...] = field(default=())
    steerings: tuple[Steering, ...] = field(default=())

    @property
    def n_parameters(self) -> int:
        """Trained values of the layers, the softmax and a learned embedding.

        Counted as the folk-rnn articles do, without initial states and one-hot embedding: 5,599,881 for v2.
        """
        arrays = [array for layer in self.layers for array in (layer.W_x, layer.W_h, layer.b)]
        arrays += [self.softmax.V, self.softmax.v]
        if self.embedding is not None:
            arrays.append(self.embedding)
        return sum(array.size for array in arrays)

    def token_indices(self, tokens: list[str] | tuple[str, ...]) -> np.ndarray:
        """Return the indices, int16, of tokens; a Refusal at the first one that the vocabulary lacks."""
        index_of = {token: index for index, token in enumerate(self.vocabulary)}
        for token in tokens:
            if token not in index_of:
                raise Refusal(
                    f"token {token!r} is not among the {len(self.vocabulary)} tokens of the model {self.name!r}: "
                    "write tokens as the model's vocabulary does, separated by spaces"
                )
        return np.array([index_of[token] for token in tokens], dtype=np.int16)


def is_one_hot(embedding: np.ndarray, n_vocabulary: int) -> bool:
    """Report whether an embedding is the identity, which a checkpoint omits; a learned one is not."""
    return (
        embedding.shape == (n_vocabulary, n_vocabulary)
        and np.count_nonzero(embedding) == n_vocabulary
        and bool((np.diagonal(embedding) == 1).all())
    )


def validate_checkpoint(checkpoint: Checkpoint) -> None:
    """Raise a Refusal if the parts of a network do not fit together.

    Raises
    ------
    Refusal
        A repeated, missing or unprintable token, fewer than 1 or more than `MAX_LAYERS` layers, an array whose shape
        does not chain with its neighbours or that holds no floats, a value that is NaN or infinite; the sentence names
        the token or the array.
    """
    _validate_vocabulary(checkpoint.vocabulary)
    n_layers = len(checkpoint.layers)
    if not 1 <= n_layers <= MAX_LAYERS:
        raise Refusal(f"it has {n_layers} LSTM layers where networks of 1 to {MAX_LAYERS} can be read")
    embedding, softmax = checkpoint.embedding, checkpoint.softmax
    n_vocabulary = len(checkpoint.vocabulary)
    expected, arrays = {}, {}
    n_in = n_vocabulary
    if embedding is not None:
        n_in = embedding.shape[-1] if embedding.ndim else 0
        arrays["the embedding"], expected["the embedding"] = embedding, (n_vocabulary, n_in)
    for number, layer in enumerate(checkpoint.layers, start=1):
        n = layer.n_units
        shapes = {"W_x": (4, n_in, n), "W_h": (4, n, n), "b": (4, n), "h0": (n,), "c0": (n,), "unit_index": (n,)}
        for name, shape in shapes.items():
            arrays[f"{name} of layer {number}"] = getattr(layer, name)
            expected[f"{name} of layer {number}"] = shape
        n_in = n
    arrays |= {"V of the softmax": softmax.V, "v of the softmax": softmax.v}
    expected |= {"V of the softmax": (n_vocabulary, n_in), "v of the softmax": (n_vocabulary,)}
    n_tokens = {*softmax.V.shape[:1], *softmax.v.shape, *(embedding.shape[:1] if embedding is not None else ())}
    if len(n_tokens) == 1 and n_tokens != {n_vocabulary}:
        raise Refusal(
            f"the vocabulary has {n_vocabulary} tokens and the network {n_tokens.pop()}: give the tokens that it was "
            "trained with, all of them and in its order"
        )
    for name, array in arrays.items():
        if array.shape != expected[name]:
            raise Refusal(
                f"{name} has the shape {array.shape} where {expected[name]} is needed to fit its neighbours: "
                "the file is damaged or belongs to another network"
            )
        if array.dtype.kind != ("i" if name.startswith("unit_index") else "f"):
            raise Refusal(f"{name} holds {array.dtype.name}: the file is damaged or belongs to another network")
        if not np.isfinite(array).all():
            raise Refusal(f"{name} holds NaN or infinite values: the training has diverged or the file is damaged")
    for number, layer in enumerate(checkpoint.layers, start=1):
        if np.any(np.diff(layer.unit_index, prepend=-1) < 1):
            raise Refusal(f"unit_index of layer {number} does not ascend from 0, as the numbers of units do")


def _validate_vocabulary(vocabulary: tuple[str, ...]) -> None:
    if len(vocabulary) > MAX_VOCABULARY:
        raise Refusal(f"the vocabulary holds {len(vocabulary)} tokens, and no more than {MAX_VOCABULARY} are possible")
    seen = set()
    for token in vocabulary:
        if token in seen:
            raise Refusal(f"the vocabulary holds the token {token!r} more than once: give each index its own token")
        if not token or " " in token or not token.isprintable():
            raise Refusal(f"the vocabulary holds the token {token!r}: tokens are printable and have no spaces in them")
        seen.add(token)
    for token in (START_TOKEN, END_TOKEN):
        if token not in seen:
            raise Refusal(f"the vocabulary lacks the token {token!r}: a folk-rnn vocabulary has it, check the file")


def write_checkpoint(checkpoint: Checkpoint, path: Path | str) -> None:
    """Write a `checkpoint.h5` atomically and sealed (see `folkprobe.artefact.seal`).

    The same checkpoint gives the same bytes.
    """
    with write_result(path) as file:
        file.attrs["format_version"] = FORMAT_VERSION
        file.attrs["name"] = checkpoint.name
        file.attrs["source_format"] = checkpoint.source_format
        file.attrs["source_sha256"] = checkpoint.source_sha256
        file.attrs["n_parameters"] = checkpoint.n_parameters
        file.create_dataset("vocabulary", data=list(checkpoint.vocabulary), dtype=h5py.string_dtype())
        for number, layer in enumerate(checkpoint.layers, start=1):
            group = file.create_group(f"layers/{number}")
            group.attrs["gates"] = list(GATES)
            for name in ("W_x", "W_h", "b", "h0", "c0", "unit_index"):
                group[name] = getattr(layer, name)
        file["softmax/V"] = checkpoint.softmax.V
        file["softmax/v"] = checkpoint.softmax.v
        if checkpoint.embedding is not None:
            file["embedding"] = checkpoint.embedding
        for number, excision in enumerate(checkpoint.excisions):
            group = file.create_group(f"excisions/{number}")
            group.attrs["layer"] = excision.layer
            group.attrs["scope"] = excision.scope
            group["unit_index"] = excision.unit_index
            group["value"] = excision.value
        for number, steering in enumerate(checkpoint.steerings):
            group = file.create_group(f"steerings/{number}")
            group["directions"] = steering.directions
            group["shift"] = steering.shift


def read_checkpoint(path: Path | str) -> Checkpoint:
    """Read a `checkpoint.h5`.

    Returns
    -------
    Checkpoint
        Valid in the sense of `validate_checkpoint`.

    Raises
    ------
    Refusal
        If the file is missing, not a `checkpoint.h5` of a supported version, or inconsistent.
    """
    path = Path(path)
    with open_result(path, kind="checkpoint.h5", maker="the workflow") as file:
        try:
            version = int(file.attrs["format_version"])
            if version != FORMAT_VERSION:
                raise Refusal(f"the file has format version {version}, this folkprobe reads {FORMAT_VERSION}")
            checkpoint = _checkpoint_of(file)
            validate_checkpoint(checkpoint)
        except Refusal as refusal:
            raise Refusal(f"{path}: {refusal}") from None
    return checkpoint


def _checkpoint_of(file: h5py.File) -> Checkpoint:
    def layer_of(group: h5py.Group) -> Layer:
        return Layer(*(_array_of(group[name]) for name in ("W_x", "W_h", "b", "h0", "c0", "unit_index")))

    def excision_of(group: h5py.Group) -> Excision:
        return Excision(
            layer=int(group.attrs["layer"]),
            scope=str(group.attrs["scope"]),
            unit_index=_array_of(group["unit_index"]),
            value=_array_of(group["value"]),
        )

    def steering_of(group: h5py.Group) -> Steering:
        return Steering(directions=_array_of(group["directions"]), shift=_array_of(group["shift"]))

    excisions, steerings = file.get("excisions", {}), file.get("steerings", {})
    return Checkpoint(
        name=str(file.attrs["name"]),
        source_format=str(file.attrs["source_format"]),
        source_sha256=str(file.attrs["source_sha256"]),
        vocabulary=tuple(_checked(file["vocabulary"]).asstr()[()]),
        layers=tuple(layer_of(file[f"layers/{number}"]) for number in range(1, len(file["layers"]) + 1)),
        softmax=Softmax(V=_array_of(file["softmax/V"]), v=_array_of(file["softmax/v"])),
        embedding=_array_of(file["embedding"]) if "embedding" in file else None,
        excisions=tuple(excision_of(excisions[str(number)]) for number in range(len(excisions))),
        steerings=tuple(steering_of(steerings[str(number)]) for number in range(len(steerings))),
    )


def _array_of(dataset: h5py.Dataset) -> np.ndarray:
    if dataset.dtype.kind not in "fi":
        raise ValueError(f"the array {dataset.name} holds no numbers")
    return _checked(dataset)[()]


def _checked(dataset: h5py.Dataset) -> h5py.Dataset:
    # A few bytes of HDF5 can declare any shape and refer to any file; `write_checkpoint` writes contiguous datasets.
    creation = dataset.id.get_create_plist()
    in_one_piece = creation.get_layout() == h5py.h5d.CONTIGUOUS and creation.get_external_count() == 0
    n_item_bytes = _BYTES_PER_STRING if h5py.check_string_dtype(dataset.dtype) else dataset.dtype.itemsize
    if not in_one_piece or dataset.id.get_storage_size() != dataset.size * n_item_bytes:
        raise ValueError(f"the array {dataset.name} is not in the file as it was written")
    return dataset
