"""Read NumPy arrays from a pickle without running anything in it.

A pickle is a program. Before it is interpreted at all, its opcodes are checked (`opcode_check`). While it is
interpreted, the few names that an array needs resolve to inert classes of this module, which only store their
arguments; every other name is refused. Only then are arrays made, from bytes that are present.

Each stand-in is a class of its own with slots and a ``__setstate__``, so that a stream can neither attach attributes to
one nor change its behaviour for the next file.

References
----------
Python documentation, *pickle*, "Restricting Globals".
"""

import io
import pickle
from collections.abc import Collection

import numpy as np

from folkprobe.network.formats.array_bytes import array_of_bytes
from folkprobe.network.formats.opcode_check import MAX_ENTRIES, check_opcodes
from folkprobe.network.formats.pickle_entries import without_entries
from folkprobe.refusal import Refusal

_ITEM_TYPES = {"f4", "f8", "f2", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"}


class InertDtype:
    """An element type as a pickle describes it."""

    __slots__ = ("_byte_order", "_name")

    def __init__(self, name: object = None, *_: object) -> None:
        if not isinstance(name, str):
            raise Refusal("it describes an element type in an unknown way")
        self._name = name
        self._byte_order = "|"

    def __setstate__(self, state: object) -> None:
        if not (isinstance(state, tuple) and len(state) >= 2 and state[1] in ("<", ">", "=", "|")):
            raise Refusal("it describes an element type in an unknown way")
        if any(part is not None for part in state[2:5]):
            raise Refusal("it holds an array with a structured element type, where only numbers belong")
        self._byte_order = state[1]

    def dtype(self) -> np.dtype:
        """Return the element type, a plain number; a Refusal for objects, strings, dates and records."""
        if self._name not in _ITEM_TYPES:
            raise Refusal(f"it holds an array of element type {self._name[:20]!r}, where only numbers belong")
        # "=" is the writer's own order, which the stream does not specify.
        # ASSUME: it was little-endian, as every machine that folk-rnn is known to have run on.
        return np.dtype(self._name).newbyteorder(self._byte_order if self._byte_order in "<>" else "<")


class InertArray:
    """An array as a pickle describes it."""

    __slots__ = ("_state",)

    def __init__(self, *_: object) -> None:
        self._state: tuple | None = None

    def __setstate__(self, state: object) -> None:
        # (version, shape, dtype, is_fortran, data), numpy.ndarray.__setstate__
        if not (isinstance(state, tuple) and len(state) == 5 and isinstance(state[2], InertDtype)):
            raise Refusal("it describes an array in an unknown way")
        self._state = state[1:]

    @property
    def shape(self) -> object:
        """The declared shape; None without one."""
        return self._state and self._state[0]

    def array(self) -> np.ndarray:
        """Make the array from the bytes of the stream.

        Returns
        -------
        ndarray
            Read-only, in the order (C or Fortran) of the file.

        Raises
        ------
        Refusal
            If shape and element type need another number of bytes than there are.
        """
        if self._state is None:
            raise Refusal("it declares an array without its data")
        shape, inert_dtype, is_fortran, data = self._state
        dtype = inert_dtype.dtype()
        return array_of_bytes(_bytes_of(data), dtype, shape, is_fortran=bool(is_fortran))


class _Buffer(InertArray):
    """Stand-in for NumPy 2's call under protocol 5: ``_frombuffer(data, dtype, shape, order)``."""

    __slots__ = ()

    def __init__(self, *arguments: object) -> None:
        if not (len(arguments) == 4 and isinstance(arguments[1], InertDtype) and arguments[3] in ("C", "F")):
            raise Refusal("it describes an array in an unknown way")
        data, dtype, shape, order = arguments
        self._state = (shape, dtype, order == "F", data)


class _Scalar:
    """Stand-in for ``numpy.core.multiarray.scalar``: converts to a plain number immediately."""

    __slots__ = ()

    def __new__(cls, dtype: object, data: object = None) -> object:
        if not isinstance(dtype, InertDtype):
            raise Refusal("it describes a number in an unknown way")
        return array_of_bytes(_bytes_of(data), dtype.dtype(), ()).item()

    def __setstate__(self, _: object) -> None:
        raise Refusal("it describes a number in an unknown way")


class _Encoded:
    """Stand-in for ``_codecs.encode``, by which Python 3 writes bytes under protocol 2.

    Encoded only on demand: a stream can refer to the same long text again and again.
    """

    __slots__ = ("text",)

    def __init__(self, text: object, encoding: object = "latin1") -> None:
        if not isinstance(text, str) or encoding not in ("latin1", "latin-1", "iso-8859-1"):
            raise Refusal("it encodes a text in an unknown way")
        self.text = text

    def __setstate__(self, _: object) -> None:
        raise Refusal("it encodes a text in an unknown way")


class _Mapping(dict):
    """Stand-in for OrderedDict and Counter: a dict, made of at most as many pairs as a vocabulary has."""

    __slots__ = ()

    def __init__(self, pairs: object = ()) -> None:
        if not isinstance(pairs, list | tuple | dict) or len(pairs) > MAX_ENTRIES:
            raise Refusal("it describes a dictionary in an unknown way")
        super().__init__(pairs)

    def __setstate__(self, _: object) -> None:
        raise Refusal("it describes a dictionary in an unknown way")


def _bytes_of(data: object) -> bytes:
    # Python 2 wrote the data as `str`, which encoding="latin1" maps to one character a byte.
    text = data.text if isinstance(data, _Encoded) else data
    if isinstance(text, str):
        try:
            return text.encode("latin1")
        except UnicodeEncodeError:
            raise Refusal("it holds an array whose elements are not bytes") from None
    if not isinstance(data, bytes | bytearray):
        raise Refusal("it holds an array whose elements are not bytes")
    return data


_STAND_INS = {
    ("numpy", "ndarray"): InertArray,
    ("numpy", "dtype"): InertDtype,
    ("_codecs", "encode"): _Encoded,
    ("collections", "OrderedDict"): _Mapping,
    ("collections", "Counter"): _Mapping,
}
for _core in ("numpy.core", "numpy._core"):
    _STAND_INS[f"{_core}.multiarray", "_reconstruct"] = InertArray  # empty, for BUILD to fill
    _STAND_INS[f"{_core}.multiarray", "scalar"] = _Scalar
    _STAND_INS[f"{_core}.numeric", "_frombuffer"] = _Buffer


class _InertUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        try:
            return _STAND_INS[module, name]
        except KeyError:
            raise Refusal(
                f"it asks for {f'{module}.{name}'[:80]}, which no array of numbers needs: it was not run"
            ) from None

    def persistent_load(self, _pid: object) -> object:
        raise Refusal("it refers to an object outside the file")


def read_inert_pickle(data: bytes, wanted: Collection[str]) -> object:
    """Interpret a pickle with inert stand-ins.

    Parameters
    ----------
    data : bytes
        A pickle of protocol 0 to 5, by Python 2 or 3, NumPy 1 or 2.
    wanted : collection of str
        Of a dict, the entries that are needed; others may be left out.

    Returns
    -------
    object
        Built from dict, list, tuple, str, bytes, numbers, None and `InertArray`.

    Raises
    ------
    Refusal
        For a stream that is damaged, too large, or contains anything else; the sentence refers to the stream as "it".
    """
    try:
        data = without_entries(data, wanted, _STAND_INS)
        check_opcodes(data)
        return _InertUnpickler(io.BytesIO(data), encoding="latin1").load()
    except Refusal:
        raise
    # A damaged stream can make the unpickler raise nearly anything; nothing of it has been executed.
    except Exception as error:
        raise Refusal(f"it is damaged or cut short ({_first_line(error)})") from error


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:120] if lines else type(error).__name__
