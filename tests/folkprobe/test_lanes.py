"""Excised versions of a network that share a tile: each draws the tunes that it draws alone, to the last bit."""

from itertools import product

import numpy as np
import pytest
from networks import random_checkpoint

from folkprobe.network import elementwise
from folkprobe.network.excision import excise_units
from folkprobe.network.lstm import Tile
from folkprobe.network.sampling import generate_excised, generate_tunes
from folkprobe.network.scoring import score_batches, score_tunes
from folkprobe.network.stimulus import TwoHot


def _versions(checkpoint):
    """More than have a lane at the edge, of every layer, scope and kind of value; the last unit among those cut."""
    rng = np.random.default_rng(3)
    for layer, scope, value in product((1, 2, 3), ("both", "out", "rec"), (0.0, 0.3)):
        last = checkpoint.layers[layer - 1].n_units - 1
        yield excise_units(checkpoint, layer, [*rng.choice(last, 3, False), last], value=value, scope=scope)
    twice = excise_units(checkpoint, 1, [0, 4], value=0.1)
    yield excise_units(twice, 2, [1], scope="out")
    yield checkpoint


@pytest.fixture(autouse=True, params=["numpy", "compiled"])
def implementation(request, monkeypatch):
    """Each implementation of the elementwise part, from the first step on."""
    monkeypatch.setattr(elementwise, "_N_REPAID", 0 if request.param == "compiled" else float("inf"))
    monkeypatch.setattr(elementwise.Route, "n_elements", 0)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "generation",
    [
        {"n_tunes": 40, "first_tune": 5},
        {"n_tunes": 3, "prompt": "a b", "stimulus": TwoHot(0.7, "pitch")},
        {"n_tunes": 2, "sampler": "folk-rnn"},
    ],
    ids=lambda generation: "-".join(map(str, generation)),
)
def test_versions_side_by_side_draw_what_each_draws_alone(checkpoint, dtype, generation):
    generation = {"rng_seed": 1, "max_steps": 25, "dtype": dtype, **generation}
    generation["prompt"] = " ".join(checkpoint.vocabulary[2:4]) if "prompt" in generation else ""
    drawn = generate_excised(checkpoint, _versions(checkpoint), **generation)
    versions = list(_versions(checkpoint))
    assert len(drawn) == len(versions)
    for version, tunes in zip(versions, drawn, strict=True):
        alone = generate_tunes(version, **generation)
        assert tunes.token_index.tobytes() == alone.token_index.tobytes()
        assert tunes.log_probabilities.tobytes() == alone.log_probabilities.tobytes()
        assert tunes.stop_code.tolist() == alone.stop_code.tolist()
        assert (tunes.first_tune, tunes.prompt, tunes.dtype) == (alone.first_tune, alone.prompt, alone.dtype)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_batches_scored_side_by_side_score_as_alone(dtype):
    checkpoint = random_checkpoint(1, (90, 60, 85))
    versions = [excise_units(checkpoint, 1, [3, 5, 8]), excise_units(checkpoint, 2, [1])]
    drawn = generate_excised(checkpoint, versions, rng_seed=2, n_tunes=30, max_steps=20, dtype=dtype)
    for scores, tunes in zip(score_batches(checkpoint, drawn), drawn, strict=True):
        assert scores.tobytes() == score_tunes(checkpoint, tunes).tobytes()


def test_the_longest_tunes_are_scored_first(monkeypatch):
    """A long tune that starts late would go on when all others have ended, in a tile that is empty but for it."""
    checkpoint = random_checkpoint(1, (90, 60, 85))
    tunes = generate_tunes(checkpoint, rng_seed=2, n_tunes=400, max_steps=60)
    reads, step = [], Tile.step
    monkeypatch.setattr(Tile, "step", lambda tile, *read: reads.append(read) or step(tile, *read))
    score_tunes(checkpoint, tunes)
    assert len(reads) == np.diff(tunes.tune_offsets).max() - 1
