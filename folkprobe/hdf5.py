"""HDF5 files that the workflow makes, opened for reading."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import h5py

from folkprobe.artefact import seal, seal_holds, whole_file
from folkprobe.refusal import Refusal

_METADATA_CACHE_BYTES = 2**21


def open_file(path: Path | str) -> h5py.File:
    """Open a file for reading with bounded memory, however many groups and datasets it has.

    HDF5's default metadata cache takes 200 MB for 6,000 tunes; here it is limited to about 2,000 objects. The file is
    not locked: a result never changes under its name, and some file systems of clusters have no locks.
    """
    file = h5py.File(path, locking=False)
    limits = file.id.get_mdc_config()
    limits.set_initial_size = True
    limits.initial_size = limits.min_size = _METADATA_CACHE_BYTES // 2
    limits.max_size = _METADATA_CACHE_BYTES
    file.id.set_mdc_config(limits)
    return file


class _Disk:
    """A file for HDF5 to write to, which keeps its first failure.

    HDF5 meets a full disk while it closes objects, where h5py cannot raise; it then prints hundreds of traces and ends
    in a segmentation fault. Writes after a failure are discarded, since the file never gets its final name.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.failure: OSError | None = None

    def _try(self, operation: Callable, *arguments: object) -> int:
        if self.failure is None:
            try:
                return operation(*arguments)
            except OSError as error:
                self.failure = error
        return 0

    def write(self, data: memoryview) -> int:
        self._try(self._file.write, data)
        return len(data)

    # Attributes by which h5py distinguishes a file from a path.
    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def readinto(self, buffer: memoryview) -> int:
        return self._try(self._file.readinto, buffer)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._try(self._file.seek, offset, whence)

    def tell(self) -> int:
        return self._try(self._file.tell)

    def truncate(self, size: int | None = None) -> int:
        return self._try(self._file.truncate, size)

    def flush(self) -> None:
        self._try(self._file.flush)


class _ResultFile(h5py.File):
    def __init__(self, disk: _Disk, *, track_order: bool) -> None:
        super().__init__(disk, "w", track_order=track_order)
        self._disk = disk

    def create_dataset(self, *arguments: object, **options: object) -> h5py.Dataset:
        # A long stream of arrays stops at the first failed write.
        if self._disk.failure:
            raise self._disk.failure
        return super().create_dataset(*arguments, **options)


@contextmanager
def write_result(path: Path | str, *, track_order: bool = False) -> Iterator[h5py.File]:
    """Open a result for writing; it is sealed and gets its final name when the block ends without an exception.

    Parameters
    ----------
    path : Path or str
    track_order : bool
        Whether members are listed in the order of their creation.

    Yields
    ------
    h5py.File
        Empty.

    Raises
    ------
    OSError
        If the disk rejects a write; nothing is left of the file.
    """
    with whole_file(path) as temporary:
        with temporary.open("w+b") as plain_file:
            disk = _Disk(plain_file)
            with _ResultFile(disk, track_order=track_order) as file:
                yield file
            disk.flush()
            if disk.failure:
                # Closing tries, and fails, again.
                with suppress(OSError):
                    plain_file.close()
                raise disk.failure
        seal(temporary)


@contextmanager
def open_result(path: Path | str, *, kind: str, maker: str) -> Iterator[h5py.File]:
    """Open a result, and turn any error into one sentence.

    Parameters
    ----------
    path : Path or str
    kind : str
        What the file should be, such as `tunes.h5`.
    maker : str
        What makes it, such as `the rule generate_tunes`.

    Raises
    ------
    Refusal
        If the file is missing, was changed since it was sealed, is of another kind as far as the block reads it, or
        cannot be read. Only a file whose seal is broken is called damaged.
    """
    path = Path(path)
    is_whole = None
    try:
        if not path.is_file():
            raise Refusal(f"{path}: no such file; {maker} makes it")
        # HDF5 itself has no digest of the numbers.
        is_whole = seal_holds(path)
        if is_whole is False:
            raise Refusal(f"{path}: damaged since it was written; delete it, and {maker} rebuilds it")
        with open_file(path) as file:
            yield file
    except Refusal:
        raise
    except (OSError, KeyError, ValueError, TypeError) as error:
        if isinstance(error, OSError) and (is_whole or error.errno is not None):
            # HDF5's own switch for locks goes over the program's.
            remedy = "set HDF5_USE_FILE_LOCKING=FALSE" if "lock" in str(error) else "check the disk"
            raise Refusal(f"{path}: cannot be read, whatever is in it ({error}); {remedy} and try again") from error
        if is_whole:
            raise Refusal(f"{path}: whole, but not a complete {kind} ({error}); {maker} makes one") from error
        raise Refusal(f"{path}: not a complete {kind} ({error}); delete it, and {maker} rebuilds it") from error
