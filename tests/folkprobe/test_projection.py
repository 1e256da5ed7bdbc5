"""Hidden states along the softmax layer's directions, and the variance of the logits that they carry."""

import numpy as np
import pytest

from folkprobe.network.projection import (
    DECOMPOSITIONS,
    project_hidden_state,
    read_projections,
    variance_shares,
    write_projections,
)
from folkprobe.network.softmax import decompose_softmax
from folkprobe.refusal import Refusal


@pytest.fixture
def states():
    rng = np.random.default_rng(0)
    return [rng.uniform(-1, 1, (n, 6)).astype(np.float32) for n in (7, 1, 30)]


@pytest.fixture
def projections(checkpoint, states):
    tokens = [np.arange(len(h), dtype=np.int16) % 12 for h in states]
    drawn = [np.arange(len(h)) > 2 for h in states]
    return project_hidden_state(checkpoint, zip(states, tokens, drawn, strict=True))


def test_projections_are_the_scalar_products(checkpoint, states, projections):
    for name, gauge_fixed in DECOMPOSITIONS.items():
        w = decompose_softmax(checkpoint, gauge_fixed=gauge_fixed).w
        for step, h in enumerate(np.concatenate(states)):
            expected = [sum(float(a) * float(b) for a, b in zip(h, w[:, k], strict=True)) for k in range(3)]
            np.testing.assert_allclose(projections.projection[name][step], expected, atol=1e-12)
    np.testing.assert_array_equal(projections.tune_offsets, [0, 7, 8, 38])
    np.testing.assert_array_equal(projections.tune_index, [0] * 7 + [1] + [2] * 30)
    assert list(projections.next_token[5:9]) == ["D", "E", "M:4/4", "M:4/4"]
    assert projections.is_drawn.sum() == 4 + 0 + 27
    together = np.concatenate(states).astype(np.float64)
    np.testing.assert_allclose(projections.mean, together.mean(axis=0), atol=1e-14)
    np.testing.assert_allclose(projections.covariance, np.cov(together.T, bias=True), atol=1e-14)


def test_shares_of_the_logits_variance(checkpoint, states, projections):
    logits = np.concatenate(states).astype(np.float64) @ checkpoint.softmax.V.T.astype(np.float64)
    visible = logits - logits.mean(axis=1, keepdims=True)
    for name, gauge_fixed in DECOMPOSITIONS.items():
        directions = decompose_softmax(checkpoint, gauge_fixed=gauge_fixed)
        of_logits, of_visible = variance_shares(checkpoint, directions, projections.covariance)
        described = visible if gauge_fixed else logits
        for k, (u, s) in enumerate(zip(directions.u.T, directions.s, strict=True)):
            if k == 3:
                break
            along = np.outer(projections.projection[name][:, k], s * u)
            assert of_logits[k] == pytest.approx(along.var(axis=0).sum() / described.var(axis=0).sum(), rel=1e-9)
            along -= along.mean(axis=1, keepdims=True)
            assert of_visible[k] == pytest.approx(along.var(axis=0).sum() / visible.var(axis=0).sum(), rel=1e-9)
        assert of_logits.sum() == pytest.approx(1)
    np.testing.assert_allclose(of_visible, of_logits, atol=1e-12)


def test_the_file_gives_back_what_it_was_given_and_the_same_bytes(projections, tmp_path):
    for name in ("a.h5", "b.h5"):
        write_projections(projections, tmp_path / name)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()
    back = read_projections(tmp_path / "a.h5")
    assert back.vocabulary == projections.vocabulary
    for name in ("tune_offsets", "next_token_index", "is_drawn", "mean", "covariance"):
        np.testing.assert_array_equal(getattr(back, name), getattr(projections, name))
    for name in DECOMPOSITIONS:
        np.testing.assert_array_equal(back.projection[name], projections.projection[name])


def test_no_tune_and_no_file_are_refused(checkpoint, tmp_path):
    with pytest.raises(Refusal, match="no tune to project"):
        project_hidden_state(checkpoint, [])
    with pytest.raises(Refusal, match="no such file; the rule project_hidden_state makes it"):
        read_projections(tmp_path / "a.h5")
    (tmp_path / "a.h5").write_bytes(b"")
    with pytest.raises(Refusal, match="not a complete projections.h5"):
        read_projections(tmp_path / "a.h5")
