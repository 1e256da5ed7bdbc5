"""The network's equations, many tunes at a time.

    i = sigma(x W_xi + h W_hi + b_i)   f, o alike   g = tanh(x W_xc + h W_hc + b_c)   c <- f c + i g   h <- o tanh(c)

Tunes are rows of a *tile*. What a row computes must not depend on its neighbours, on how many tunes there are, or on
how often the tile has been refilled (a tune is the same tune everywhere), yet BLAS chooses its kernels by the shape of
the product and by the place of a row in it. Three rules follow, which `tests/folkprobe/test_lstm.py` checks on every
kernel family that it can select:

- a tile is always full: rows without a tune are computed too, and never read;
- its height is a multiple of 12, the row period of OpenBLAS's Haswell kernels, and large enough that no product falls
  under OpenBLAS's small-matrix path (fewer than 100^3 multiplications);
- tune k always sits in a row r with r = k (mod 12), because in float32 the Haswell kernels round rows 0-5 and 6-11
  of a dozen differently (measured with OpenBLAS 0.3.31).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from threadpoolctl import threadpool_limits

from folkprobe.network.checkpoint import Checkpoint, Layer
from folkprobe.refusal import Refusal

ROW_PERIOD = 12
MAX_TILE_ROWS = 96
_MIN_TILE_ROWS = 24
_SMALL_PRODUCT = 100**3
DTYPES = ("float64", "float32")


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold BLAS to one thread: results depend on the thread count, and parallelism is the workflow's."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield


class Network:
    """A checkpoint packed for computing.

    Parameters
    ----------
    checkpoint : Checkpoint
    dtype : {"float64", "float32"}
        float64: tokens do not depend on the processor. float32: twice as fast, and about 3 of 1,000 tunes of a real
        model differ between processor families.

    Raises
    ------
    Refusal
        For another dtype.

    Notes
    -----
    One product per layer and step: the input below and the layer's own hidden state lie side by side, over the
    stacked W_x and W_h. The input product of layer 1 is a row of a table, since its input is one token. Weights and
    biases of the three sigma gates are halved (exact in binary), since sigma(z) = (1 + tanh(z / 2)) / 2: one tanh
    pass serves all four gates, and `np.tanh` is several times faster than a logistic function.
    """

    def __init__(self, checkpoint: Checkpoint, dtype: str = "float64") -> None:
        if dtype not in DTYPES:
            raise Refusal(f"dtype {dtype!r} is not one of {', '.join(DTYPES)}")
        self.dtype = np.dtype(dtype)
        self.n_vocabulary = len(checkpoint.vocabulary)
        self.n_units = tuple(layer.n_units for layer in checkpoint.layers)
        self.initial = tuple((layer.h0.astype(dtype), layer.c0.astype(dtype)) for layer in checkpoint.layers)

        first, *above = (_packed(layer) for layer in checkpoint.layers)
        W_x, W_h, b = first
        embedding = checkpoint.embedding
        table = (W_x if embedding is None else embedding.astype(np.float64) @ W_x) + b
        self.input_table = table.astype(dtype)
        self.weights = (W_h.astype(dtype), *(np.concatenate([W_x, W_h]).astype(dtype) for W_x, W_h, _ in above))
        self.biases = tuple(b.astype(dtype) for _, _, b in above)
        self.V_T = np.ascontiguousarray(checkpoint.softmax.V.T.astype(dtype))
        self.v = checkpoint.softmax.v.astype(dtype)

    def tile_rows(self, n_tunes: int) -> int:
        """How many rows a tile for `n_tunes` tunes has: see the module's three rules.

        Parameters
        ----------
        n_tunes : int

        Returns
        -------
        int
            A multiple of `ROW_PERIOD`; at most `MAX_TILE_ROWS`.
        """
        smallest = min(weights.size for weights in (*self.weights, self.V_T))
        large_enough = _SMALL_PRODUCT // max(smallest, 1) + 1
        rows = max(_MIN_TILE_ROWS, large_enough, n_tunes)
        # Below MAX_TILE_ROWS only if no product is small at that height either: then the height changes no bit.
        return min(-(-rows // ROW_PERIOD) * ROW_PERIOD, MAX_TILE_ROWS)


def _packed(layer: Layer) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """W_x, W_h and b as float64 with the gates side by side: i/2, f/2, o/2, g."""
    order, scale = [0, 1, 3, 2], np.array([0.5, 0.5, 0.5, 1.0])

    def side_by_side(array: np.ndarray) -> np.ndarray:
        gates = np.moveaxis(array[order].astype(np.float64), 0, -2) * scale[:, None]
        return gates.reshape(*gates.shape[:-2], 4 * array.shape[-1])

    return side_by_side(layer.W_x), side_by_side(layer.W_h), side_by_side(layer.b)


class Tile:
    """The states of the tunes that are computed together.

    Parameters
    ----------
    network : Network
    n_rows : int
        From `Network.tile_rows`.

    Attributes
    ----------
    hidden_state, cell_state : list of ndarray, shape (n_rows, n_units)
        Per layer, after the last `step`; views that the next step overwrites.
    gates : list of ndarray, shape (n_rows, 4 n_units)
        Per layer, side by side: input, forget, output, cell (the candidate g).
    """

    def __init__(self, network: Network, n_rows: int) -> None:
        self.network = network
        n_below = (0, *network.n_units[:-1])
        # Row r of operand l is [hidden state below, own hidden state].
        self._operands = [
            np.zeros((n_rows, below + n), network.dtype) for below, n in zip(n_below, network.n_units, strict=True)
        ]
        self.hidden_state = [operand[:, below:] for operand, below in zip(self._operands, n_below, strict=True)]
        self.cell_state = [np.zeros((n_rows, n), network.dtype) for n in network.n_units]
        self.gates = [np.zeros((n_rows, 4 * n), network.dtype) for n in network.n_units]
        self._inputs = np.empty((n_rows, 4 * network.n_units[0]), network.dtype)
        self._scratch = [np.empty((n_rows, n), network.dtype) for n in network.n_units]
        self._logits = np.empty((n_rows, network.n_vocabulary), network.dtype)

    def reset(self, row: int) -> None:
        """Put the model's initial states into one row.

        Parameters
        ----------
        row : int
        """
        for hidden_state, cell_state, (h0, c0) in zip(
            self.hidden_state, self.cell_state, self.network.initial, strict=True
        ):
            hidden_state[row], cell_state[row] = h0, c0

    def step(self, token_index: np.ndarray) -> np.ndarray:
        """Read one token in every row.

        Parameters
        ----------
        token_index : ndarray of int, shape (n_rows,)

        Returns
        -------
        ndarray, shape (n_rows, n_vocabulary)
            Logits of the next token, temperature 1; the next step overwrites them.
        """
        network = self.network
        np.take(network.input_table, token_index, axis=0, out=self._inputs, mode="clip")
        added = (self._inputs, *network.biases)
        for number, (operand, weights) in enumerate(zip(self._operands, network.weights, strict=True)):
            if number:
                operand[:, : network.n_units[number - 1]] = self.hidden_state[number - 1]
            gates = self.gates[number]
            np.matmul(operand, weights, out=gates)
            gates += added[number]
            self._update_states(number)
        np.matmul(self._scratch[-1], network.V_T, out=self._logits)
        self._logits += network.v
        return self._logits

    def _update_states(self, number: int) -> None:
        n = self.network.n_units[number]
        gates, cell_state, scratch = self.gates[number], self.cell_state[number], self._scratch[number]
        np.tanh(gates, out=gates)
        sigma_gates = gates[:, : 3 * n]
        sigma_gates *= 0.5
        sigma_gates += 0.5
        cell_state *= gates[:, n : 2 * n]
        np.multiply(gates[:, :n], gates[:, 3 * n :], out=scratch)
        cell_state += scratch
        np.tanh(cell_state, out=scratch)
        scratch *= gates[:, 2 * n : 3 * n]
        self.hidden_state[number][:] = scratch


class Rows:
    """Which tune sits in which row of a tile.

    Tune k only ever takes a row r with r = k (mod `ROW_PERIOD`); within that class tunes go in ascending order.

    Parameters
    ----------
    first_tune, n_tunes : int
        The tunes first_tune .. first_tune + n_tunes - 1 wait for a row.
    n_rows : int

    Attributes
    ----------
    tune : ndarray of int, shape (n_rows,)
        The tune in each row, -1 where there is none.
    """

    def __init__(self, first_tune: int, n_tunes: int, n_rows: int) -> None:
        self.tune = np.full(n_rows, -1)
        stop = first_tune + n_tunes
        self._waiting = [
            iter(range(first_tune + (row_class - first_tune) % ROW_PERIOD, stop, ROW_PERIOD))
            for row_class in range(ROW_PERIOD)
        ]

    def refill(self, rows: np.ndarray) -> Iterator[tuple[int, int]]:
        """Empty the given rows and give each the next tune of its class.

        Parameters
        ----------
        rows : ndarray of int

        Yields
        ------
        row, tune : int
            The rows that got a tune.
        """
        for row in rows:
            tune = next(self._waiting[row % ROW_PERIOD], -1)
            self.tune[row] = tune
            if tune >= 0:
                yield int(row), tune
