"""`folkprobe.network.elementwise`, compiled: the same operations in the same order, so the same bits.

Numba vectorises the loops along the lanes and neither fuses nor reorders an operation, since `fastmath` is off. Its
cache goes by modification times, so an old kernel would survive a restored file: the cache lies in a folder named by
the digest of the sources.
"""

import atexit
import hashlib
import logging
import os
import shutil
import tempfile
from pathlib import Path

import numba
import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic, overload

from folkprobe.network.elementwise import EXP_LIMIT, FLOAT32, FLOAT64, TANH_LIMIT


def _cache_folder() -> Path:
    """Return a folder for the compiled code: below the user's cache, or a temporary one where that is not writable."""
    here = Path(__file__)
    digest = hashlib.sha256(b"".join(here.with_name(name).read_bytes() for name in ("compiled.py", "elementwise.py")))
    try:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = caches / "folkprobe" / f"kernels-{digest.hexdigest()[:16]}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    # Without a home folder: RuntimeError.
    except (OSError, RuntimeError) as error:
        logging.getLogger(__name__).info("the kernels are compiled again, since no cache can be written: %s", error)
        folder = Path(tempfile.mkdtemp())
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return folder


numba.config.CACHE_DIR = str(_cache_folder())
# A division by zero is infinite, as in IEEE arithmetic: Python's exception would prevent vectorised loops.
_njit = njit(cache=True, error_model="numpy")


@intrinsic
def _shifted_into_exponent(context, number):  # noqa: ARG001
    """Shift the bits of a number left by the width of its mantissa."""

    def generate(context, builder, signature, arguments):
        is_64 = signature.args[0] == types.float64
        integer = ir.IntType(64 if is_64 else 32)
        bits = builder.bitcast(arguments[0], integer)
        bits = builder.shl(bits, ir.Constant(integer, (FLOAT64 if is_64 else FLOAT32).n_mantissa_bits))
        return builder.bitcast(bits, context.get_value_type(signature.return_type))

    return number(number), generate


def _exponential(y):
    """Return s and p of the equations of `folkprobe.network.elementwise`."""


@overload(_exponential)
def _exponential_of_type(y):
    log2_e, shift, ln2_high, ln2_low, taylor, _ = FLOAT32 if y == types.float32 else FLOAT64

    def of_type(y):
        shifted = y * log2_e + shift
        k = shifted - shift
        r = (y - k * ln2_high) - k * ln2_low
        q = taylor[0]
        for coefficient in taylor[1:]:
            q = q * r + coefficient
        return _shifted_into_exponent(shifted), r + (r * r) * q

    return of_type


@_njit
def _tanh(z):
    """Return the hyperbolic tangent of each element, in place."""
    for at in range(z.size):
        limit = z.dtype.type(TANH_LIMIT)
        y = z[at] + z[at]
        # Compared so that NaN stays NaN.
        y = -limit if y < -limit else y
        y = limit if y > limit else y
        s, p = _exponential(y)
        e = s * p + (s - z.dtype.type(1))
        z[at] = e / (e + z.dtype.type(2))


@_njit
def _add(gates, added, column, first, last):
    if added.shape[1] == 1:
        for row in range(first, last):
            for lane in range(gates.shape[1]):
                gates[row, lane] += added[row, 0]
    else:
        for row in range(first, last):
            for lane in range(gates.shape[1]):
                gates[row, lane] += added[row, column[lane]]


@_njit
def update_states(gates, added, column, cell_state, hidden_state):
    """See `folkprobe.network.elementwise.update_states`."""
    n_units, n_lanes = cell_state.shape
    half = gates.dtype.type(0.5)
    n_rows = max(1024 // max(n_lanes, 1), 1)
    scratch = np.empty(n_rows * n_lanes, gates.dtype)
    for start in range(0, n_units, n_rows):
        stop = min(start + n_rows, n_units)
        for part in range(4):
            first, last = part * n_units + start, part * n_units + stop
            _add(gates, added, column, first, last)
            flat = gates[first:last].reshape(-1)
            _tanh(flat)
            if part < 3:
                for at in range(flat.size):
                    flat[at] = flat[at] * half + half
        i = gates[start:stop].reshape(-1)
        f = gates[n_units + start : n_units + stop].reshape(-1)
        o = gates[2 * n_units + start : 2 * n_units + stop].reshape(-1)
        g = gates[3 * n_units + start : 3 * n_units + stop].reshape(-1)
        cell, hidden = cell_state[start:stop].reshape(-1), hidden_state[start:stop].reshape(-1)
        tanh_cell = scratch[: cell.size]
        for at in range(cell.size):
            cell[at] = f[at] * cell[at] + i[at] * g[at]
        tanh_cell[:] = cell
        _tanh(tanh_cell)
        for at in range(cell.size):
            hidden[at] = o[at] * tanh_cell[at]


@_njit
def cumulative_weights(logits, temperature):
    """See `folkprobe.network.elementwise.cumulative_weights`."""
    n_vocabulary, n_lanes = logits.shape
    scaled, cumulative = np.empty((n_vocabulary, n_lanes)), np.empty((n_vocabulary, n_lanes))
    largest = np.full(n_lanes, -np.inf)
    for row in range(n_vocabulary):
        for lane in range(n_lanes):
            scaled[row, lane] = np.float64(logits[row, lane]) / temperature
            if scaled[row, lane] > largest[lane]:
                largest[lane] = scaled[row, lane]
    total = np.zeros(n_lanes)
    for row in range(n_vocabulary):
        for lane in range(n_lanes):
            scaled[row, lane] -= largest[lane]
            y = scaled[row, lane]
            y = EXP_LIMIT if y < EXP_LIMIT else y
            s, p = _exponential(y)
            total[lane] += s + s * p
            cumulative[row, lane] = total[lane]
    return scaled, cumulative


@_njit
def n_at_most(cumulative, threshold):
    """See `folkprobe.network.elementwise.n_at_most`."""
    n_vocabulary, n_lanes = cumulative.shape
    n = np.zeros(n_lanes, np.int64)
    for row in range(n_vocabulary):
        for lane in range(n_lanes):
            n[lane] += cumulative[row, lane] <= threshold[lane]
    return n
