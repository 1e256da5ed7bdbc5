"""Excised networks against a scalar loop that masks the units at every step."""

import itertools

import numpy as np
import pytest
import reference
from networks import VOCABULARY

from folkprobe.network.checkpoint import validate_checkpoint
from folkprobe.network.excision import excise_units
from folkprobe.network.trajectory import capture_trajectory
from folkprobe.refusal import Refusal

TOKENS = ["<s>", "K:Cmaj", "C", "2", "D", "|", "E", "z", "|", "A"]
INDICES = [VOCABULARY.index(token) for token in TOKENS]


def _posteriors(steps):
    return np.array([reference.posterior(logits) for _, _, logits in steps])


@pytest.mark.parametrize("layer", [1, 2, 3])
@pytest.mark.parametrize("scope", ["both", "out", "rec"])
@pytest.mark.parametrize("value", [0.0, 0.4, (0.3, -0.6)])
def test_agrees_with_a_masked_loop(checkpoint, layer, scope, value):
    units = (3, 1)
    values = np.broadcast_to(value, 2)
    held = [(layer, unit, float(m), scope) for unit, m in zip(units, values, strict=True)]
    excised = excise_units(checkpoint, layer, units, value=value, scope=scope)
    validate_checkpoint(excised)
    steps = reference.run(checkpoint, INDICES, held)
    trajectory = capture_trajectory(excised, TOKENS)
    assert np.abs(trajectory.posterior - _posteriors(steps)).max() < 1e-13
    for number in (1, 2, 3):
        states = np.array([hidden[number - 1] for hidden, _, _ in steps])
        if scope == "both" and number == layer:
            states = np.delete(states, units, axis=1)
        assert np.abs(trajectory.hidden_state[number - 1] - states).max() < 1e-13
    # The masks above must matter, or the agreement is worth nothing.
    assert np.abs(_posteriors(steps) - _posteriors(reference.run(checkpoint, INDICES))).max() > 1e-3


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_another_unit_is_another_network(checkpoint, layer):
    right = capture_trajectory(excise_units(checkpoint, layer, [1]), TOKENS).posterior
    wrong = capture_trajectory(excise_units(checkpoint, layer, [2]), TOKENS).posterior
    assert np.abs(right - wrong).max() > 1e-3


@pytest.mark.parametrize("layer", [1, 2, 3])
@pytest.mark.parametrize("order", [("out", "rec"), ("rec", "out")])
def test_out_then_rec_behaves_as_both(checkpoint, layer, order):
    step_by_step = checkpoint
    for scope in order:
        step_by_step = excise_units(step_by_step, layer, [0, 2], value=(0.2, -0.5), scope=scope)
    at_once = excise_units(checkpoint, layer, [0, 2], value=(0.2, -0.5))
    assert np.allclose(
        capture_trajectory(step_by_step, TOKENS).posterior,
        capture_trajectory(at_once, TOKENS).posterior,
        rtol=0,
        atol=1e-14,
    )


def test_original_numbers_survive_earlier_excisions(checkpoint):
    twice = excise_units(excise_units(checkpoint, 3, [0, 2]), 3, [4])
    at_once = excise_units(checkpoint, 3, [4, 2, 0])
    assert twice.layers[2].unit_index.tolist() == at_once.layers[2].unit_index.tolist() == [1, 3, 5]
    assert np.array_equal(twice.layers[2].W_h, at_once.layers[2].W_h)
    assert np.array_equal(twice.softmax.V, at_once.softmax.V)


def test_excision_of_several_layers_agrees_with_a_masked_loop(checkpoint):
    excised = excise_units(excise_units(checkpoint, 2, [1], value=0.3), 1, [0, 4], value=-0.2)
    held = [(2, 1, 0.3, "both"), (1, 0, -0.2, "both"), (1, 4, -0.2, "both")]
    expected = _posteriors(reference.run(checkpoint, INDICES, held))
    assert np.abs(capture_trajectory(excised, TOKENS).posterior - expected).max() < 1e-13


@pytest.mark.parametrize(("layer", "n_units"), [(1, 5), (2, 4), (3, 6)])
@pytest.mark.parametrize("scope", ["both", "out", "rec"])
def test_every_unit_can_go(checkpoint, layer, n_units, scope):
    excised = excise_units(checkpoint, layer, range(n_units), value=0.1, scope=scope)
    held = [(layer, unit, 0.1, scope) for unit in range(n_units)]
    expected = _posteriors(reference.run(checkpoint, INDICES, held))
    assert np.abs(capture_trajectory(excised, TOKENS).posterior - expected).max() < 1e-13


@pytest.mark.parametrize("scope", ["both", "out", "rec"])
def test_an_empty_excision_behaves_as_intact(checkpoint, scope):
    excised = excise_units(checkpoint, 1, [], scope=scope)
    intact = capture_trajectory(checkpoint, TOKENS).posterior
    assert np.array_equal(capture_trajectory(excised, TOKENS).posterior, intact)


def test_both_makes_the_network_smaller_and_leaves_the_given_one_alone(checkpoint):
    before = [array.copy() for layer in checkpoint.layers for array in (layer.W_x, layer.W_h, layer.b)]
    excised = excise_units(checkpoint, 2, [0, 3])
    assert excised.layers[1].W_h.shape == (4, 2, 2)
    assert excised.layers[2].W_x.shape == (4, 2, 6)
    assert excised.n_parameters < checkpoint.n_parameters
    after = [array for layer in checkpoint.layers for array in (layer.W_x, layer.W_h, layer.b)]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_what_is_changed_is_float64_and_the_rest_stays_float32(checkpoint):
    excised = excise_units(checkpoint, 3, [1], value=0.1)
    assert excised.layers[2].b.dtype == excised.softmax.v.dtype == excised.softmax.V.dtype == np.float64
    assert excised.layers[2].W_h.dtype == excised.layers[1].b.dtype == np.float32


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"layer": 0}, "layer 0 is not one of"),
        ({"layer": 4}, "layer 4 is not one of"),
        ({"layer": 1.0}, "layer 1.0 is not one of"),
        ({"layer": "1"}, "layer '1' is not one of"),
        ({"value": "a"}, "must be a number"),
        ({"unit_index": "1"}, "whole numbers"),
        ({"unit_index": [5]}, "no unit 5"),
        ({"unit_index": [-1]}, "no unit -1"),
        ({"unit_index": [1, 1]}, "unit 1 of layer 1 is named more than once"),
        ({"unit_index": [1.5]}, "whole numbers"),
        ({"scope": "all"}, "scope 'all'"),
        ({"value": float("nan")}, "finite"),
        ({"value": [1.0, 2.0]}, "2 values are given for 1 units"),
    ],
)
def test_bad_arguments_are_refused(checkpoint, arguments, sentence):
    with pytest.raises(Refusal, match=sentence):
        excise_units(checkpoint, **({"layer": 1, "unit_index": [1]} | arguments))


@pytest.mark.parametrize(
    ("first", "second"),
    [pair for pair in itertools.product(("both", "out", "rec"), repeat=2) if set(pair) != {"out", "rec"}],
)
def test_a_unit_that_is_already_cut_out_is_refused(checkpoint, first, second):
    once = excise_units(checkpoint, 1, [2], scope=first)
    with pytest.raises(Refusal, match=f"unit 2 of layer 1 is already excised with scope {first}"):
        excise_units(once, 1, [2], scope=second)
