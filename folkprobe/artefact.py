"""Files that are either whole or absent, and that can be checked for changes."""

import errno
import fcntl
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from folkprobe.refusal import Refusal

if TYPE_CHECKING:
    import pandas as pd

_OF_A_WRITE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside `path`, which takes its final name when the block ends without an exception.

    Parameters
    ----------
    path : Path or str
        The final name; its folder must exist. An existing file is replaced in one step.

    Yields
    ------
    Path
        Where to write: same folder, same suffix (matplotlib and others choose the format by it).

    Notes
    -----
    The file is written, synced to disk, then renamed: Snakemake leaves the children of a killed run alive, and what
    they still write must not pass for a finished result. The temporary file is removed after an exception; one left by
    a killed writer is removed when the file is written again. A writer holds a lock, so that such a child and the job
    that was started anew leave each other's file alone.
    """
    path = Path(path)
    leavings = re.compile(rf"\.{re.escape(path.stem)}\.[0-9a-f]{{8}}{re.escape(path.suffix)}")
    for left in path.parent.iterdir():
        if leavings.fullmatch(left.name):
            # Of a living writer, removed by another one, or on a file system without locks: left alone.
            with suppress(OSError), left.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()
    # The random part keeps two writers of one file apart; it does not affect the output.
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{path.suffix}")
    try:
        with temporary.open("xb") as held:
            with suppress(OSError):
                fcntl.flock(held, fcntl.LOCK_EX)
            yield temporary
            descriptor = os.open(temporary, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            temporary.replace(path)
    except OSError as error:
        # A write that fails names no file.
        if error.errno in _OF_A_WRITE and error.filename in (None, str(temporary)):
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def read_regular(path: Path, max_bytes: int) -> bytes:
    """Return the bytes of a file that may be anything; a Refusal for a folder, a pipe, a device or a larger file."""
    try:
        # A pipe without a writer would never open.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Refusal(f"{path} is no regular file, give one")
            data = file.read(max_bytes + 1)
    except FileNotFoundError:
        raise Refusal(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise Refusal(f"{path} is a folder, give a file") from None
    except (OSError, ValueError) as error:
        raise Refusal(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(data) > max_bytes:
        raise Refusal(f"{path} is larger than the {max_bytes} bytes that are read of such a file")
    return data


_SEAL = b"folkprobe sha256 "
_N_DIGEST = 64
_N_PIECE = 2**20


def seal(path: Path | str) -> None:
    """Append a digest of its content to a file, for formats that ignore what follows their end, such as HDF5.

    A damaged HDF5 file can make its library read without end; `is_sealed` detects damage without the library. A program
    that changes the file in place removes the seal.
    """
    with Path(path).open("r+b") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0, os.SEEK_END)
        file.write(_SEAL + digest.encode())


def seal_holds(path: Path | str) -> bool | None:
    """Report whether a file, read in chunks, is as it was when it was sealed.

    None for a file without a seal, such as one that was cut short, which HDF5's own checks detect.
    """
    with Path(path).open("rb") as file:
        n_content = file.seek(0, os.SEEK_END) - len(_SEAL) - _N_DIGEST
        if n_content < 0:
            return None
        file.seek(n_content)
        sealed = file.read()
        if not sealed.startswith(_SEAL):
            return None
        file.seek(0)
        digest = hashlib.sha256()
        while n_content:
            piece = file.read(min(n_content, _N_PIECE))
            digest.update(piece)
            n_content -= len(piece)
    return sealed == _SEAL + digest.hexdigest().encode()


def is_sealed(data: bytes) -> bool:
    """Report whether a file's bytes end with the digest of all that comes before."""
    n_content = len(data) - len(_SEAL) - _N_DIGEST
    digest = hashlib.sha256(memoryview(data)[: max(n_content, 0)]).hexdigest()
    return data[max(n_content, 0) :] == _SEAL + digest.encode()


def write_table(table: "pd.DataFrame", path: Path | str) -> None:
    """Write a table as CSV, without its index, atomically and with the same bytes on every system."""
    with whole_file(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")
