"""Parts of a network's state that take over a donor's values: sets of units, and subspaces.

A part is handed over in one of two ways. It *holds*: at one step the base's hidden and cell state take over the
donor's. It *tells*: the layer above, or the softmax above the last, reads the donor's hidden state in its place at
every step, while the layer's own recurrence goes on from the base's.

A subspace assumes that the code is linear, which that of a gated network need not be (R. Csordás, C. Potts, C. D.
Manning and A. Geiger, Recurrent neural networks learn to store and generate sequences using non-linear representations,
arXiv 2408.10920, 2024).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from folkprobe.network.continuation import States

# A tanh of a cell state, put together from two, may leave (-1, 1).
_LARGEST_TANH = 1 - 1e-6


class Part(Protocol):
    """What an interchange hands over; `layers` are counted from 1."""

    @property
    def layers(self) -> tuple[int, ...]:
        """The layers that it lies in."""

    def hold(self, base: States, donor: States) -> States:
        """Return the base's states with the donor's in this part."""

    def tell(self, layer: int, own: np.ndarray, donor: np.ndarray) -> np.ndarray:
        """Return a layer's hidden states, shape (n_units, n), with the donor's in this part; `own` may be changed."""


@dataclass(frozen=True)
class Units:
    """Some units.

    Attributes
    ----------
    place : mapping of int to ndarray of int
        By layer, their positions in it.
    """

    place: Mapping[int, np.ndarray]

    @property
    def layers(self) -> tuple[int, ...]:
        """The layers that they lie in."""
        return tuple(self.place)

    @property
    def n_units(self) -> int:
        """Their number."""
        return sum(map(len, self.place.values()))

    def hold(self, base: States, donor: States) -> States:
        """Return the base's states with the donor's hidden and cell states in these units."""
        hidden_state, cell_state = [list(each) for each in (base.hidden_state, base.cell_state)]
        for layer, units in self.place.items():
            for states, of_donor in ((hidden_state, donor.hidden_state), (cell_state, donor.cell_state)):
                states[layer - 1] = states[layer - 1].copy()
                states[layer - 1][units] = of_donor[layer - 1][units]
        return replace(base, hidden_state=tuple(hidden_state), cell_state=tuple(cell_state))

    def tell(self, layer: int, own: np.ndarray, donor: np.ndarray) -> np.ndarray:
        """Return the hidden states with the donor's in these units."""
        own[self.place[layer]] = donor[self.place[layer]]
        return own


@dataclass(frozen=True)
class Subspace:
    """A linear subspace of [h, tanh c] of each layer, or all but it.

    Attributes
    ----------
    held, told : mapping of int to ndarray, shapes (2 n_units, rank) and (n_units, rank)
        By layer, orthonormal columns: in [h, tanh c], and in h alone, which is all that is told.
    is_complement : bool
        Whether what is orthogonal to the columns is handed over.
    """

    held: Mapping[int, np.ndarray]
    told: Mapping[int, np.ndarray]
    is_complement: bool = False

    @property
    def layers(self) -> tuple[int, ...]:
        """The layers that it lies in."""
        return tuple(self.held)

    def hold(self, base: States, donor: States) -> States:
        """Return the base's states with the donor's in this subspace."""
        hidden_state, cell_state = list(base.hidden_state), list(base.cell_state)
        for layer, columns in self.held.items():
            own = squashed(base, layer)
            changed = own + self._projected(columns, squashed(donor, layer) - own)
            h, tanh_c = np.split(changed, 2)
            hidden_state[layer - 1] = h.astype(own.dtype)
            cell_state[layer - 1] = np.arctanh(np.clip(tanh_c, -_LARGEST_TANH, _LARGEST_TANH)).astype(own.dtype)
        return replace(base, hidden_state=tuple(hidden_state), cell_state=tuple(cell_state))

    def tell(self, layer: int, own: np.ndarray, donor: np.ndarray) -> np.ndarray:
        """Return the hidden states with the donor's in this subspace."""
        return own + self._projected(self.told[layer], donor - own)

    def _projected(self, columns: np.ndarray, difference: np.ndarray) -> np.ndarray:
        # einsum sums in one order, whatever the number of columns; BLAS does not.
        inside = np.einsum("ur,rn->un", columns, np.einsum("ur,un->rn", columns, difference))
        return difference - inside if self.is_complement else inside


def squashed(states: States, layer: int) -> np.ndarray:
    """Return [h, tanh c] of a layer (from 1), shape (2 n_units, n_sites)."""
    return np.concatenate([states.hidden_state[layer - 1], np.tanh(states.cell_state[layer - 1])])


def class_means(values: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return the mean of (n, n_sites) values at each count, less the mean of these means, shape (n, n_counts)."""
    means = np.stack([values[:, count == each].mean(axis=1) for each in np.unique(count)], axis=1)
    return means - means.mean(axis=1, keepdims=True)


def count_subspace(states: States, count: np.ndarray, layers: tuple[int, ...], rank: int) -> Subspace:
    """Return the subspace of the leading differences between the mean states at each count.

    Parameters
    ----------
    states : States
        At sites of other tunes than those it is tried on.
    count : ndarray of int, shape (n_sites,)
        Elapsed eighths.
    layers : tuple of int
    rank : int
        In each layer; at most one less than there are counts.
    """

    def leading(values: np.ndarray) -> np.ndarray:
        return np.linalg.svd(class_means(values.astype(np.float64), count), full_matrices=False)[0][:, :rank]

    return Subspace(
        {layer: leading(squashed(states, layer)) for layer in layers},
        {layer: leading(states.hidden_state[layer - 1]) for layer in layers},
    )


def random_subspace(
    states: States, layers: tuple[int, ...], rank: int, *, key: tuple[int, ...], rng_seed: int
) -> Subspace:
    """Return a random subspace of the same shape; `key` tells the streams of several apart."""

    def orthonormal(layer: int, n: int) -> np.ndarray:
        sequence = np.random.SeedSequence(rng_seed, spawn_key=(*key, layer, rank, n))
        return np.linalg.qr(np.random.default_rng(sequence).normal(size=(n, rank)))[0]

    n_units = {layer: len(states.hidden_state[layer - 1]) for layer in layers}
    return Subspace(
        {layer: orthonormal(layer, 2 * n) for layer, n in n_units.items()},
        {layer: orthonormal(layer, n) for layer, n in n_units.items()},
    )


def share_explained(states: States, count: np.ndarray, layer: int) -> np.ndarray:
    """Return the share of the variance of [h, tanh c] of each unit of a layer that the count explains.

    Returns
    -------
    ndarray, shape (n_units,)
        In [0, 1], each count weighing as much as it occurs; 0 for a unit that does not vary.
    """
    values = squashed(states, layer).astype(np.float64)
    total = values.var(axis=1)
    within = sum(values[:, count == each].var(axis=1) * (count == each).mean() for each in np.unique(count))
    total, within = (np.add(*np.split(each, 2)) for each in (total, within))
    return np.divide(total - within, total, out=np.zeros_like(total), where=total > 0)
