"""Networks as named arrays in a general container: folkprobe's own names, or those of a PyTorch state dict.

folkprobe's own layout has the arrays of `checkpoint.h5` under names with dots, `layers.1.W_x` to `softmax.v`, and
keeps everything: initial states, unit numbers after an excision, a learned embedding.
"""

from collections.abc import Sequence

import numpy as np

from folkprobe.network.checkpoint import MAX_LAYERS, Checkpoint, Layer, Softmax
from folkprobe.network.formats.array_bytes import weights
from folkprobe.network.formats.description import excisions_of, vocabulary_of
from folkprobe.network.formats.pytorch_layout import is_pytorch_layout, network_of_state_dict, state_dict_of_network
from folkprobe.refusal import Refusal

_LAYER_ARRAYS = ("W_x", "W_h", "b", "h0", "c0", "unit_index")
LAYOUTS = ("folkprobe", "pytorch")


def arrays_of_network(checkpoint: Checkpoint, layout: str) -> dict[str, np.ndarray]:
    """Return a network's arrays, in C order, by the names of a layout.

    Parameters
    ----------
    checkpoint : Checkpoint
    layout : {"folkprobe", "pytorch"}

    Raises
    ------
    Refusal
        For another layout, and for a network that the PyTorch layout cannot express.
    """
    if layout not in LAYOUTS:
        raise Refusal(f"layout {layout!r} is not one of {', '.join(LAYOUTS)}")
    if layout == "pytorch":
        return state_dict_of_network(checkpoint)
    arrays = {"softmax.V": checkpoint.softmax.V, "softmax.v": checkpoint.softmax.v}
    if checkpoint.embedding is not None:
        arrays["embedding"] = checkpoint.embedding
    for number, layer in enumerate(checkpoint.layers, start=1):
        arrays |= {f"layers.{number}.{name}": getattr(layer, name) for name in _LAYER_ARRAYS}
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def network_of_arrays(
    arrays: dict[str, np.ndarray],
    description: object,
    *,
    name: str,
    sha256: str,
    source_format: str,
    vocabulary: Sequence[str] | None,
) -> Checkpoint:
    """Make a network from named arrays of either layout.

    Parameters
    ----------
    arrays : dict of str to ndarray
        Emptied in the process, to save memory.
    description : object
        The description that accompanies them (see `description`), or None.
    name, sha256, source_format : str
        The name of the model; the digest and the format of the file.
    vocabulary : sequence of str, optional
        Needed without a description; one that differs from the description's is an error.

    Returns
    -------
    Checkpoint
        The caller validates that its parts fit together.

    Raises
    ------
    Refusal
        The sentence refers to the file as "it".
    """
    if description is not None:
        own = vocabulary_of(description)
        if vocabulary is not None and tuple(vocabulary) != own:
            raise Refusal("it carries its own vocabulary, which differs from the one that was given: leave that out")
        vocabulary = own
    identity = {"name": name, "sha256": sha256, "source_format": source_format, "vocabulary": vocabulary}
    if is_pytorch_layout(arrays):
        return network_of_state_dict(arrays, **identity)
    n_layers = max((n for n in range(1, MAX_LAYERS + 1) if f"layers.{n}.W_h" in arrays), default=1)
    required = {f"layers.{number}.{name}" for number in range(1, n_layers + 1) for name in _LAYER_ARRAYS}
    required |= {"softmax.V", "softmax.v"}
    missing = sorted(required - arrays.keys())
    unknown = sorted(arrays.keys() - required - {"embedding"})
    if missing or unknown:
        which = f"lacks the array {missing[0]!r}" if missing else f"holds the unknown array {unknown[0][:80]!r}"
        raise Refusal(f"it {which}, and is neither a PyTorch state dict of a folk-rnn network nor written by folkprobe")
    if vocabulary is None:
        raise Refusal(
            "it carries no vocabulary: keep the JSON file that was written beside it, or give one as "
            "checkpoint.vocabulary in the configuration or --vocabulary on the command line"
        )

    def taken(key: str) -> np.ndarray:
        return weights(arrays.pop(key), key)

    def layer(number: int) -> Layer:
        unit_index = arrays.pop(f"layers.{number}.unit_index")
        if unit_index.dtype.kind != "i":
            raise Refusal(f"layers.{number}.unit_index holds {unit_index.dtype.name} where unit numbers are integers")
        rest = (taken(f"layers.{number}.{name}") for name in _LAYER_ARRAYS[:-1])
        return Layer(*rest, unit_index=unit_index.astype(np.int64))

    return Checkpoint(
        name=name,
        source_format=source_format,
        source_sha256=sha256,
        vocabulary=tuple(vocabulary),
        layers=tuple(layer(number) for number in range(1, n_layers + 1)),
        softmax=Softmax(V=taken("softmax.V"), v=taken("softmax.v")),
        embedding=taken("embedding") if "embedding" in arrays else None,
        excisions=excisions_of(description),
    )
