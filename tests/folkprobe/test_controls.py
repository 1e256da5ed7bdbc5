"""Control networks keep the weights of each matrix, and lose their places."""

import numpy as np
import pytest
from networks import random_checkpoint

from folkprobe.network.checkpoint import validate_checkpoint
from folkprobe.network.controls import transform_checkpoint
from folkprobe.refusal import Refusal


def _parts(checkpoint):
    """Every matrix and vector by name, gate by gate."""
    for number, layer in enumerate(checkpoint.layers, start=1):
        for name in ("W_x", "W_h", "b"):
            yield from ((f"{name} {number} {gate}", array) for gate, array in enumerate(getattr(layer, name)))
        yield from ((f"{name} {number}", getattr(layer, name)) for name in ("h0", "c0"))
    yield from (("V", checkpoint.softmax.V), ("v", checkpoint.softmax.v))
    if checkpoint.embedding is not None:
        yield "embedding", checkpoint.embedding


@pytest.mark.parametrize("n_embedding", [None, 5])
@pytest.mark.parametrize(("transform", "layers"), [("untrained", "123"), ("layer_2_permuted", "2")])
def test_weights_are_permuted_within_each_matrix_and_nowhere_else(transform, layers, n_embedding):
    # Large enough that no vector stays as it was by chance.
    network = random_checkpoint(n_units=(9, 8, 10), n_embedding=n_embedding)
    control = transform_checkpoint(network, transform, rng_seed=3)
    validate_checkpoint(control)
    of_control = dict(_parts(control))
    for name, array in _parts(network):
        other = of_control[name]
        assert other.dtype == array.dtype
        assert np.array_equal(np.sort(other, axis=None), np.sort(array, axis=None)), name
        is_permuted = transform == "untrained" or (" " in name and name.split()[1] in layers)
        assert np.array_equal(other, array) != is_permuted, name


def test_a_control_depends_on_its_seed_alone():
    network = random_checkpoint()
    one, again, other = (transform_checkpoint(network, "untrained", rng_seed=seed) for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(_parts(one), _parts(again), strict=True))
    assert not np.array_equal(one.softmax.V, other.softmax.V)
    of_layer = transform_checkpoint(network, "layer_1_permuted", rng_seed=3)
    assert np.array_equal(of_layer.layers[0].W_h, one.layers[0].W_h)


@pytest.mark.parametrize("transform", ["trained", "layer_4_permuted", "layer_0_permuted", "layer_1_permuted "])
def test_another_transform_is_refused(transform):
    with pytest.raises(Refusal, match="is not untrained or layer_1_permuted to layer_3_permuted"):
        transform_checkpoint(random_checkpoint(), transform, rng_seed=0)
