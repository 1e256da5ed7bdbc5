"""The script push_bias."""

import numpy as np

from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.softmax import decompose_softmax


def test_the_bias_moves_as_a_hidden_state_along_w_would_move_the_logits(script, checkpoint, checkpoint_path, tmp_path):
    script("push_bias").main(
        checkpoint_path=checkpoint_path,
        output_checkpoint_path=tmp_path / "s.h5",
        direction=3,
        gauge_fixed=False,
        alpha=-0.5,
    )
    w = decompose_softmax(checkpoint).w[:, 2]
    expected = checkpoint.softmax.v - 0.5 * checkpoint.softmax.V.astype(np.float64) @ w
    np.testing.assert_allclose(read_checkpoint(tmp_path / "s.h5").softmax.v, expected, atol=1e-6)
