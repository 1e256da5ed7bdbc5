"""Edited softmax layers against a network that masks its hidden state in float64."""

import numpy as np
import pytest
import reference
from networks import VOCABULARY, random_checkpoint

from folkprobe.network.checkpoint import read_checkpoint, validate_checkpoint, write_checkpoint
from folkprobe.network.softmax import decompose_softmax
from folkprobe.network.steering import carried_variance, push_bias, random_directions, remove_directions
from folkprobe.network.trajectory import capture_trajectory, softmax
from folkprobe.refusal import Refusal

TOKENS = ["<s>", "K:Cmaj", "C", "2", "D", "|", "E", "z", "|", "A"]
INDICES = [VOCABULARY.index(token) for token in TOKENS]


def masked_posteriors(checkpoint, mask, shift=0.0):
    """Replay in scalar float64, and let the softmax read mask(h)."""
    V, v = checkpoint.softmax.V.astype(np.float64), checkpoint.softmax.v.astype(np.float64)
    states = np.array([hidden[2] for hidden, _, _ in reference.run(checkpoint, INDICES)])
    return softmax(mask(states) @ V.T + v + shift), states


@pytest.mark.parametrize("gauge_fixed", [False, True])
@pytest.mark.parametrize("numbers", [[0], [1], [0, 2]])
def test_removal_agrees_with_a_masked_loop(checkpoint, gauge_fixed, numbers):
    D = decompose_softmax(checkpoint, gauge_fixed=gauge_fixed).w[:, numbers]
    expected, states = masked_posteriors(checkpoint, lambda h: h - h @ D @ D.T)
    trajectory = capture_trajectory(remove_directions(checkpoint, D), TOKENS)
    np.testing.assert_allclose(trajectory.posterior, expected, atol=1e-13)
    # The LSTM itself is as it was.
    np.testing.assert_allclose(trajectory.hidden_state[2], states, atol=1e-13)

    mean = states.mean(axis=0)
    kept, _ = masked_posteriors(checkpoint, lambda h: h - (h - mean) @ D @ D.T)
    edited = remove_directions(checkpoint, D, hidden_state_mean=mean)
    np.testing.assert_allclose(capture_trajectory(edited, TOKENS).posterior, kept, atol=1e-13)
    # The cases differ, or the agreement is worth nothing.
    intact, _ = masked_posteriors(checkpoint, lambda h: h)
    for one, other in ((expected, intact), (kept, expected), (kept, intact)):
        assert np.abs(one - other).max() > 1e-3


@pytest.mark.parametrize("alpha", [-1.0, 0.5])
def test_a_push_is_what_a_hidden_state_along_w_would_do(checkpoint, alpha):
    u, s, w = decompose_softmax(checkpoint)
    expected, _ = masked_posteriors(checkpoint, lambda h: h + alpha * w[:, 1])
    edited = push_bias(checkpoint, alpha * s[1] * u[:, 1])
    np.testing.assert_allclose(capture_trajectory(edited, TOKENS).posterior, expected, atol=1e-6)


def test_a_single_vector_is_one_direction(checkpoint):
    w = decompose_softmax(checkpoint).w
    one, same = remove_directions(checkpoint, w[:, 0]), remove_directions(checkpoint, w[:, :1])
    np.testing.assert_array_equal(one.softmax.V, same.softmax.V)
    assert np.abs(one.softmax.V @ w[:, 0]).max() < 1e-12


def test_edits_are_recorded_and_stored(checkpoint, tmp_path):
    w = decompose_softmax(checkpoint).w
    shift = np.linspace(-1, 1, len(VOCABULARY))
    edited = push_bias(remove_directions(checkpoint, w[:, :2]), shift)
    validate_checkpoint(edited)
    assert checkpoint.steerings == ()
    write_checkpoint(edited, tmp_path / "a.h5")
    stored = read_checkpoint(tmp_path / "a.h5")
    removal, push = stored.steerings
    np.testing.assert_array_equal(removal.directions, w[:, :2])
    np.testing.assert_array_equal(removal.shift, 0)
    assert push.directions.shape == (6, 0)
    np.testing.assert_array_equal(push.shift, shift)
    assert stored.softmax.V.dtype == stored.softmax.v.dtype == np.float64
    # The record says what was done.
    V = checkpoint.softmax.V - (checkpoint.softmax.V @ removal.directions) @ removal.directions.T
    np.testing.assert_allclose(stored.softmax.V, V, atol=1e-14)
    np.testing.assert_allclose(stored.softmax.v, checkpoint.softmax.v + shift, atol=1e-14)


@pytest.mark.parametrize(
    ("directions", "mean", "sentence"),
    [
        (np.ones(6), None, "not orthonormal"),
        (np.eye(6)[:, [0, 0]], None, "not orthonormal"),
        (np.eye(5)[0], None, "directions of length 5 do not fit the 6 units"),
        (np.eye(6)[0], np.zeros(5), r"a mean of shape \(5,\) does not fit the 6 units"),
    ],
)
def test_what_is_no_direction_is_refused(checkpoint, directions, mean, sentence):
    with pytest.raises(Refusal, match=sentence):
        remove_directions(checkpoint, directions, hidden_state_mean=mean)


@pytest.mark.parametrize("shift", [np.zeros(3), np.full(len(VOCABULARY), np.nan)])
def test_a_push_that_does_not_fit_is_refused(checkpoint, shift):
    with pytest.raises(Refusal, match="a finite number for each of the 12 tokens"):
        push_bias(checkpoint, shift)


@pytest.fixture
def wide():
    """40 units with unequal variances, and their covariance."""
    checkpoint = random_checkpoint(n_units=(3, 3, 40))
    root = np.random.default_rng(3).normal(size=(40, 40))
    return checkpoint, root @ root.T


def test_carried_variance_is_that_of_what_removal_changes(wide):
    checkpoint, covariance = wide
    D = np.linalg.qr(np.random.default_rng(1).normal(size=(40, 3)))[0]
    h = np.random.default_rng(2).multivariate_normal(np.zeros(40), covariance, size=500)
    edited = remove_directions(checkpoint, D)
    change = h @ (checkpoint.softmax.V - edited.softmax.V).T
    change -= change.mean(axis=1, keepdims=True)  # What the softmax does not see.
    sample = np.cov(h.T, bias=True)
    np.testing.assert_allclose(carried_variance(checkpoint, sample, D), change.var(axis=0).sum(), rtol=1e-10)


@pytest.mark.parametrize("number", [0, 1, 4])
@pytest.mark.parametrize("rng_seed", [0, 1])
def test_random_directions_carry_the_same_variance_at_right_angles(wide, number, rng_seed):
    checkpoint, covariance = wide
    w = decompose_softmax(checkpoint).w[:, number]
    D = random_directions(checkpoint, covariance, w, rng_seed=rng_seed)
    np.testing.assert_allclose(D.T @ D, np.eye(D.shape[1]), atol=1e-12)
    assert np.abs(w @ D).max() < 1e-12
    target = carried_variance(checkpoint, covariance, w[:, None])
    assert carried_variance(checkpoint, covariance, D) == pytest.approx(target, rel=1e-9)
    again = random_directions(checkpoint, covariance, w, rng_seed=rng_seed)
    np.testing.assert_array_equal(D, again)
    assert random_directions(checkpoint, covariance, w, rng_seed=rng_seed + 7).tobytes() != D.tobytes()


def test_a_direction_that_outweighs_all_others_has_no_match(checkpoint):
    w = decompose_softmax(checkpoint, gauge_fixed=True).w[:, 0]
    covariance = np.outer(w, w) + 1e-9 * np.eye(6)
    with pytest.raises(Refusal, match="all others together carry less"):
        random_directions(checkpoint, covariance, w, rng_seed=0)
