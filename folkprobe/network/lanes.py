"""Which tune is computed in which lane of a tile; the rules are those of `folkprobe.network.lstm`."""

from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np

from folkprobe.network.lstm import EDGE_PERIOD, MAX_LANES, Network, is_edge


class Lanes:
    """Assignment of tunes to the lanes of a tile.

    Edge lanes take the tunes k = 0 (mod `EDGE_PERIOD`), the others the rest; in the given order within each kind.

    Parameters
    ----------
    network : Network
    tunes : sequence of int
        The numbers k of the tunes that wait for a lane, which may repeat where several networks draw the same tunes.
    max_lanes : int
        1 for one tune at a time, in a lane of a kind of its own.

    Attributes
    ----------
    place : ndarray of int, shape (n_lanes,)
        The place in `tunes` of the tune in each lane, -1 where there is none.
    """

    def __init__(self, network: Network, tunes: Sequence[int], max_lanes: int = MAX_LANES) -> None:
        self._network, self._max_lanes, self._n_tunes = network, max_lanes, len(tunes)
        of_edge = (np.asarray(tunes) % EDGE_PERIOD == 0) & (max_lanes > 1)
        self._waiting = [deque(np.flatnonzero(of_edge == kind).tolist()) for kind in (False, True)]
        self.place = np.full(network.tile_lanes(int((~of_edge).sum()), max_lanes), -1)

    @property
    def n_lanes(self) -> int:
        """Width of the tile."""
        return len(self.place)

    @property
    def first_place(self) -> int:
        """The first place whose tune has not ended; the number of tunes if all have."""
        return min([self._n_tunes, *(each[0] for each in self._waiting if each), *self.place[self.place >= 0].tolist()])

    def fill(self, before: int | None = None) -> Iterator[tuple[int, int]]:
        """Assign the next tune of its kind to each empty lane.

        Parameters
        ----------
        before : int, optional
            Only tunes at a smaller place start.

        Yields
        ------
        lane, place : int
            The lanes that got a tune, and its place in `tunes`.
        """
        if not any(self._waiting):
            return
        before = self._n_tunes if before is None else before
        edge = is_edge(self.n_lanes)
        for lane in np.flatnonzero(self.place < 0):
            waiting = self._waiting[int(edge[lane])]
            if waiting and waiting[0] < before:
                self.place[lane] = waiting.popleft()
                yield int(lane), int(self.place[lane])

    def shrink(self) -> np.ndarray | None:
        """Remove empty lanes for which no tune is waiting; the lanes of the edge are as many in every tile.

        Returns
        -------
        ndarray of int, shape (n_lanes,), or None
            For each lane that remains, the lane whose tune it takes over; None where the tile stays as it is.
        """
        if self._waiting[False]:
            return None
        busy = np.flatnonzero(self.place >= 0)
        of_edge = is_edge(self.n_lanes)[busy]
        n_lanes = self._network.tile_lanes(int((~of_edge).sum()), self._max_lanes)
        if n_lanes >= self.n_lanes:
            return None
        kept, place = np.zeros(n_lanes, dtype=np.int64), np.full(n_lanes, -1)
        edge = is_edge(n_lanes)
        for kind in (False, True):
            from_lanes = busy[of_edge == kind]
            to_lanes = np.flatnonzero(edge == kind)[: len(from_lanes)]
            kept[to_lanes], place[to_lanes] = from_lanes, self.place[from_lanes]
        self.place = place
        return kept
