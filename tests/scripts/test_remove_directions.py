"""The script remove_directions."""

import numpy as np
import pytest

from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.softmax import decompose_softmax
from folkprobe.network.steering import carried_variance
from folkprobe.refusal import Refusal


def _steered(script, checkpoint_path, projections_path, tmp_path, **block):
    paths = {"checkpoint_path": checkpoint_path, "projections_path": projections_path}
    script("remove_directions").main(**paths, output_checkpoint_path=tmp_path / "steered.h5", **block)
    return read_checkpoint(tmp_path / "steered.h5")


@pytest.mark.parametrize("keep_mean", [False, True])
def test_the_direction_is_gone_and_its_mean_if_asked(
    script, checkpoint, checkpoint_path, projections, projections_path, tmp_path, keep_mean
):
    block = {"direction": 2, "gauge_fixed": True, "keep_mean": keep_mean, "control_rng_seed": None}
    steered = _steered(script, checkpoint_path, projections_path, tmp_path, **block)
    w = decompose_softmax(checkpoint, gauge_fixed=True).w[:, 1]
    V = checkpoint.softmax.V.astype(np.float64)
    np.testing.assert_allclose(steered.softmax.V, V - np.outer(V @ w, w), atol=1e-12)
    shift = keep_mean * (projections.mean @ w) * (V @ w)
    np.testing.assert_allclose(steered.softmax.v, checkpoint.softmax.v + shift, atol=1e-12)


def test_a_control_carries_as_much_elsewhere(
    script, checkpoint, checkpoint_path, projections, projections_path, tmp_path
):
    # Of six directions, the fourth is light enough to be matched by others.
    block = {"direction": 4, "gauge_fixed": False, "keep_mean": True, "control_rng_seed": 3}
    (record,) = _steered(script, checkpoint_path, projections_path, tmp_path, **block).steerings
    w = decompose_softmax(checkpoint).w[:, [3]]
    assert np.abs(w.T @ record.directions).max() < 1e-10
    carried = [carried_variance(checkpoint, projections.covariance, each) for each in (w, record.directions)]
    assert carried[0] == pytest.approx(carried[1], rel=1e-8)


def test_a_direction_that_does_not_exist_is_refused(script, checkpoint_path, projections_path, tmp_path):
    block = {"direction": 7, "gauge_fixed": False, "keep_mean": True, "control_rng_seed": None}
    with pytest.raises(Refusal, match="direction 7 does not exist"):
        _steered(script, checkpoint_path, projections_path, tmp_path, **block)
