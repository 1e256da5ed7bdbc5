"""Arrays out of bytes that are there: the one place where a foreign file's shape and element type are believed."""

import math

import numpy as np

from folkprobe.refusal import Refusal

# A genuine array has at most three axes; numpy itself stops at 64.
_MAX_AXES = 8
_MAX_AXIS = 2**40


def array_of_bytes(data: bytes, dtype: np.dtype, shape: object, *, is_fortran: bool = False) -> np.ndarray:
    """View bytes as an array.

    Parameters
    ----------
    data : bytes-like
    dtype : numpy.dtype
        Of plain numbers.
    shape : object
        What the file says.
    is_fortran : bool
        Whether the first axis runs fastest.

    Returns
    -------
    ndarray
        A view, read-only where `data` is.

    Raises
    ------
    Refusal
        Where the shape is none, or asks with the element type for another number of bytes than there are.
    """
    if not (
        isinstance(shape, tuple | list)
        and len(shape) <= _MAX_AXES
        and all(type(n) is int and 0 <= n <= _MAX_AXIS for n in shape)
    ):
        raise Refusal("it holds an array whose shape is not a few whole numbers")
    shape = tuple(shape)
    n_bytes = math.prod(shape) * dtype.itemsize
    if n_bytes != len(data):
        raise Refusal(f"it holds an array of shape {shape} that needs {n_bytes} bytes and has {len(data)}")
    return np.frombuffer(data, dtype=dtype).reshape(shape, order="F" if is_fortran else "C")


def weights(array: np.ndarray, name: str) -> np.ndarray:
    """Take an array for weights of a network.

    Parameters
    ----------
    array : ndarray
    name : str
        What the file calls it, for the sentence.

    Returns
    -------
    ndarray
        In C order and native byte order, with memory of its own; the values and their precision are the file's.

    Raises
    ------
    Refusal
        For anything but floats of 16, 32 or 64 bits.
    """
    if array.dtype.kind != "f" or array.dtype.itemsize > 8:
        raise Refusal(f"{name} holds {array.dtype.name} where weights are floats of 16, 32 or 64 bits")
    return np.array(array, dtype=array.dtype.newbyteorder("="), order="C")
