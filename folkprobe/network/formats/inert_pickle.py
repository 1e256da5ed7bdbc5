"""Reading NumPy arrays out of a pickle without running anything that it asks for.

A pickle is a program. Before it is interpreted at all, its opcodes are checked: only those that build numbers,
strings, containers and calls are let through, and a memo that grows faster than the stream is refused. While it is
interpreted, the few names that an array needs stand for inert classes of this module, which only remember what they
were given; every other name is refused. Only then are arrays made, from bytes that are there.

References
----------
Python documentation, *pickle*, "Restricting Globals"; `pickletools` for the opcodes.
"""

import io
import math
import pickle
import pickletools

import numpy as np

from folkprobe.refusal import Refusal

MAX_PICKLE_BYTES = 2**30
_MAX_OPCODES = 1_000_000
_MAX_NESTING = 100
# A genuine array has at most two axes here; numpy itself stops at 64.
_MAX_AXES = 8

# fmt: off
_OPCODES = frozenset(
    {
        "PROTO", "FRAME", "STOP", "MARK", "POP", "POP_MARK", "NONE", "NEWTRUE", "NEWFALSE", "INT", "BININT",
        "BININT1", "BININT2", "LONG", "LONG1", "FLOAT", "BINFLOAT", "STRING", "BINSTRING", "SHORT_BINSTRING",
        "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE",
        "BINUNICODE8", "EMPTY_LIST", "APPEND", "APPENDS", "LIST", "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2",
        "TUPLE3", "EMPTY_DICT", "DICT", "SETITEM", "SETITEMS", "GET", "BINGET", "LONG_BINGET", "PUT", "BINPUT",
        "LONG_BINPUT", "MEMOIZE", "GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD",
    }
)
# fmt: on
_PUTS = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
_CONTAINERS = frozenset({"MARK", "TUPLE1", "TUPLE2", "TUPLE3", "EMPTY_TUPLE", "EMPTY_LIST", "EMPTY_DICT"})
_ITEM_TYPES = {"f4", "f8", "f2", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"}


class InertDtype:
    """What a pickle says of an element type."""

    def __init__(self, name: object = None, *_: object) -> None:
        self._name = name
        self._byte_order = "|"

    def __setstate__(self, state: object) -> None:
        if not (isinstance(state, tuple) and len(state) >= 2 and state[1] in ("<", ">", "=", "|")):
            raise Refusal("it describes an element type in an unknown way")
        if any(part is not None for part in state[2:5]):
            raise Refusal("it holds an array with a structured element type, where only numbers belong")
        self._byte_order = state[1]

    def dtype(self) -> np.dtype:
        """Give the element type, if it is a plain number.

        Returns
        -------
        numpy.dtype

        Raises
        ------
        Refusal
            For objects, strings, dates and records.
        """
        if self._name not in _ITEM_TYPES:
            raise Refusal(f"it holds an array of element type {str(self._name)[:20]!r}, where only numbers belong")
        # "=" is the writer's own order, which the stream does not tell.
        # ASSUME: it was little-endian, as every machine that folk-rnn is known to have run on.
        return np.dtype(self._name).newbyteorder(self._byte_order if self._byte_order in "<>" else "<")


class InertArray:
    """What a pickle says of an array."""

    def __init__(self, *_: object) -> None:
        self._state: tuple | None = None

    def __setstate__(self, state: object) -> None:
        # (version, shape, dtype, is_fortran, data), numpy.ndarray.__setstate__
        if not (isinstance(state, tuple) and len(state) == 5 and isinstance(state[2], InertDtype)):
            raise Refusal("it describes an array in an unknown way")
        self._state = state[1:]

    @classmethod
    def of_buffer(cls, *arguments: object) -> "InertArray":
        """Stand for NumPy 2's call under protocol 5: ``_frombuffer(data, dtype, shape, order)``."""
        if not (len(arguments) == 4 and isinstance(arguments[1], InertDtype) and arguments[3] in ("C", "F")):
            raise Refusal("it describes an array in an unknown way")
        data, dtype, shape, order = arguments
        array = cls()
        array._state = (shape, dtype, order == "F", data)
        return array

    def array(self) -> np.ndarray:
        """Make the array from the bytes of the stream.

        Returns
        -------
        ndarray
            Read-only, in the order (C or Fortran) of the file.

        Raises
        ------
        Refusal
            Where shape and element type ask for another number of bytes than there are.
        """
        if self._state is None:
            raise Refusal("it announces an array that it does not hold")
        shape, inert_dtype, is_fortran, data = self._state
        dtype = inert_dtype.dtype()
        # Python 2 wrote the data as `str`, which encoding="latin1" maps to one character a byte.
        if isinstance(data, str):
            data = _latin1_bytes(data)
        if not (isinstance(shape, tuple) and len(shape) <= _MAX_AXES and all(type(n) is int and n >= 0 for n in shape)):
            raise Refusal("it holds an array whose shape is not a few whole numbers")
        if not isinstance(data, bytes | bytearray):
            raise Refusal("it holds an array whose elements are not bytes")
        n_bytes = math.prod(shape) * dtype.itemsize
        if n_bytes != len(data):
            raise Refusal(f"it holds an array of shape {shape} that needs {n_bytes} bytes and has {len(data)}")
        return np.frombuffer(data, dtype=dtype).reshape(shape, order="F" if is_fortran else "C")


def _inert_scalar(dtype: object, data: object = None) -> object:
    """Stands for ``numpy.core.multiarray.scalar``: a plain number at once."""
    if not isinstance(dtype, InertDtype) or not isinstance(data, bytes | str):
        raise Refusal("it describes a number in an unknown way")
    data = _latin1_bytes(data) if isinstance(data, str) else data
    if len(data) != dtype.dtype().itemsize:
        raise Refusal("it describes a number in an unknown way")
    return np.frombuffer(data, dtype=dtype.dtype())[0].item()


def _inert_reconstruct(*_: object) -> InertArray:
    """Stands for ``numpy.core.multiarray._reconstruct``, which makes an empty array for BUILD to fill."""
    return InertArray()


def _latin1_bytes(text: object, encoding: object = "latin1") -> bytes:
    """Stands for ``_codecs.encode``, by which Python 3 writes bytes under protocol 2."""
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1", "iso-8859-1"):
        raise Refusal("it encodes a text in an unknown way")
    try:
        return text.encode("latin1")
    except UnicodeEncodeError:
        raise Refusal("it holds an array whose elements are not bytes") from None


_STAND_INS = {
    ("numpy", "ndarray"): InertArray,
    ("numpy", "dtype"): InertDtype,
    ("_codecs", "encode"): _latin1_bytes,
}
for _core in ("numpy.core", "numpy._core"):
    _STAND_INS[f"{_core}.multiarray", "_reconstruct"] = _inert_reconstruct
    _STAND_INS[f"{_core}.multiarray", "scalar"] = _inert_scalar
    _STAND_INS[f"{_core}.numeric", "_frombuffer"] = InertArray.of_buffer


class _InertUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        try:
            return _STAND_INS[module, name]
        except KeyError:
            raise Refusal(f"it asks for {module}.{name}, which no array of numbers needs: it was not run") from None

    def persistent_load(self, _pid: object) -> object:
        raise Refusal("it refers to an object outside the file")


def read_inert_pickle(data: bytes) -> object:
    """Interpret a pickle with inert stand-ins.

    Parameters
    ----------
    data : bytes
        A pickle of protocol 0 to 5, by Python 2 or 3, NumPy 1 or 2.

    Returns
    -------
    object
        Built from dict, list, tuple, str, bytes, numbers, None and `InertArray`.

    Raises
    ------
    Refusal
        For a stream that is damaged, too large, or asks for anything else; the sentence has the stream as "it".
    """
    if len(data) > MAX_PICKLE_BYTES:
        raise Refusal(f"it has {len(data)} bytes, and no folk-rnn file has more than {MAX_PICKLE_BYTES}")
    try:
        _check_opcodes(data)
        return _InertUnpickler(io.BytesIO(data), encoding="latin1").load()
    except Refusal:
        raise
    # A damaged stream can make the unpickler raise nearly anything; nothing of it has been executed.
    except Exception as error:
        raise Refusal(f"it is damaged or cut short ({_first_line(error)})") from error


def _check_opcodes(data: bytes) -> None:
    n_nested = 0
    for n_opcodes, (opcode, argument, position) in enumerate(pickletools.genops(io.BytesIO(data)), start=1):
        if opcode.name not in _OPCODES:
            raise Refusal(f"it uses the pickle instruction {opcode.name}, which no array of numbers needs")
        if n_opcodes > _MAX_OPCODES:
            raise Refusal(f"it has more than {_MAX_OPCODES} pickle instructions")
        if opcode.name in _PUTS and int(argument) > n_opcodes:
            raise Refusal(f"it numbers its parts wildly ({argument} at byte {position})")
        # Containers opened one inside the other follow each other closely; a flat file never opens many in a row.
        n_nested = n_nested + 1 if opcode.name in _CONTAINERS else n_nested * (opcode.name in _PUTS | {"MEMOIZE"})
        if n_nested > _MAX_NESTING:
            raise Refusal(f"it nests more than {_MAX_NESTING} containers")


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:120] if lines else type(error).__name__
