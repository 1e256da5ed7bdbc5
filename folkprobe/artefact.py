"""Files that are either whole or absent, and that tell whether they still are what was written."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside `path`, which takes its final name when the block ends without an exception.

    Parameters
    ----------
    path : Path or str
        The final name; its folder must exist. A file that is already there is replaced in one step.

    Yields
    ------
    Path
        Where to write: same folder, same suffix (matplotlib and others choose the format by it).

    Notes
    -----
    Written, synced to disk, then renamed, because Snakemake leaves the children of a killed run alive: what they go
    on writing must not pass for a finished result. After an exception the temporary file is removed; one that a killed
    writer left behind, when the file is written the next time.
    """
    path = Path(path)
    leavings = re.compile(rf"\.{re.escape(path.stem)}\.[0-9a-f]{{8}}{re.escape(path.suffix)}")
    for left in path.parent.iterdir():
        if leavings.fullmatch(left.name):
            left.unlink(missing_ok=True)
    # The random part keeps two writers of one file apart; it reaches no result.
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{path.suffix}")
    try:
        yield temporary
        descriptor = os.open(temporary, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


_SEAL = b"folkprobe sha256 "
_N_DIGEST = 64
_N_PIECE = 2**20


def seal(path: Path | str) -> None:
    """Append a digest of its content to a file, for formats that ignore what follows their end (HDF5 does).

    Parameters
    ----------
    path : Path or str

    Notes
    -----
    HDF5 can be damaged so that its library reads without end; `is_sealed` finds the damage without the library. A
    program that changes the file in place removes the seal.
    """
    with Path(path).open("r+b") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0, os.SEEK_END)
        file.write(_SEAL + digest.encode())


def seal_is_broken(path: Path | str) -> bool:
    """Report whether a file was changed since it was sealed.

    Parameters
    ----------
    path : Path or str
        Read piece by piece, however large.

    Returns
    -------
    bool
        False for a file that has no seal: one that was cut short, for HDF5's own checks to find.
    """
    with Path(path).open("rb") as file:
        n_content = file.seek(0, os.SEEK_END) - len(_SEAL) - _N_DIGEST
        if n_content < 0:
            return False
        file.seek(n_content)
        sealed = file.read()
        if not sealed.startswith(_SEAL):
            return False
        file.seek(0)
        digest = hashlib.sha256()
        while n_content:
            piece = file.read(min(n_content, _N_PIECE))
            digest.update(piece)
            n_content -= len(piece)
    return sealed != _SEAL + digest.hexdigest().encode()


def is_sealed(data: bytes) -> bool:
    """Report whether a file ends with the digest of all that comes before.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    bool
    """
    n_content = len(data) - len(_SEAL) - _N_DIGEST
    digest = hashlib.sha256(memoryview(data)[: max(n_content, 0)]).hexdigest()
    return data[max(n_content, 0) :] == _SEAL + digest.encode()


def write_table(table: "pd.DataFrame", path: Path | str) -> None:
    """Write a table as CSV, the same bytes on every system.

    Parameters
    ----------
    table : pandas.DataFrame
        Its index is not written.
    path : Path or str
        Appears whole or not at all.
    """
    with whole_file(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")
