"""Files that are no checkpoint but hold or stand for one, by what is in them, with what to do."""

import re

from folkprobe.network.source import what_stands_for_a_file

_ARCHIVES = (
    (b"\x1f\x8b", "gzip", "gunzip"),
    (b"BZh", "bzip2", "bunzip2"),
    (b"\xfd7zXZ\0", "xz", "unxz"),
    (b"\x28\xb5\x2f\xfd", "zstd", "unzstd"),
    (b"\x04\x22\x4d\x18", "lz4", "unlz4"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip", "7z x"),
    (b"Rar!", "rar", "unrar x"),
)
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_JOBLIB = b"joblib.numpy_pickle"
_JOBLIB_REMEDY = "load it with joblib.load where joblib is, and save it with pickle.dump"
_TAR_MAGIC = slice(257, 262)
_FEWEST_LINE_ENDS = 3


def name_foreign(data: bytes) -> str | None:
    """Return what a file is that no reader accepts, and what to do with it, in a sentence about "it".

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    str or None
        None where it is not recognised.
    """
    if what := what_stands_for_a_file(data):
        return what
    for signature, name, command in _ARCHIVES:
        if data.startswith(signature):
            return f"it is compressed with {name}: unpack it first ({command} FILE)"
    if data[_TAR_MAGIC] == b"ustar":
        return "it is a tar archive: unpack it (tar xf FILE) and give the checkpoint in it"
    if data.startswith(_ZLIB):
        return f"it is compressed with zlib, as joblib.dump does: {_JOBLIB_REMEDY}"
    if _JOBLIB in data:
        return f"it was written by joblib, which puts arrays between the instructions of a pickle: {_JOBLIB_REMEDY}"
    n_line_ends = data.count(b"\n")
    is_global_torn = re.match(rb"(\x80.|\(|\}).{0,10000}c[\w.]+\r\n\w+\r\n", data, re.DOTALL)
    if is_global_torn or (n_line_ends >= _FEWEST_LINE_ENDS and data.count(b"\r\n") == n_line_ends):
        return (
            "it was changed on its way: each of its line ends is CR LF, as a transfer in text mode makes them; copy "
            "the original again in binary mode (with git, mark it `binary` in .gitattributes)"
        )
    if data.count(b"\xef\xbf\xbd") >= _FEWEST_LINE_ENDS:
        return (
            "it was read and saved as text on its way, which cannot be undone: copy the original again in binary mode"
        )
    return None


def name_zip(names: list[str]) -> str | None:
    """Return what a zip file is that holds other files than arrays, from the names of its members."""
    files = [name for name in names if not name.endswith("/")]
    if any(name.endswith(".npy") for name in files) or not files:
        return None
    return f"it is a zip archive with {files[0][:80]!r} in it: unpack it and give the checkpoint itself"
