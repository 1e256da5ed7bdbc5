"""What a step computes element by element: gates, states, and the sums of the softmax.

Every operation is a plain IEEE addition, multiplication, division or comparison, in one fixed order and never fused, so
the bits are the same on every processor; `np.tanh` and `np.exp` differ between them in the last bit. There are two
implementations with the same bits: this one, in NumPy, and `folkprobe.network.compiled`, two to four times faster on
AVX2, which a process loads once it has enough to compute to repay the loading.

    exp(y) = s + s p      expm1(y) = s p + (s - 1)      tanh(z) = expm1(2 z) / (expm1(2 z) + 2)

where y = k ln 2 + r with whole k, s = 2^k, and p is the Taylor polynomial of expm1(r) for abs(r) <= ln(2) / 2. Adding a
large constant rounds y / ln 2 to k and leaves k + bias in the low bits, which shifted into the exponent are s. ln 2 is
subtracted in two parts (W. J. Cody and W. Waite, *Software Manual for the Elementary Functions*, 1980).
"""

import math
from functools import cache
from types import ModuleType
from typing import NamedTuple

import numpy as np


class Constants(NamedTuple):
    """Of one floating-point type: those of the module's equations."""

    log2_e: np.floating
    shift: np.floating
    ln2_high: np.floating
    ln2_low: np.floating
    # 1 / n!, the highest power first, down to 1 / 2!.
    taylor: tuple[np.floating, ...]
    n_mantissa_bits: int


def _constants(dtype: type[np.floating], ln2_high: float, ln2_low: float, degree: int) -> Constants:
    info = np.finfo(dtype)
    return Constants(
        log2_e=dtype(1 / math.log(2)),
        # 1.5: what is added to it may be negative.
        shift=dtype(1.5 * 2.0**info.nmant + (info.maxexp - 1)),
        ln2_high=dtype(ln2_high),
        ln2_low=dtype(ln2_low),
        taylor=tuple(dtype(1 / math.factorial(n)) for n in range(degree, 1, -1)),
        n_mantissa_bits=info.nmant,
    )


# The high parts end in enough zeros for k times them to be exact. The degrees: truncation below half a rounding error.
FLOAT64 = _constants(np.float64, float.fromhex("0x1.62e42feep-1"), float.fromhex("0x1.a39ef35793c76p-33"), 13)
FLOAT32 = _constants(np.float32, float.fromhex("0x1.63p-1"), float.fromhex("-0x1.bd0106p-13"), 7)
# tanh is 1 to the last bit from half of this on.
TANH_LIMIT = 40.0
# exp is 0 from here on: the power of two has no exponent left.
EXP_LIMIT = -709.2

# Elements per block: the block and its temporaries stay in the second cache.
_BLOCK = 16384
# A process that computes fewer does better without the second that loading the compiled route takes.
_N_REPAID = 40_000_000
# As many as NumPy computes in the time that its calls take for a few, as with one tune at a time.
_N_AT_LEAST = 20_000


class Route:
    """Counts the elements that a process has computed, and chooses the implementation."""

    n_elements = 0

    @classmethod
    def compiled(cls, n_elements: int) -> ModuleType | None:
        """Return `folkprobe.network.compiled` once it pays, None before that."""
        cls.n_elements += max(n_elements, _N_AT_LEAST)
        return _compiled() if cls.n_elements > _N_REPAID else None


@cache
def _compiled() -> ModuleType:
    from folkprobe.network import compiled

    return compiled


def update_states(
    gates: np.ndarray, added: np.ndarray, column: np.ndarray, cell_state: np.ndarray, hidden_state: np.ndarray
) -> None:
    """Turn the products of a layer into its gates, and compute its new states.

    Parameters
    ----------
    gates : ndarray, shape (4 n_units, n_lanes)
        Products, one gate above the other: i/2, f/2, o/2, g. Afterwards the gates' values i, f, o, g.
    added : ndarray, shape (4 n_units, n)
        Biases and inputs, of which each lane adds one column.
    column : ndarray of int64, shape (n_lanes,)
    cell_state : ndarray, shape (n_units, n_lanes)
        Updated.
    hidden_state : ndarray, shape (n_units, n_lanes)
        Overwritten.
    """
    if compiled := Route.compiled(5 * cell_state.size):
        compiled.update_states(gates, added, column, cell_state, hidden_state)
        return
    n_units, n_lanes = cell_state.shape
    gates += added[:, column]
    n_rows = max(_BLOCK // max(n_lanes, 1), 1)
    for start in range(0, n_units, n_rows):
        rows = slice(start, start + n_rows)
        i, f, o, g = (gates[part * n_units : (part + 1) * n_units][rows] for part in range(4))
        for part in (i, f, o):
            part[...] = tanh(part) * part.dtype.type(0.5) + part.dtype.type(0.5)
        g[...] = tanh(g)
        cell = cell_state[rows]
        cell[...] = f * cell + i * g
        np.multiply(o, tanh(cell), out=hidden_state[rows])


def cumulative_weights(logits: np.ndarray, temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the logits over the temperature, 0 at the largest, and cumulative sums of their exponentials, by lane.

    Parameters
    ----------
    logits : ndarray, shape (n_vocabulary, n_lanes)
        Minus infinity for a token of no probability.
    temperature : float

    Returns
    -------
    scaled, cumulative : ndarray of float64, shape (n_vocabulary, n_lanes)
        A lane whose posterior is not finite ends in NaN.
    """
    if compiled := Route.compiled(logits.size):
        return compiled.cumulative_weights(np.ascontiguousarray(logits), float(temperature))
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = logits.astype(np.float64) / temperature
        scaled -= scaled.max(axis=0)
        s, p = _exponential(np.maximum(scaled, EXP_LIMIT))
        return scaled, (s + s * p).cumsum(axis=0)


def n_at_most(cumulative: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """Count, by lane, the sums at or below a threshold.

    Parameters
    ----------
    cumulative : ndarray of float64, shape (n_vocabulary, n_lanes)
    threshold : ndarray of float64, shape (n_lanes,)

    Returns
    -------
    ndarray of int64, shape (n_lanes,)
    """
    if compiled := Route.compiled(cumulative.size):
        return compiled.n_at_most(cumulative, threshold)
    return (cumulative <= threshold).sum(axis=0)


def tanh(z: np.ndarray) -> np.ndarray:
    """Return the hyperbolic tangent by the module's equations; NaN stays NaN."""
    dtype = z.dtype.type
    limit = dtype(TANH_LIMIT)
    with np.errstate(invalid="ignore"):
        s, p = _exponential(np.minimum(np.maximum(z + z, -limit), limit))
        e = s * p + (s - dtype(1))
        return e / (e + dtype(2))


def _exponential(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return s and p of the module's equations."""
    log2_e, shift, ln2_high, ln2_low, taylor, n_mantissa_bits = FLOAT32 if y.dtype == np.float32 else FLOAT64
    shifted = y * log2_e + shift
    k = shifted - shift
    r = (y - k * ln2_high) - k * ln2_low
    q = np.full_like(r, taylor[0])
    for coefficient in taylor[1:]:
        q *= r
        q += coefficient
    bits = shifted.view(f"i{y.itemsize}")
    return (bits << n_mantissa_bits).view(y.dtype), r + (r * r) * q
