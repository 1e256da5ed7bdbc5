"""npz, NumPy's own container, with the vocabulary in a JSON file beside it.

The arrays are read without NumPy's loader, which trusts the shapes that a file declares before it has read the bytes.

References
----------
NumPy documentation, `numpy.lib.format`.
"""

import io
import json
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from folkprobe.artefact import whole_file
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.formats.array_bytes import array_of_bytes
from folkprobe.network.formats.description import description_of, read_description
from folkprobe.network.formats.layout import arrays_of_network, network_of_arrays
from folkprobe.network.source import read_source
from folkprobe.refusal import Refusal

SOURCE_FORMAT = "npz"
ZIP_SIGNATURE = b"PK\x03\x04"
# Largest ratio of the arrays' size to the file's: trained weights hardly compress, zip bombs do.
_MAX_INFLATION_BYTES = 2**25
_MAX_MEMBERS = 100
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def convert_npz(
    path: Path,
    *,
    name: str,
    sha256: str,
    vocabulary: Sequence[str] | None = None,
    description_path: Path | None = None,
) -> Checkpoint:
    """Read a network from an npz, in folkprobe's layout or a PyTorch state dict's.

    Parameters
    ----------
    path : Path
    name, sha256 : str
        The name of the model, and the digest of the file.
    vocabulary : sequence of str, optional
        Tokens in index order; needed where there is no JSON file.
    description_path : Path, optional
        The JSON file; by default the one of the same name with the suffix ``.json``, if there is one.

    Returns
    -------
    Checkpoint
        The caller validates that its parts fit together.

    Raises
    ------
    Refusal
        The sentence refers to the file as "it".
    """
    beside = path.with_suffix(".json")
    if description_path is None and beside.is_file():
        description_path = beside
    description = read_description(description_path) if description_path else None
    return network_of_arrays(
        _arrays(read_source(path)),
        description,
        name=name,
        sha256=sha256,
        source_format=SOURCE_FORMAT,
        vocabulary=vocabulary,
    )


def zip_members(data: bytes) -> list[zipfile.ZipInfo]:
    """List the members of a zip file, if it is safe to unpack.

    Raises
    ------
    Refusal
        For a damaged or encrypted file, too many members, or members that need far more memory than the file has bytes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            members = file.infolist()
    # zipfile can raise nearly any exception for a damaged directory.
    except Exception as error:
        raise Refusal(f"it is damaged or cut short ({' '.join(str(error).split())[:120]})") from error
    if len(members) > _MAX_MEMBERS:
        raise Refusal(f"it has {len(members)} members, more than the arrays of any network that can be read")
    if sum(member.file_size for member in members) > len(data) + _MAX_INFLATION_BYTES:
        raise Refusal("it would unpack to far more bytes than it has")
    if any(member.flag_bits & 1 for member in members):
        raise Refusal("it is encrypted: write it without a password")
    return members


def _arrays(data: bytes) -> dict[str, np.ndarray]:
    members = zip_members(data)
    arrays = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            for member in members:
                name = member.filename.removesuffix(".npy")
                if name in arrays:
                    raise Refusal(f"it holds the array {name[:80]!r} more than once")
                arrays[name] = _array(file.read(member))
    except Refusal:
        raise
    except Exception as error:
        raise Refusal(f"it is damaged or cut short ({' '.join(str(error).split())[:120]})") from error
    return arrays


def _array(data: bytes) -> np.ndarray:
    file = io.BytesIO(data)
    version = npy.read_magic(file)
    if version not in _HEADERS:
        raise Refusal(f"it holds an array in version {version[0]}.{version[1]} of the npy format, which has no numbers")
    with warnings.catch_warnings():
        # Headers written by Python 2 are accepted.
        warnings.simplefilter("ignore")
        shape, is_fortran, dtype = _HEADERS[version](file)
    if dtype.kind not in "fiu":
        raise Refusal(f"it holds an array of element type {str(dtype)[:20]!r}, where only numbers belong")
    return array_of_bytes(memoryview(data)[file.tell() :], dtype, shape, is_fortran=is_fortran)


def write_npz(checkpoint: Checkpoint, path: Path | str, *, layout: str = "folkprobe") -> None:
    """Write a network as npz, and its vocabulary beside it under the suffix ``.json``.

    Parameters
    ----------
    checkpoint : Checkpoint
    path : Path or str
        Each of the two files is written atomically. The same checkpoint gives the same bytes.
    layout : {"folkprobe", "pytorch"}
        See `folkprobe.network.formats.safetensors_file.write_safetensors`.

    Raises
    ------
    Refusal
        For another layout, and for a network that the PyTorch layout cannot express.
    """
    path = Path(path)
    arrays = arrays_of_network(checkpoint, layout)
    with whole_file(path.with_suffix(".json")) as temporary:
        text = json.dumps(description_of(checkpoint), ensure_ascii=False, allow_nan=False, indent=1)
        temporary.write_text(text + "\n", encoding="utf-8")
    with whole_file(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
