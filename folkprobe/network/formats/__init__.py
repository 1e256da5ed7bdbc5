"""Foreign checkpoint formats, one reader each; the format is detected from the file's content, not from its name."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from folkprobe.artefact import is_sealed
from folkprobe.network.checkpoint import Checkpoint, read_checkpoint, validate_checkpoint
from folkprobe.network.formats.folkrnn_pickle import convert_folkrnn_pickle
from folkprobe.network.formats.foreign import name_foreign, name_zip
from folkprobe.network.formats.npz import ZIP_SIGNATURE, convert_npz, zip_members
from folkprobe.network.formats.pytorch import LEGACY_SIGNATURE, convert_pytorch, holds_pytorch_pickle
from folkprobe.network.formats.safetensors_file import convert_safetensors, is_safetensors
from folkprobe.network.source import read_source
from folkprobe.refusal import Refusal

_HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
# How a pickled dict begins: protocol 2 and later, 1, 0.
_PICKLE_BEGINNINGS = (b"\x80", b"}", b"(")


def convert_checkpoint(
    path: Path | str, vocabulary: Sequence[str] | None = None, *, description_path: Path | str | None = None
) -> Checkpoint:
    """Read a trained network of any supported format.

    Parameters
    ----------
    path : Path or str
        A folk-rnn pickle of any protocol and Python version; a PyTorch state dict (which needs torch); safetensors or
        npz with the arrays of a state dict or as folkprobe writes them; a `checkpoint.h5`.
    vocabulary : sequence of str, optional
        Tokens in index order, for formats that do not carry them (`description.read_vocabulary` reads a file of
        them). If the file carries its own, passing a different one is an error.
    description_path : Path or str, optional
        The JSON file that belongs to an npz; by default the one of the same name beside it, if there is one.

    Returns
    -------
    Checkpoint
        Named for the file, without its suffix; valid in the sense of
        `folkprobe.network.checkpoint.validate_checkpoint`. A `checkpoint.h5` is returned unchanged.

    Raises
    ------
    Refusal
        One sentence that names the file and what is wrong with it. Nothing in the file is ever executed.
    """
    path = Path(path)
    data = read_source(path)
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        convert = _converter(data)
        # Each reads the file again, and releases its bytes as soon as possible.
        del data
        if convert is convert_npz and description_path:
            convert = partial(convert_npz, description_path=Path(description_path))
        checkpoint = convert(path, name=path.stem, sha256=sha256, vocabulary=vocabulary)
        validate_checkpoint(checkpoint)
    except Refusal as refusal:
        reason = name_foreign(read_source(path)) or str(refusal)
        # It may quote the file.
        reason = "".join(character if character.isprintable() else "?" for character in reason)
        raise Refusal(f"{path}: not a folk-rnn checkpoint that can be used: {reason}") from refusal.__cause__
    return checkpoint


def _converter(data: bytes) -> Callable[..., Checkpoint]:
    if data.startswith(_HDF5_SIGNATURE):
        # The HDF5 library only opens files that folkprobe wrote and that are unchanged since.
        if not is_sealed(data):
            raise Refusal("it is HDF5, but not as folkprobe wrote it: changed or cut since, or of another program")
        return _convert_own
    if data.startswith(ZIP_SIGNATURE):
        names = [member.filename for member in zip_members(data)]
        if holds_pytorch_pickle(names):
            return convert_pytorch
        if what := name_zip(names):
            raise Refusal(what)
        return convert_npz
    if data.startswith(LEGACY_SIGNATURE):
        return convert_pytorch
    if is_safetensors(data[:9], len(data)):
        return convert_safetensors
    if data.startswith(_PICKLE_BEGINNINGS):
        return convert_folkrnn_pickle
    raise Refusal(
        "it is damaged or cut short, or not in a format that folkprobe reads (folk-rnn pickle, PyTorch state dict, "
        "safetensors, npz, checkpoint.h5)"
    )


def _convert_own(path: Path, *, vocabulary: Sequence[str] | None, **_: str) -> Checkpoint:
    checkpoint = read_checkpoint(path)
    if vocabulary is not None and tuple(vocabulary) != checkpoint.vocabulary:
        raise Refusal("it carries its own vocabulary, which differs from the one that was given: leave that out")
    return checkpoint
