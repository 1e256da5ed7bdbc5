"""Arrays from bytes: the one place that checks a foreign file's shape and element type against its size."""

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
        As the file declares it.
    is_fortran : bool
        Whether the first axis runs fastest.

    Returns
    -------
    ndarray
        A view, read-only where `data` is.

    Raises
    ------
    Refusal
        If the shape is invalid, or needs, with the element type, another number of bytes than there are.
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
    """Convert an array to weights of a network.

    Parameters
    ----------
    array : ndarray
    name : str
        The file's name for it, for the refusal.

    Returns
    -------
    ndarray
        In C order and native byte order, a copy; values and precision are the file's.

    Raises
    ------
    Refusal
        For anything but floats of 16, 32 or 64 bits.
    """
    if array.dtype.kind != "f" or array.dtype.itemsize > 8:
        raise Refusal(f"{name} holds {array.dtype.name} where weights are floats of 16, 32 or 64 bits")
    return np.array(array, dtype=array.dtype.newbyteorder("="), order="C")
