"""The network's equations, many tunes at a time.

    i = sigma(x W_xi + h W_hi + b_i)   f, o alike   g = tanh(x W_xc + h W_hc + b_c)   c <- f c + i g   h <- o tanh(c)

Tunes are columns, the *lanes* of a *tile*: units run down, tunes across, and a step multiplies weights by states. With
AVX-512 kernels that is 2 to 13 % faster than states times weights (`docs/generation_speed.md`), and the hidden states
of all layers lie in one array, in which the input of each layer's product is a slice.

What a lane computes must not depend on its neighbours, on how many tunes there are, or on how often the tile has been
refilled or shrunk (a tune is the same tune everywhere), yet BLAS chooses its kernels by the shape of the product and by
the place of a lane in it. Three rules follow, which `tests/folkprobe/test_lstm.py` checks on every kernel family that
it can select:

- a tile is always full: lanes without a tune are computed too, and never read;
- its width is a multiple of 16, the widest vector, so no lane is a remainder; and large enough that no product falls
  under OpenBLAS's small-matrix path (fewer than 100^3 multiplications), or else fixed;
- the first 8 and the last 8 lanes are the *edge*, and hold the tunes k = 0 (mod 12) and no others: in float32 the
  Haswell kernels sum these lanes in another order than those between (measured with OpenBLAS 0.3.31; no other kernel
  and no float64 kernel knows the difference).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from folkprobe.network.checkpoint import Checkpoint, Layer
from folkprobe.refusal import Refusal

# 192 lanes are 5 % faster than 96; beyond, nothing is gained.
MAX_LANES = 192
MIN_LANES = 32
# The edge's share of the widest tile, so that both kinds of lanes have equally many tunes to do.
EDGE_PERIOD = 12
_EDGE_LANES = 8
_LANE_STEP = 16
_SMALL_PRODUCT = 100**3
DTYPES = ("float64", "float32")


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit BLAS to one thread: results depend on the thread count, and parallelism is the workflow's."""
    with _blas().limit(limits=1):
        yield


@cache
def _blas() -> ThreadpoolController:
    """Return the loaded BLAS libraries, NumPy's among them; cached, since finding them takes half as long as a step.

    ASSUME: a library that is loaded later, such as SciPy's own, computes nothing under the limit.
    """
    return ThreadpoolController().select(user_api="blas")


class Network:
    """A checkpoint packed for computing.

    Parameters
    ----------
    checkpoint : Checkpoint
    dtype : {"float64", "float32"}
        float64: tokens do not depend on the processor. float32: more than twice as fast, and about one tune in 2,000
        of a real model differs between processor families (`docs/kernel_families.md`).

    Raises
    ------
    Refusal
        For another dtype.

    Notes
    -----
    One product per layer and step: W_x and W_h lie side by side, over the hidden state below and the layer's own. The
    input product of layer 1 is a column of a table, since its input is one token. Weights and biases of the three
    sigma gates are halved (exact in binary), since sigma(z) = (1 + tanh(z / 2)) / 2: one tanh pass serves all four
    gates, and `np.tanh` is several times faster than a logistic function.
    """

    def __init__(self, checkpoint: Checkpoint, dtype: str = "float64") -> None:
        if dtype not in DTYPES:
            raise Refusal(f"dtype {dtype!r} is not one of {', '.join(DTYPES)}")
        self.dtype = np.dtype(dtype)
        self.n_vocabulary = len(checkpoint.vocabulary)
        self.n_units = tuple(layer.n_units for layer in checkpoint.layers)
        self.initial = tuple((layer.h0.astype(dtype), layer.c0.astype(dtype)) for layer in checkpoint.layers)

        first, *above = checkpoint.layers
        # In float64, since the biases of an excised network are; the rest is only halved, which is exact anywhere.
        table = _stacked(first.W_x, np.float64)
        if checkpoint.embedding is not None:
            table = table @ checkpoint.embedding.T.astype(np.float64)
        self.input_table = (table + _stacked_bias(first, np.float64)).astype(dtype)
        self.weights = (
            _stacked(first.W_h, dtype),
            *(np.concatenate([_stacked(layer.W_x, dtype), _stacked(layer.W_h, dtype)], axis=1) for layer in above),
        )
        self.biases = tuple(_stacked_bias(layer, dtype) for layer in above)
        self.V = np.ascontiguousarray(checkpoint.softmax.V, dtype)
        self.v = checkpoint.softmax.v[:, np.newaxis].astype(dtype)

    def tile_lanes(self, n_inner: int, max_lanes: int = MAX_LANES) -> int:
        """Count the lanes of the narrowest tile that holds some tunes and keeps the module's rules.

        Parameters
        ----------
        n_inner : int
            Tunes that do not belong into edge lanes; those that do have 16 lanes in every tile.
        max_lanes : int
            Tunes beyond this width take turns; a network of small products gets a wider tile all the same.

        Returns
        -------
        int
            A multiple of 16, from `MIN_LANES` to `MAX_LANES`.
        """
        smallest = min(weights.size for weights in (*self.weights, self.V))
        large_enough = min(_SMALL_PRODUCT // max(smallest, 1) + 1, MAX_LANES)
        lanes = max(large_enough, min(2 * _EDGE_LANES + n_inner, max_lanes), MIN_LANES)
        return -(-lanes // _LANE_STEP) * _LANE_STEP


# Gates one above the other: i/2, f/2, o/2, g.
_GATE_ORDER, _GATE_SCALES = (0, 1, 3, 2), (0.5, 0.5, 0.5, 1.0)


def _stacked(weights: np.ndarray, dtype: str) -> np.ndarray:
    """Reshape (4, n_in, n_units) to (4 n_units, n_in)."""
    _, n_in, n_units = weights.shape
    stacked = np.empty((4, n_units, n_in), dtype)
    for place, (gate, scale) in enumerate(zip(_GATE_ORDER, _GATE_SCALES, strict=True)):
        np.multiply(weights[gate].T, scale, out=stacked[place])
    return stacked.reshape(4 * n_units, n_in)


def _stacked_bias(layer: Layer, dtype: str) -> np.ndarray:
    """Reshape (4, n_units) to (4 n_units, 1)."""
    return _stacked(layer.b[:, np.newaxis].astype(np.float64), np.float64).astype(dtype)


class Tile:
    """The states of the tunes that are computed together.

    Parameters
    ----------
    network : Network
    n_lanes : int
        From `Network.tile_lanes`.

    Attributes
    ----------
    hidden_state, cell_state : list of ndarray, shape (n_units, n_lanes)
        Per layer, after the last `step`; views that the next step overwrites.
    gates : list of ndarray, shape (4 n_units, n_lanes)
        Per layer, one above the other: input, forget, output, cell (the candidate g).
    """

    def __init__(self, network: Network, n_lanes: int) -> None:
        self.network = network
        self._start = [(h0[:, np.newaxis].repeat(2, 1), c0[:, np.newaxis].repeat(2, 1)) for h0, c0 in network.initial]
        self._hold(
            np.zeros((sum(network.n_units), n_lanes), network.dtype),
            [np.zeros((n, n_lanes), network.dtype) for n in network.n_units],
        )

    def _hold(self, hidden_states: np.ndarray, cell_state: list[np.ndarray]) -> None:
        network, n_lanes = self.network, hidden_states.shape[1]
        ends = np.cumsum(network.n_units)
        starts = ends - network.n_units
        self._hidden_states = hidden_states
        self.hidden_state = [hidden_states[start:end] for start, end in zip(starts, ends, strict=True)]
        # What layer l reads, the state below and its own, is one slice: no copy, and the layer below is new by then.
        self._operands = [hidden_states[start:end] for start, end in zip((starts[0], *starts[:-1]), ends, strict=True)]
        self.cell_state = cell_state
        self.gates = [np.empty((4 * n, n_lanes), network.dtype) for n in network.n_units]
        self._scratch = [np.empty((n, n_lanes), network.dtype) for n in network.n_units]
        self._inputs = np.empty((4 * network.n_units[0], n_lanes), network.dtype)
        self._logits = np.empty((network.n_vocabulary, n_lanes), network.dtype)

    @property
    def n_lanes(self) -> int:
        """Width of the tile."""
        return self._hidden_states.shape[1]

    def start_after(self, token_index: np.ndarray) -> None:
        """Read the tokens that all tunes begin with, if any: from now on `reset` restores the states after them."""
        for lane in range(self.n_lanes):
            self.reset(lane)
        for index in token_index:
            self.step(np.full(self.n_lanes, index))
        # One lane of either kind, in the order of `is_edge`.
        kinds = [_EDGE_LANES, 0]
        self._start = [
            (hidden_state[:, kinds].copy(), cell_state[:, kinds].copy())
            for hidden_state, cell_state in zip(self.hidden_state, self.cell_state, strict=True)
        ]

    def reset(self, lane: int) -> None:
        """Put a tune's initial states into one lane."""
        kind = int(is_edge(self.n_lanes)[lane])
        for hidden_state, cell_state, (h, c) in zip(self.hidden_state, self.cell_state, self._start, strict=True):
            hidden_state[:, lane], cell_state[:, lane] = h[:, kind], c[:, kind]

    def keep(self, lanes: np.ndarray) -> None:
        """Keep some of the lanes, in a new order.

        Parameters
        ----------
        lanes : ndarray of int, shape (n_lanes,)
            From `Lanes.shrink`.
        """
        self._hold(self._hidden_states[:, lanes], [cell_state[:, lanes] for cell_state in self.cell_state])

    def step(
        self, token_index: np.ndarray, mixed_index: np.ndarray | None = None, token_weight: float = 1.0
    ) -> np.ndarray:
        """Read one token in every lane.

        Parameters
        ----------
        token_index : ndarray of int, shape (n_lanes,)
        mixed_index : ndarray of int, shape (n_lanes,), optional
            A second token in the same input, -1 where there is none.
        token_weight : float
            Weight of the first token where there is a second one, which has the rest of 1.

        Returns
        -------
        ndarray, shape (n_vocabulary, n_lanes)
            Logits of the next token, temperature 1; the next step overwrites them.
        """
        network = self.network
        np.take(network.input_table, token_index, axis=1, out=self._inputs, mode="clip")
        if mixed_index is not None:
            mixed = np.flatnonzero(mixed_index >= 0)
            # The table's columns contain the bias, of which the two weights make one.
            second = network.input_table[:, mixed_index[mixed]]
            self._inputs[:, mixed] = token_weight * self._inputs[:, mixed] + (1.0 - token_weight) * second
        added = (self._inputs, *network.biases)
        for number, (weights, operand) in enumerate(zip(network.weights, self._operands, strict=True)):
            gates = self.gates[number]
            np.matmul(weights, operand, out=gates)
            gates += added[number]
            self._update_states(number)
        np.matmul(network.V, self.hidden_state[-1], out=self._logits)
        self._logits += network.v
        return self._logits

    def _update_states(self, number: int) -> None:
        n = self.network.n_units[number]
        gates, cell_state, scratch = self.gates[number], self.cell_state[number], self._scratch[number]
        np.tanh(gates, out=gates)
        sigma_gates = gates[: 3 * n]
        sigma_gates *= 0.5
        sigma_gates += 0.5
        i, f, o, g = gates.reshape(4, n, -1) if n else [gates] * 4
        cell_state *= f
        np.multiply(i, g, out=scratch)
        cell_state += scratch
        np.tanh(cell_state, out=scratch)
        np.multiply(scratch, o, out=self.hidden_state[number])


def is_edge(n_lanes: int) -> np.ndarray:
    """Report which lanes of a tile are its edge, an ndarray of bool, shape (n_lanes,)."""
    lane = np.arange(n_lanes)
    return (lane < _EDGE_LANES) | (lane >= n_lanes - _EDGE_LANES)


class Lanes:
    """Assignment of tunes to the lanes of a tile.

    Edge lanes take the tunes k = 0 (mod `EDGE_PERIOD`), the others the rest; in ascending order within each kind.

    Parameters
    ----------
    network : Network
    first_tune, n_tunes : int
        The tunes first_tune .. first_tune + n_tunes - 1 wait for a lane.
    max_lanes : int

    Attributes
    ----------
    tune : ndarray of int, shape (n_lanes,)
        The tune in each lane, -1 where there is none.
    """

    def __init__(self, network: Network, first_tune: int, n_tunes: int, max_lanes: int = MAX_LANES) -> None:
        self._network, self._max_lanes = network, max_lanes
        stop = first_tune + n_tunes
        edge_tunes = range(first_tune + -first_tune % EDGE_PERIOD, stop, EDGE_PERIOD)
        inner_tunes = (tune for tune in range(first_tune, stop) if tune % EDGE_PERIOD)
        self._waiting = [inner_tunes, iter(edge_tunes)]
        # The next tune of each kind; `stop` when there is none left.
        self._stop = stop
        self._next = [next(tunes, stop) for tunes in self._waiting]
        n_lanes = network.tile_lanes(n_tunes - len(edge_tunes), max_lanes)
        self.tune = np.full(n_lanes, -1)

    @property
    def n_lanes(self) -> int:
        """Width of the tile."""
        return len(self.tune)

    def fill(self, before: int | None = None) -> Iterator[tuple[int, int]]:
        """Assign the next tune of its kind to each empty lane.

        Parameters
        ----------
        before : int, optional
            Only tunes with a smaller number start.

        Yields
        ------
        lane, tune : int
            The lanes that got a tune.
        """
        before = self._stop if before is None else min(before, self._stop)
        edge = is_edge(self.n_lanes)
        for lane in np.flatnonzero(self.tune < 0):
            kind = int(edge[lane])
            tune = self._next[kind]
            if tune < before:
                self.tune[lane] = tune
                self._next[kind] = next(self._waiting[kind], self._stop)
                yield int(lane), tune

    def shrink(self) -> np.ndarray | None:
        """Remove empty lanes for which no tune is waiting.

        Returns
        -------
        ndarray of int, shape (n_lanes,), or None
            For each lane that remains, the lane whose tune it takes over; None where the tile stays as it is.
        """
        if min(self._next) < self._stop:
            return None
        busy = np.flatnonzero(self.tune >= 0)
        of_edge = is_edge(self.n_lanes)[busy]
        n_lanes = self._network.tile_lanes(int((~of_edge).sum()), self._max_lanes)
        if n_lanes >= self.n_lanes:
            return None
        kept, tune = np.zeros(n_lanes, dtype=np.int64), np.full(n_lanes, -1)
        edge = is_edge(n_lanes)
        for kind in (False, True):
            from_lanes = busy[of_edge == kind]
            to_lanes = np.flatnonzero(edge == kind)[: len(from_lanes)]
            kept[to_lanes], tune[to_lanes] = from_lanes, self.tune[from_lanes]
        self.tune = tune
        return kept
