"""HDF5 files that the workflow makes, opened for reading."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from folkprobe.refusal import Refusal


@contextmanager
def open_result(path: Path | str, *, kind: str, rule: str) -> Iterator[h5py.File]:
    """Open a result, and turn whatever is wrong with it into one sentence.

    Parameters
    ----------
    path : Path or str
    kind : str
        What the file should be, such as `tunes.h5`.
    rule : str
        The rule that makes it.

    Yields
    ------
    h5py.File

    Raises
    ------
    Refusal
        Where the file is missing, or is damaged or of another kind as far as the block reads it.
    """
    path = Path(path)
    if not path.is_file():
        raise Refusal(f"{path}: no such file; the rule {rule} makes it")
    try:
        with h5py.File(path) as file:
            yield file
    except Refusal:
        raise
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise Refusal(f"{path}: not a whole {kind} ({error}); let the rule {rule} make it again") from error
