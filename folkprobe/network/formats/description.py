"""The JSON description that accompanies the arrays of a network: the vocabulary, and what has been excised."""

import json
from pathlib import Path

import numpy as np

from folkprobe.network.checkpoint import Checkpoint, Excision
from folkprobe.refusal import Refusal

_MAX_BYTES = 2**24


def description_of(checkpoint: Checkpoint) -> dict:
    """Return plain JSON of what the arrays of a network lack: `vocabulary`, in index order, and `excisions`."""
    excisions = [
        {"layer": e.layer, "scope": e.scope, "unit_index": e.unit_index.tolist(), "value": e.value.tolist()}
        for e in checkpoint.excisions
    ]
    return {"vocabulary": list(checkpoint.vocabulary), "excisions": excisions}


def parse_json(text: str | bytes, name: str) -> object:
    """Parse untrusted JSON; a Refusal calls it `name`."""
    try:
        return json.loads(text)
    # JSON nested too deeply raises RecursionError.
    except (ValueError, RecursionError) as error:
        raise Refusal(f"{name} is not JSON that can be read ({' '.join(str(error).split())[:120]})") from error


def read_description(path: Path | str) -> object:
    """Read a JSON file; a Refusal names the file."""
    path = Path(path)
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise Refusal(f"{path}: larger than {_MAX_BYTES} bytes, which no vocabulary is")
        return parse_json(path.read_bytes(), str(path))
    except OSError as error:
        raise Refusal(f"{path}: the vocabulary cannot be read ({error.strerror}); check the path") from error


def read_vocabulary(path: Path | str) -> tuple[str, ...]:
    """Read the tokens that belong to a checkpoint, in index order.

    Parameters
    ----------
    path : Path or str
        JSON: the tokens in index order, a mapping from token to index, or an object whose `vocabulary` is one of the
        two (as beside an npz).

    Raises
    ------
    Refusal
        One sentence that names the file.
    """
    content = read_description(path)
    try:
        return vocabulary_of(content)
    except Refusal as refusal:
        raise Refusal(f"{path}: {refusal}") from None


def vocabulary_of(content: object) -> tuple[str, ...]:
    """Return the tokens of a description (see `read_vocabulary`) in index order, or raise a Refusal."""
    if isinstance(content, dict) and isinstance(content.get("vocabulary"), list | dict):
        content = content["vocabulary"]
    if isinstance(content, dict):
        return ordered_tokens(content, "its vocabulary")
    if not isinstance(content, list) or not all(isinstance(token, str) for token in content):
        raise Refusal("its vocabulary is neither a list of tokens in index order nor a mapping from token to index")
    return tuple(content)


def ordered_tokens(token2idx: object, name: str) -> tuple[str, ...]:
    """Return the tokens of a mapping to indices, in index order; a Refusal calls an invalid one `name`."""
    if not isinstance(token2idx, dict) or not all(
        isinstance(token, str) and type(index) is int for token, index in token2idx.items()
    ):
        raise Refusal(f"{name} does not map tokens to whole numbers")
    if sorted(token2idx.values()) != list(range(len(token2idx))):
        raise Refusal(f"{name} does not number its {len(token2idx)} tokens from 0 without a gap")
    return tuple(sorted(token2idx, key=token2idx.__getitem__))


def excisions_of(content: object) -> tuple[Excision, ...]:
    """Return the excisions of a description, empty without any; a Refusal if they are damaged."""
    records = content.get("excisions", []) if isinstance(content, dict) else []
    try:
        return tuple(
            Excision(
                layer=int(record["layer"]),
                scope=str(record["scope"]),
                unit_index=np.array(record["unit_index"], dtype=np.int64).reshape(-1),
                value=np.array(record["value"], dtype=np.float64).reshape(-1),
            )
            for record in records
        )
    except (TypeError, KeyError, ValueError, OverflowError, AttributeError) as error:
        raise Refusal("its record of excisions is damaged") from error
