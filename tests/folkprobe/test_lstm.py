"""Lanes of a tile: what they compute depends on neither their place nor their neighbours nor the tile's width."""

import itertools
import subprocess
import sys

import kernels
import numpy as np
import pytest
from networks import random_checkpoint
from project import ROOT
from threadpoolctl import threadpool_info, threadpool_limits

from folkprobe.network.lanes import Lanes
from folkprobe.network.lstm import (
    EDGE_PERIOD,
    MAX_LANES,
    MIN_LANES,
    Network,
    Tile,
    _blas,
    is_edge,
    one_blas_thread,
)

_PROGRAM = """
import sys
sys.path[:0] = {paths!r}
from test_lstm import lanes_that_differ
assert lanes_that_differ({dtype!r}) == []
"""


def lanes_that_differ(dtype):
    """Step one tune in many places of tiles of all widths, among strangers; list where its states differ.

    In half of the tiles its beginning is read once for all lanes.
    """
    differ = []
    for n_units in ((90, 60, 85), (128, 171, 64)):
        network = Network(random_checkpoint(1, n_units), dtype)
        seen = {}
        for n_lanes, n_common in itertools.product(range(network.tile_lanes(1), MAX_LANES + 1, 16), (0, 2)):
            rng = np.random.default_rng(n_lanes)
            own = np.unique(np.r_[0, 8, n_lanes - 9, n_lanes - 1, rng.integers(0, n_lanes, n_lanes // 2)])
            tile, tune = Tile(network, n_lanes), np.array([7, 0, 2, 4, 3, 5])
            with one_blas_thread():
                tile.start_after(tune[:n_common])
                for lane in range(n_lanes):
                    tile.reset(lane)
                for token in tune[n_common:]:
                    tokens = rng.integers(0, 12, n_lanes)
                    tokens[own] = token
                    logits = tile.step(tokens)
            states = np.concatenate([*tile.hidden_state, *tile.cell_state, logits])
            edge = is_edge(n_lanes)
            differ += [
                (n_units, n_lanes, n_common, int(lane))
                for lane in own
                if seen.setdefault(bool(edge[lane]), states[:, lane].tobytes()) != states[:, lane].tobytes()
            ]
    return differ


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("family", kernels.families())
@pytest.mark.parametrize("n_threads", [1, 2])
def test_a_lane_computes_the_same_anywhere_on_every_kernel_family(environment_of_kernels, family, dtype, n_threads):
    environment = environment_of_kernels(family, n_threads)
    paths = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests/folkprobe")]
    program = _PROGRAM.format(paths=paths, dtype=dtype)
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def _run(lanes, tunes, lengths, before=None):
    """Let tunes of given lengths pass through; returns per place the kinds of lanes it sat in, and the occupancy."""
    kinds, left = {}, {}
    n_computed = n_useful = 0
    while True:
        limit = None if before is None else before(len(kinds) - len(left))
        for _, tune in lanes.fill(limit):
            left[tune], kinds[tune] = lengths[tune], set()
        kept = lanes.shrink()
        # A tile stays as wide as it is while tunes wait, unless they are all of its edge, which is as wide in any.
        waiting = set(lengths) - set(kinds)
        assert kept is None or (
            len(kept) == lanes.n_lanes and all(tunes[place] % EDGE_PERIOD == 0 for place in waiting)
        )
        busy = np.flatnonzero(lanes.place >= 0)
        if not busy.size:
            return kinds, n_useful / n_computed
        n_computed, n_useful = n_computed + lanes.n_lanes, n_useful + len(busy)
        edge = is_edge(lanes.n_lanes)
        assert len(set(lanes.place[busy])) == len(busy)
        for lane in busy:
            tune = int(lanes.place[lane])
            kinds[tune].add(bool(edge[lane]))
            left[tune] -= 1
            if left[tune] == 0:
                del left[tune]
                lanes.place[lane] = -1


@pytest.fixture(scope="module")
def wide_network():
    """Large enough for narrow tiles."""
    return Network(random_checkpoint(0, (300, 300, 300), tuple(f"t{i}" for i in range(137))))


@pytest.mark.parametrize("first_tune", [0, 5, 12])
@pytest.mark.parametrize("n_tunes", [1, 13, 200, 700])
def test_every_tune_stays_in_its_kind_of_lane_until_it_has_ended(wide_network, first_tune, n_tunes):
    rng = np.random.default_rng(0)
    lengths = dict(enumerate(rng.integers(1, 60, n_tunes)))
    tunes = range(first_tune, first_tune + n_tunes)
    kinds, _ = _run(Lanes(wide_network, tunes), tunes, dict(lengths))
    assert set(kinds) == set(lengths)
    assert all(kind == {tunes[place] % EDGE_PERIOD == 0} for place, kind in kinds.items())


def test_a_tile_stays_full(wide_network):
    """Lengths as in folk music: a mean of 150 with a coefficient of variation of 0.4."""
    rng = np.random.default_rng(0)
    lengths = dict(enumerate(np.maximum(rng.gamma(6.25, 24, 2000), 1).astype(int)))
    lanes = Lanes(wide_network, range(2000))
    assert lanes.n_lanes == MAX_LANES
    _, occupancy = _run(lanes, range(2000), lengths)
    assert occupancy > 0.95


def test_a_tile_is_narrow_while_only_tunes_of_its_edge_wait(wide_network):
    # As many as fill the other lanes, and four rounds of those of the edge.
    tunes = [k for k in range(MAX_LANES) if k % EDGE_PERIOD] + [EDGE_PERIOD * k for k in range(4 * 16)]
    _, occupancy = _run(Lanes(wide_network, tunes), tunes, dict.fromkeys(range(len(tunes)), 20))
    # Only the first round has others beside it.
    assert occupancy == len(tunes) / (MAX_LANES + 3 * MIN_LANES)


def test_tunes_may_be_held_back(wide_network):
    started = []

    def before(n_done):
        started.append(n_done)
        return n_done + 1

    kinds, _ = _run(Lanes(wide_network, range(30), MIN_LANES), range(30), dict.fromkeys(range(30), 2), before)
    assert list(kinds) == list(range(30))


def test_widths_keep_the_rules(wide_network):
    smallest = min(weights.size for weights in (*wide_network.weights, wide_network.V))
    for n_inner in (0, 1, 30, 100, 170, 176, 177, 5000):
        for max_lanes in (MIN_LANES, 96, MAX_LANES):
            n_lanes = wide_network.tile_lanes(n_inner, max_lanes)
            assert n_lanes % 16 == 0
            assert MIN_LANES <= n_lanes <= max_lanes
            assert n_lanes - 16 >= min(n_inner, max_lanes - 16)
            assert smallest * n_lanes > 100**3
    # A network of small products has one width only, whatever is asked for.
    small = Network(random_checkpoint())
    assert {small.tile_lanes(n, max_lanes) for n in (0, 1, 500) for max_lanes in (32, 96, 192)} == {MAX_LANES}


def test_blas_is_held_to_one_thread_each_time_and_let_go_again():
    def n_threads():
        return [
            library["num_threads"]
            for library in threadpool_info()
            if library["user_api"] == "blas" and library["filepath"] in known
        ]

    known = {library.filepath for library in _blas().lib_controllers}
    assert known
    with threadpool_limits(2, user_api="blas"):
        for _ in range(2):
            with one_blas_thread():
                assert set(n_threads()) == {1}
            assert set(n_threads()) == {2}
