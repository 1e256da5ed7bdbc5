"""The network's equations, many tunes at a time.

    i = sigma(x W_xi + h W_hi + b_i)   f, o alike   g = tanh(x W_xc + h W_hc + b_c)   c <- f c + i g   h <- o tanh(c)

Tunes are columns, the *lanes* of a *tile*: units run down, tunes across, and a step multiplies weights by states. With
AVX-512 kernels and 512 units that was 2 to 13 % faster than states times weights, and the hidden states
of all layers lie in one array, in which the input of each layer's product is a slice. The rest of a step, element by
element, is in `folkprobe.network.elementwise`.

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

A tile of one lane is for one tune at a time: its products are of a matrix and a vector, which sum in another order.

An excised network computes as many units as the intact one, with zeros in place of the weights that excision cleared,
so it can share a tile with the intact network and others like it: zeros in the states that the cleared weights would
read give the same sums, to the last bit.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from folkprobe.network import elementwise
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
    """A checkpoint packed for computing, alone or with excised versions of it.

    Parameters
    ----------
    checkpoint : Checkpoint
    dtype : {"float64", "float32"}
        float64: tokens do not depend on the processor. float32: up to twice as fast, and about one tune in 2,000
        of a real model differs between processor families (`docs/kernel_families.md`).
    excised : iterable of Checkpoint
        Each made from `checkpoint` by `excise_units`. The lanes of a tile then compute these, each lane one of them.

    Raises
    ------
    Refusal
        For another dtype.

    Notes
    -----
    One product per layer and step: W_x and W_h lie side by side, over the hidden state below and the layer's own. The
    input product of layer 1 is a column of a table, since its input is one token. Weights and biases of the three
    sigma gates are halved (exact in binary), since sigma(z) = (1 + tanh(z / 2)) / 2: one tanh serves all four gates.
    """

    def __init__(self, checkpoint: Checkpoint, dtype: str = "float64", excised: Iterable[Checkpoint] = ()) -> None:
        if dtype not in DTYPES:
            raise Refusal(f"dtype {dtype!r} is not one of {', '.join(DTYPES)}")
        self.dtype = np.dtype(dtype)
        self.n_vocabulary = len(checkpoint.vocabulary)
        layers, V = _with_cleared_units(checkpoint)
        self.n_units = tuple(layer.n_units for layer in layers)
        # The positions of the units that are left.
        self.unit_index = tuple(layer.unit_index for layer in checkpoint.layers)
        self.initial = tuple((layer.h0.astype(dtype), layer.c0.astype(dtype)) for layer in layers)

        first, *above = layers
        self.weights = (
            _stacked(first.W_h, dtype),
            *(np.concatenate([_stacked(layer.W_x, dtype), _stacked(layer.W_h, dtype)], axis=1) for layer in above),
        )
        self.V = np.ascontiguousarray(V, dtype)
        self._pack_versions(checkpoint, layers, excised)

        # In float64, since the biases of an excised network are; the rest is only halved, which is exact anywhere.
        table = _stacked(first.W_x, np.float64)
        if checkpoint.embedding is not None:
            table = table @ checkpoint.embedding.T.astype(np.float64)
        self.input_table = np.concatenate([table + bias[:, np.newaxis] for bias in self.biases[0].T], axis=1).astype(
            dtype
        )
        self.biases = [bias.astype(dtype) for bias in self.biases]

    def _pack_versions(self, checkpoint: Checkpoint, layers: list[Layer], excised: Iterable[Checkpoint]) -> None:
        """Keep what tells the versions apart: biases, and which states are read as zeros.

        Sets `biases`, per layer and at last of the softmax, an ndarray (n, n_distinct); `bias_column`, the column of
        each version, ndarray (n_biases, n_versions); and `reads_own` and `reads_above`, per layer an ndarray
        (n_units, n_versions) of 0 and 1.
        """
        # A unit that a version has cut out altogether keeps its bias: nothing reads it, and one bias serves more lanes.
        distinct: list[dict[bytes, tuple[int, np.ndarray]]] = [{} for _ in range(len(self.n_units) + 1)]
        columns, cuts = [], []
        for version in excised or [checkpoint]:
            of_layers = [layer.b.astype(np.float64) for layer in layers]
            for bias, layer in zip(of_layers, version.layers, strict=True):
                bias[:, layer.unit_index] = layer.b
            biases = [*(_stacked_bias(bias) for bias in of_layers), version.softmax.v.astype(np.float64)]
            columns.append(
                [
                    known.setdefault(bias.tobytes(), (len(known), bias))[0]
                    for known, bias in zip(distinct, biases, strict=True)
                ]
            )
            cuts.append(version.excisions[len(checkpoint.excisions) :])
        self.biases = [np.stack([bias for _, bias in known.values()], axis=1) for known in distinct]
        self.bias_column = np.array(columns).T
        self.n_versions = len(columns)
        self.is_cut = any(cuts)
        self.reads_own = [np.ones((n, self.n_versions), self.dtype) for n in self.n_units]
        self.reads_above = [np.ones((n, self.n_versions), self.dtype) for n in self.n_units]
        for number, of_version in enumerate(cuts):
            for cut in of_version:
                for reads, scopes in ((self.reads_own, ("both", "rec")), (self.reads_above, ("both", "out"))):
                    if cut.scope in scopes:
                        reads[cut.layer - 1][cut.unit_index, number] = 0

    def tile_lanes(self, n_inner: int, max_lanes: int = MAX_LANES) -> int:
        """Count the lanes of the narrowest tile that holds some tunes and keeps the module's rules.

        Parameters
        ----------
        n_inner : int
            Tunes that do not belong into edge lanes; those that do have 16 lanes in every tile.
        max_lanes : int
            Tunes beyond this width take turns; a network of small products gets a wider tile all the same. 1 for one
            tune at a time.

        Returns
        -------
        int
            A multiple of 16, from `MIN_LANES` to `MAX_LANES`, or 1.
        """
        if max_lanes == 1:
            return 1
        smallest = min(weights.size for weights in (*self.weights, self.V))
        large_enough = min(_SMALL_PRODUCT // max(smallest, 1) + 1, MAX_LANES)
        lanes = max(large_enough, min(2 * _EDGE_LANES + n_inner, max_lanes), MIN_LANES)
        return -(-lanes // _LANE_STEP) * _LANE_STEP


def _with_cleared_units(checkpoint: Checkpoint) -> tuple[list[Layer], np.ndarray]:
    """Return layers and V with zeros in place of the units that excision took out."""
    present = [layer.unit_index for layer in checkpoint.layers]
    n_units = [
        1 + max([-1, *index, *(unit for cut in checkpoint.excisions if cut.layer == number for unit in cut.unit_index)])
        for number, index in enumerate(present, start=1)
    ]
    if all(n == len(index) for n, index in zip(n_units, present, strict=True)):
        return list(checkpoint.layers), checkpoint.softmax.V

    def spread(array: np.ndarray, axis: int, number: int) -> np.ndarray:
        shape = (*array.shape[:axis], n_units[number], *array.shape[axis + 1 :])
        full = np.zeros(shape, array.dtype)
        full[(slice(None),) * axis + (present[number],)] = array
        return full

    layers = [
        Layer(
            W_x=spread(spread(layer.W_x, 1, number - 1) if number else layer.W_x, 2, number),
            W_h=spread(spread(layer.W_h, 1, number), 2, number),
            b=spread(layer.b, 1, number),
            h0=spread(layer.h0, 0, number),
            c0=spread(layer.c0, 0, number),
            unit_index=np.arange(n_units[number]),
        )
        for number, layer in enumerate(checkpoint.layers)
    ]
    return layers, spread(checkpoint.softmax.V, 1, len(layers) - 1)


# Gates one above the other: i/2, f/2, o/2, g.
_GATE_ORDER, _GATE_SCALES = (0, 1, 3, 2), (0.5, 0.5, 0.5, 1.0)


def _stacked(weights: np.ndarray, dtype: str) -> np.ndarray:
    """Reshape (4, n_in, n_units) to (4 n_units, n_in)."""
    _, n_in, n_units = weights.shape
    stacked = np.empty((4, n_units, n_in), dtype)
    for place, (gate, scale) in enumerate(zip(_GATE_ORDER, _GATE_SCALES, strict=True)):
        np.multiply(weights[gate].T, scale, out=stacked[place])
    return stacked.reshape(4 * n_units, n_in)


def _stacked_bias(bias: np.ndarray) -> np.ndarray:
    """Reshape (4, n_units) to (4 n_units,), in float64."""
    return _stacked(bias[:, np.newaxis], np.float64)[:, 0]


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

    # Whether layers read copies of the states where no version has cut units out, too.
    _always_copies = False

    def __init__(self, network: Network, n_lanes: int) -> None:
        self.network = network
        self._reads_copies = self._always_copies or network.is_cut
        # Of each version one lane of either kind, in the order of `is_edge`.
        self._start = [
            tuple(state[:, np.newaxis].repeat(2 * network.n_versions, 1) for state in states)
            for states in network.initial
        ]
        self._hold(
            np.zeros((sum(network.n_units), n_lanes), network.dtype),
            [np.zeros((n, n_lanes), network.dtype) for n in network.n_units],
            np.zeros(n_lanes, dtype=np.int64),
        )

    def _hold(self, hidden_states: np.ndarray, cell_state: list[np.ndarray], version: np.ndarray) -> None:
        network, n_lanes = self.network, hidden_states.shape[1]
        ends = np.cumsum(network.n_units)
        starts = ends - network.n_units
        self._hidden_states, self._version = hidden_states, version
        self.hidden_state = [hidden_states[start:end] for start, end in zip(starts, ends, strict=True)]
        self.cell_state = cell_state
        self.gates = [np.empty((4 * n, n_lanes), network.dtype) for n in network.n_units]
        self._logits = np.empty((network.n_vocabulary, n_lanes), network.dtype)
        self._edge = is_edge(n_lanes)
        if self._reads_copies:
            self._hold_masks()
        else:
            # What layer l reads, the state below and its own, is one slice: no copy; the layer below is new by then.
            self._operands = [hidden_states[start:end] for start, end in zip((0, *starts[:-1]), ends, strict=True)]
            self._read_by_softmax = self.hidden_state[-1]

    def _hold_masks(self) -> None:
        """Let each layer read copies of the states, with zeros where its lane's version has cut units out."""
        network, n_lanes = self.network, self.n_lanes
        n_below = (0, *network.n_units[:-1])
        self._operands = [
            np.zeros((m + n, n_lanes), network.dtype) for m, n in zip(n_below, network.n_units, strict=True)
        ]
        self._read_by_softmax = np.zeros((network.n_units[-1], n_lanes), network.dtype)
        own = [operand[m:] for m, operand in zip(n_below, self._operands, strict=True)]
        above = [
            *(operand[:m] for m, operand in zip(n_below[1:], self._operands[1:], strict=True)),
            self._read_by_softmax,
        ]
        self._copies = [
            ((own[number], network.reads_own[number]), (above[number], network.reads_above[number]))
            for number in range(len(network.n_units))
        ]
        self._masks = [[reads.take(self._version, axis=1) for _, reads in copies] for copies in self._copies]
        for number in range(len(network.n_units)):
            self._copy_state(number)

    def _copy_state(self, number: int) -> None:
        for (target, _), mask in zip(self._copies[number], self._masks[number], strict=True):
            np.multiply(self.hidden_state[number], mask, out=target)

    @property
    def n_lanes(self) -> int:
        """Width of the tile."""
        return self._hidden_states.shape[1]

    def start_after(self, token_index: np.ndarray) -> None:
        """Read the tokens that all tunes begin with, if any: from now on `reset` restores the states after them."""
        if not len(token_index):
            return
        n_versions, kind = self.network.n_versions, self._edge.astype(np.int64)
        # How many versions at a time have a lane of each kind; a single lane is of one kind.
        n_abreast = max(min((kind == each).sum() for each in np.unique(kind)), 1)
        starts = [tuple(state.copy() for state in states) for states in self._start]
        for first in range(0, n_versions, n_abreast):
            versions = np.arange(first, min(first + n_abreast, n_versions))
            for each in np.unique(kind):
                for number, lane in enumerate(np.flatnonzero(kind == each)):
                    self.reset(lane, versions[number % len(versions)])
            for index in token_index:
                self.step(np.full(self.n_lanes, index))
            column = 2 * self._version + kind
            for (h, c), hidden_state, cell_state in zip(starts, self.hidden_state, self.cell_state, strict=True):
                h[:, column], c[:, column] = hidden_state, cell_state
        self._start = starts

    def reset(self, lane: int, version: int = 0) -> None:
        """Put a tune's initial states into one lane, which from now on computes a version of the network."""
        self._version[lane] = version
        column = 2 * version + int(self._edge[lane])
        for number, (h, c) in enumerate(self._start):
            self.hidden_state[number][:, lane], self.cell_state[number][:, lane] = h[:, column], c[:, column]
            if self._reads_copies:
                for (target, reads), mask in zip(self._copies[number], self._masks[number], strict=True):
                    mask[:, lane] = reads[:, version]
                    target[:, lane] = h[:, column] * mask[:, lane]

    def keep(self, lanes: np.ndarray) -> None:
        """Keep some of the lanes, in a new order.

        Parameters
        ----------
        lanes : ndarray of int, shape (n_lanes,)
            From `Lanes.shrink`.
        """
        states = [cell_state.take(lanes, axis=1) for cell_state in self.cell_state]
        self._hold(self._hidden_states.take(lanes, axis=1), states, self._version[lanes])

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
        columns = network.bias_column[:, self._version]
        table_start = columns[0] * network.n_vocabulary
        columns[0] = table_start + token_index
        added = [network.input_table, *network.biases[1:]]
        if mixed_index is not None:
            mixed = np.flatnonzero(mixed_index >= 0)
            # The table's columns contain the bias, of which the two weights make one.
            inputs = network.input_table[:, columns[0]]
            second = network.input_table[:, (table_start + mixed_index)[mixed]]
            inputs[:, mixed] = token_weight * inputs[:, mixed] + (1.0 - token_weight) * second
            added[0], columns[0] = inputs, np.arange(self.n_lanes)
        for number, (weights, operand) in enumerate(zip(network.weights, self._operands, strict=True)):
            np.matmul(weights, operand, out=self.gates[number])
            elementwise.update_states(
                self.gates[number], added[number], columns[number], self.cell_state[number], self.hidden_state[number]
            )
            if self._reads_copies:
                self._copy_state(number)
        np.matmul(network.V, self._read_by_softmax, out=self._logits)
        v = network.biases[-1]
        self._logits += v if v.shape[1] == 1 else v[:, columns[-1]]
        return self._logits


def is_edge(n_lanes: int) -> np.ndarray:
    """Report which lanes of a tile are its edge, an ndarray of bool, shape (n_lanes,); a single lane is not."""
    lane = np.arange(n_lanes)
    return ((lane < _EDGE_LANES) | (lane >= n_lanes - _EDGE_LANES)) & (n_lanes > 1)
