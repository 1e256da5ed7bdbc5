"""PyTorch's own file of a state dict (`torch.save(model.state_dict(), ...)`).

Before torch reads the file, the pickle in it is checked: its opcodes as everywhere, and its names, which must be those
of tensors in plain containers. Then ``torch.load(weights_only=True)`` reads it. torch is in the extra `train` and is
imported only for such a file; without it, use safetensors for the same network.

References
----------
PyTorch documentation, "Serialization semantics".
"""

import importlib
import io
import pickletools
import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np

from folkprobe.artefact import whole_file
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.formats.layout import network_of_arrays
from folkprobe.network.formats.npz import ZIP_SIGNATURE, zip_members
from folkprobe.network.formats.opcode_check import check_opcodes
from folkprobe.network.formats.pytorch_layout import state_dict_of_network
from folkprobe.network.source import read_source
from folkprobe.refusal import Refusal

SOURCE_FORMAT = "PyTorch state dict"
# The first pickle of files before PyTorch 1.6 is the number 0x1950a86a20f9469cfc6c.
LEGACY_SIGNATURE = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_PICKLE_NAME = "data.pkl"
_GLOBALS = frozenset(
    {
        "collections OrderedDict",
        "torch._utils _rebuild_tensor_v2",
        "torch._utils _rebuild_parameter",
        *(f"torch {kind}Storage" for kind in ("Half", "BFloat16", "Float", "Double", "Int", "Long")),
    }
)
# How deep training scripts nest the state dict among other entries.
_MAX_DEPTH = 3


def holds_pytorch_pickle(names: Sequence[str]) -> bool:
    """Report whether a zip file is PyTorch's, from the names of its members."""
    return any(name.rpartition("/")[2] == _PICKLE_NAME for name in names)


def convert_pytorch(path: Path, *, name: str, sha256: str, vocabulary: Sequence[str] | None = None) -> Checkpoint:
    """Read a PyTorch state dict.

    Parameters
    ----------
    path : Path
    name, sha256 : str
        The name of the model, and the digest of the file.
    vocabulary : sequence of str
        Tokens in index order: the file does not carry them.

    Returns
    -------
    Checkpoint
        The caller validates that its parts fit together.

    Raises
    ------
    Refusal
        For a model that was saved whole, and if torch is not installed; the sentence refers to the file as "it".
    """
    data = read_source(path)
    _check(data)
    arrays = _arrays(data)
    del data
    return network_of_arrays(arrays, None, name=name, sha256=sha256, source_format=SOURCE_FORMAT, vocabulary=vocabulary)


def _check(data: bytes) -> None:
    if not data.startswith(ZIP_SIGNATURE):
        raise Refusal(
            "it is a PyTorch file of before version 1.6: load it with torch and save its state_dict() again, or as "
            "safetensors"
        )
    members = zip_members(data)
    pickles = [member for member in members if holds_pytorch_pickle([member.filename])]
    if len(pickles) != 1 or any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise Refusal("it does not have the layout of torch.save (one pickle, nothing compressed)")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            # torch ignores checksums, and reads wherever a damaged header points.
            if file.testzip() is not None:
                raise Refusal("it is damaged: its parts do not have the checksums that torch.save gave them")
            program = file.read(pickles[0])
        _check_names(program)
        check_opcodes(program, has_storages=True)
    except Refusal:
        raise
    # A damaged archive or stream can raise nearly any exception; none of it has been interpreted.
    except Exception as error:
        raise Refusal(f"it is damaged or cut short ({' '.join(str(error).split())[:120]})") from error


def _check_names(program: bytes) -> None:
    instructions = [(opcode.name, argument) for opcode, argument, _ in pickletools.genops(program)]
    names = [argument for opcode, argument in instructions if opcode == "GLOBAL"]
    if short := next((name for name in names if name.startswith("torch float8")), None):
        raise Refusal(
            f"its weights are {short.replace(' ', '.')[:80]}, of 8 bits, whose scales are not in the file: save them "
            "as float32 or bfloat16"
        )
    if "STACK_GLOBAL" in [opcode for opcode, _ in instructions]:
        raise Refusal("it was not written with torch.save's own pickle protocol: save it again without one")
    for name in names:
        if name not in _GLOBALS:
            raise Refusal(
                f"it asks for {name.replace(' ', '.')[:80]}, which no state dict needs: it was not run; if the "
                "whole model was saved, load it where its code is and save model.state_dict() instead"
            )


def _torch() -> ModuleType:
    try:
        return importlib.import_module("torch")
    except ImportError as error:
        raise Refusal(
            "it is a PyTorch state dict, and torch is not installed here: install folkprobe's extra `train`, or "
            "where torch is say safetensors.torch.save_file(torch.load(FILE, weights_only=True), NEW_FILE)"
        ) from error


def state_dict_of(content: object, tensor: type) -> object:
    """Return the one entry of a training script's file that holds tensors, or the content if it holds them itself.

    Raises
    ------
    Refusal
        If more than one entry does; the sentence names them and refers to the file as "it".
    """
    for _ in range(_MAX_DEPTH):
        if not isinstance(content, dict) or any(isinstance(value, tensor) for value in content.values()):
            break
        entries = [key for key, value in content.items() if isinstance(value, dict) and _holds(value, tensor)]
        if len(entries) > 1:
            names = " and ".join(repr(key)[:80] for key in entries[:2])
            raise Refusal(f"it holds networks under {names}: save the one that you mean by itself")
        if not entries:
            break
        content = content[entries[0]]
    return content


def _holds(content: dict, tensor: type, depth: int = 1) -> bool:
    """Report whether a dict holds tensors by name, in itself or in dicts; an optimiser's state is numbered."""
    return any(
        isinstance(key, str)
        and (
            isinstance(value, tensor)
            or (depth < _MAX_DEPTH and isinstance(value, dict) and _holds(value, tensor, depth + 1))
        )
        for key, value in content.items()
    )


def _arrays(data: bytes) -> dict[str, np.ndarray]:
    torch = _torch()
    try:
        content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    # torch can raise nearly any exception for a damaged file.
    except Exception as error:
        lines = str(error).splitlines() or [type(error).__name__]
        raise Refusal(f"it is damaged or cut short ({lines[0][:120]})") from error
    content = state_dict_of(content, torch.Tensor)
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise Refusal("it holds no state dict: save model.state_dict()")
    arrays, n_bytes = {}, 0
    for key, tensor in content.items():
        if not isinstance(tensor, torch.Tensor) or tensor.layout != torch.strided or tensor.device.type != "cpu":
            raise Refusal(f"its entry {key[:80]!r} is not a plain array, as every entry of a state dict is")
        # A tensor may be a view that repeats a few bytes without end.
        n_bytes += tensor.numel() * tensor.element_size()
        if n_bytes > len(data):
            raise Refusal("its arrays need more bytes than the file has: some share the same bytes")
        tensor = tensor.detach()
        arrays[key] = (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()
    return arrays


def write_pytorch(checkpoint: Checkpoint, path: Path | str) -> None:
    """Write a network as a PyTorch state dict, without its vocabulary.

    Parameters
    ----------
    checkpoint : Checkpoint
    path : Path or str
        Written atomically.

    Raises
    ------
    Refusal
        For a network that `torch.nn.LSTM` cannot express (see `pytorch_layout`), and if torch is not installed.
    """
    arrays = state_dict_of_network(checkpoint)
    try:
        torch = importlib.import_module("torch")
    except ImportError as error:
        raise Refusal(
            f"{path}: torch, which writes PyTorch files, is not installed here: install folkprobe's extra `train`, or "
            "write safetensors in the PyTorch layout, which needs no torch"
        ) from error
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
    with whole_file(path) as temporary:
        torch.save(tensors, temporary)
