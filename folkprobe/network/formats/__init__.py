"""Foreign checkpoint formats, one reader each."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from folkprobe.network.checkpoint import Checkpoint, validate_checkpoint
from folkprobe.network.formats.folkrnn_pickle import convert_folkrnn_pickle
from folkprobe.network.formats.inert_pickle import MAX_PICKLE_BYTES
from folkprobe.refusal import Refusal


def convert_checkpoint(path: Path | str, vocabulary: Sequence[str] | None = None) -> Checkpoint:
    """Read a trained network of a foreign format.

    Parameters
    ----------
    path : Path or str
        A folk-rnn pickle, of any protocol and Python version.
    vocabulary : sequence of str, optional
        Tokens in index order, for formats that do not carry them. A folk-rnn pickle does: giving one is an error
        unless it is the same.

    Returns
    -------
    Checkpoint
        Named for the file, without its suffix; valid in the sense of
        `folkprobe.network.checkpoint.validate_checkpoint`.

    Raises
    ------
    Refusal
        One sentence that names the file and what is wrong with it. Nothing in the file is ever executed.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_PICKLE_BYTES:
            raise Refusal(f"{path}: larger than {MAX_PICKLE_BYTES} bytes, which no folk-rnn checkpoint is")
        data = path.read_bytes()
    except OSError as error:
        raise Refusal(f"{path}: the checkpoint cannot be read ({error.strerror}); check the path") from error
    try:
        checkpoint = convert_folkrnn_pickle(data, name=path.stem, sha256=hashlib.sha256(data).hexdigest())
        validate_checkpoint(checkpoint)
        if vocabulary is not None and tuple(vocabulary) != checkpoint.vocabulary:
            raise Refusal("it carries its own vocabulary, which differs from the one that was given: leave that out")
    except Refusal as refusal:
        raise Refusal(f"{path}: not a folk-rnn checkpoint that can be used: {refusal}") from refusal.__cause__
    return checkpoint
