"""safetensors: a JSON header and the bytes of arrays, nothing that could be executed.

References
----------
https://huggingface.co/docs/safetensors, "Format".
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy

from folkprobe.artefact import whole_file
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.formats.array_bytes import array_of_bytes
from folkprobe.network.formats.description import description_of, parse_json
from folkprobe.network.formats.layout import arrays_of_network, network_of_arrays
from folkprobe.network.source import read_source
from folkprobe.refusal import Refusal

SOURCE_FORMAT = "safetensors"
# The file's names of the element types that a network may have.
_DTYPES = {"F16": "<f2", "BF16": "<u2", "F32": "<f4", "F64": "<f8", "I32": "<i4", "I64": "<i8"}
# The key of the header's free-text metadata under which folkprobe keeps its description.
_METADATA_KEY = "folkprobe"
_HEADER_LENGTH_BYTES = 8


def is_safetensors(head: bytes, n_bytes: int) -> bool:
    """Report whether a file is safetensors, from its first bytes and the size of the whole file."""
    n_header = int.from_bytes(head[:_HEADER_LENGTH_BYTES], "little")
    return head[_HEADER_LENGTH_BYTES:][:1] == b"{" and n_header <= n_bytes - _HEADER_LENGTH_BYTES


def convert_safetensors(path: Path, *, name: str, sha256: str, vocabulary: Sequence[str] | None = None) -> Checkpoint:
    """Read a network from safetensors, in folkprobe's layout or a PyTorch state dict's.

    Parameters
    ----------
    path : Path
    name, sha256 : str
        The name of the model, and the digest of the file.
    vocabulary : sequence of str, optional
        Tokens in index order; needed where the file was not written by folkprobe.

    Returns
    -------
    Checkpoint
        The caller validates that its parts fit together.

    Raises
    ------
    Refusal
        The sentence refers to the file as "it".
    """
    arrays, description = _content(read_source(path))
    return network_of_arrays(
        arrays, description, name=name, sha256=sha256, source_format=SOURCE_FORMAT, vocabulary=vocabulary
    )


def _content(data: bytes) -> tuple[dict[str, np.ndarray], object]:
    try:
        # The library checks that the header describes exactly the bytes that are there.
        tensors = safetensors.deserialize(data)
    except safetensors.SafetensorError as error:
        raise Refusal(f"it is damaged or cut short ({' '.join(str(error).split())[:120]})") from error
    arrays = {}
    for name, tensor in tensors:
        if tensor["dtype"] not in _DTYPES:
            raise Refusal(f"it holds an array of element type {tensor['dtype']}: save the weights as F32")
        array = array_of_bytes(tensor["data"], np.dtype(_DTYPES[tensor["dtype"]]), tensor["shape"])
        # A bfloat16 is the upper half of a float32.
        arrays[name] = (array.astype("<u4") << 16).view("<f4") if tensor["dtype"] == "BF16" else array
    # The library returns the header's metadata for files only; deserialize has already validated the header.
    n_header = int.from_bytes(data[:_HEADER_LENGTH_BYTES], "little")
    header = parse_json(data[_HEADER_LENGTH_BYTES : _HEADER_LENGTH_BYTES + n_header], "its header")
    text = header.get("__metadata__", {}).get(_METADATA_KEY)
    return arrays, parse_json(text, "its description") if text is not None else None


def write_safetensors(checkpoint: Checkpoint, path: Path | str, *, layout: str = "folkprobe") -> None:
    """Write a network as safetensors; `convert_checkpoint` restores the same network exactly.

    Parameters
    ----------
    checkpoint : Checkpoint
    path : Path or str
        Written atomically. The same checkpoint gives the same bytes.
    layout : {"folkprobe", "pytorch"}
        folkprobe keeps everything; pytorch has the names and shapes of `torch.nn.LSTM`, for other tools, and keeps no
        initial states. The vocabulary is in the header's metadata in either case.

    Raises
    ------
    Refusal
        For another layout, and for a network that the PyTorch layout cannot express.
    """
    arrays = arrays_of_network(checkpoint, layout)
    metadata = {_METADATA_KEY: json.dumps(description_of(checkpoint), ensure_ascii=False, allow_nan=False)}
    with whole_file(path) as temporary:
        safetensors.numpy.save_file(arrays, temporary, metadata=metadata)
