"""The script project_hidden_state."""

import numpy as np
from networks import VOCABULARY

from folkprobe.network.excision import excise_units
from folkprobe.network.projection import read_projections
from folkprobe.network.softmax import decompose_softmax


def test_layer_3_is_projected_and_the_next_token_kept(
    script, checkpoint_path, checkpoint, trajectories, trajectories_path, write_tune_texts, tmp_path
):
    texts = [" ".join(VOCABULARY[(7 * k + step) % 12] for step in range(n + 1)) for k, n in enumerate((17, 12, 20))]
    tunes_path = write_tune_texts(*texts)
    script("project_hidden_state").main(
        checkpoint_path=checkpoint_path,
        trajectories_path=trajectories_path,
        tunes_path=tunes_path,
        projections_path=tmp_path / "projections.h5",
    )
    made = read_projections(tmp_path / "projections.h5")
    w = decompose_softmax(checkpoint).w[:, :3]
    states = np.concatenate([trajectory.hidden_state[2] for trajectory in trajectories]).astype(np.float64)
    np.testing.assert_allclose(made.projection["as_trained"], states @ w, atol=1e-12)
    np.testing.assert_array_equal(made.tune_offsets, [0, 17, 29, 49])
    assert made.is_drawn.all()
    assert len(excise_units(checkpoint, 1, [1]).layers) == 3
