"""Singular directions of the softmax layer: numpy's identities, known matrices, the rule of signs."""

from dataclasses import replace

import numpy as np
import pytest
from networks import random_checkpoint

from folkprobe.network.checkpoint import Softmax
from folkprobe.network.softmax import bias_correlation, decompose_softmax, pushed_posterior, require_direction
from folkprobe.refusal import Refusal


def with_softmax(V, v=None):
    """A network whose softmax is given; its vocabulary begins with the start token."""
    vocabulary = ("<s>", "</s>", *(f"token{number}" for number in range(len(V) - 2)))
    checkpoint = random_checkpoint(n_units=(3, 3, np.shape(V)[1]), vocabulary=vocabulary)
    v = np.zeros(len(V)) if v is None else np.asarray(v)
    return replace(checkpoint, softmax=Softmax(V=np.asarray(V, dtype=float), v=v))


@pytest.mark.parametrize("n_units", [(5, 4, 6), (5, 4, 20)], ids=["tall", "wide"])
@pytest.mark.parametrize("gauge_fixed", [False, True])
def test_the_identities_of_a_decomposition(n_units, gauge_fixed):
    checkpoint = random_checkpoint(n_units=n_units)
    V = checkpoint.softmax.V.astype(np.float64)
    n = len(V)
    if gauge_fixed:
        V = (np.eye(n) - np.ones((n, n)) / n) @ V
    directions = decompose_softmax(checkpoint, gauge_fixed=gauge_fixed)
    u, s, w = directions
    r = min(n, n_units[-1])
    assert (u.shape, s.shape, w.shape) == ((n, r), (r,), (n_units[-1], r))
    np.testing.assert_allclose(V @ w, u * s, atol=1e-13)
    np.testing.assert_allclose(u.T @ u, np.eye(r), atol=1e-13)
    np.testing.assert_allclose(w.T @ w, np.eye(r), atol=1e-13)
    np.testing.assert_allclose(s, np.linalg.svd(V, compute_uv=False)[:r], atol=1e-13)
    assert (np.diff(s) <= 0).all()
    assert (u[checkpoint.vocabulary.index("<s>")] < 0).all()
    assert directions.rank == np.linalg.matrix_rank(V) == min(r, n - gauge_fixed)
    np.testing.assert_allclose(directions.constant_cosine, np.ones(n) @ u / np.sqrt(n), atol=1e-14)


def test_a_matrix_whose_directions_are_known():
    a, b = np.array([3, 4, 0, 0, 0]) / 5, np.array([-4, 3, 0, 0, 0]) / 5
    p, q = np.array([1, 0, 0]), np.array([0, 0.6, 0.8])
    u, s, w = decompose_softmax(with_softmax(7 * np.outer(a, p) + 2 * np.outer(b, q)))
    np.testing.assert_allclose(s, [7, 2, 0], atol=1e-14)
    # `<s>` is token 0: a turns about, b stays.
    np.testing.assert_allclose(u[:, :2], np.column_stack([-a, b]), atol=1e-14)
    np.testing.assert_allclose(w[:, :2], np.column_stack([-p, q]), atol=1e-14)


def test_where_the_start_token_is_not_touched_the_largest_entry_is_negative():
    a = np.array([0, 0.6, 0.8, 0])
    u, _, w = decompose_softmax(with_softmax(5 * np.outer(a, [1, 0])))
    np.testing.assert_allclose(u[:, 0], -a, atol=1e-14)
    np.testing.assert_allclose(w[:, 0], [-1, 0], atol=1e-14)


def test_the_constant_is_found_and_goes_with_the_gauge():
    n = 4
    constant, other = np.full(n, 0.5), np.array([1, -1, 1, -1]) / 2
    checkpoint = with_softmax(9 * np.outer(constant, [0, 1]) + 3 * np.outer(other, [1, 0]))
    raw, fixed = decompose_softmax(checkpoint), decompose_softmax(checkpoint, gauge_fixed=True)
    np.testing.assert_allclose(raw.constant_cosine, [-1, 0], atol=1e-14)
    np.testing.assert_allclose(raw.s, [9, 3], atol=1e-14)
    np.testing.assert_allclose(fixed.s, [3, 0], atol=1e-14)
    assert (raw.rank, fixed.rank) == (2, 1)


def test_real_size_has_full_rank_and_one_less_without_the_constant(session_checkpoint):
    assert decompose_softmax(session_checkpoint).rank == 137
    assert decompose_softmax(session_checkpoint, gauge_fixed=True).rank == 136


def test_a_pushed_posterior_in_closed_form():
    checkpoint = with_softmax(np.eye(3), v=np.log([1, 2, 5]))
    np.testing.assert_allclose(pushed_posterior(checkpoint, np.log([2, 1, 1])), np.array([2, 2, 5]) / 9, atol=1e-15)
    huge = pushed_posterior(checkpoint, np.array([5000.0, 0, -5000.0]))
    np.testing.assert_array_equal(huge, [1, 0, 0])


def test_bias_correlation_is_pearsons(checkpoint):
    V, v = checkpoint.softmax.V, checkpoint.softmax.v
    expected = [np.corrcoef(column, v)[0, 1] for column in V.T.astype(np.float64)]
    np.testing.assert_allclose(bias_correlation(checkpoint), expected, atol=1e-6)
    assert np.isnan(bias_correlation(with_softmax(np.ones((3, 1)), v=[1, 2, 3]))).all()


@pytest.mark.parametrize("number", [0, -1, 3])
def test_a_direction_that_does_not_exist_is_refused(number):
    directions = decompose_softmax(with_softmax(np.diag([3.0, 2.0, 0.0])))
    assert require_direction(directions, 2) == 1
    with pytest.raises(Refusal, match=rf"direction {number} does not exist: .* directions 1 to 2"):
        require_direction(directions, number)
