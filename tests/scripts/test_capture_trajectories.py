"""The script capture_trajectories: states of the very replay that generation saw."""

import numpy as np
import pytest
import reference

from folkprobe.music.tunes import write_tunes
from folkprobe.network.sampling import generate_tunes
from folkprobe.network.trajectory import capture_trajectories, steps_of_tune
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.refusal import Refusal


@pytest.fixture
def tunes(checkpoint, request):
    return generate_tunes(checkpoint, rng_seed=1, n_tunes=6, max_steps=15, dtype=request.param, first_tune=5)


@pytest.fixture
def stored(script, checkpoint_path, tunes, tmp_path):
    write_tunes(tunes, tmp_path / "tunes.h5")
    script("capture_trajectories").main(
        checkpoint_path=checkpoint_path,
        tunes_path=tmp_path / "tunes.h5",
        trajectories_path=tmp_path / "trajectories.h5",
        n_tunes=5,
        arrays=["hidden_state", "posterior"],
    )
    with read_trajectories(tmp_path / "trajectories.h5") as stored:
        yield stored


@pytest.mark.parametrize("tunes", ["float64", "float32"], indirect=True)
def test_states_agree_with_a_scalar_loop(checkpoint, tunes, stored):
    assert stored.n_tunes == 5
    for k in range(5):
        steps = reference.run(checkpoint, steps_of_tune(tunes, k))
        assert len(stored.posterior(k)) == len(steps)
        for t, (hidden_state, _, logits) in enumerate(steps):
            for layer in (1, 2, 3):
                assert stored.hidden_state(layer, k)[t] == pytest.approx(hidden_state[layer - 1], abs=1e-5)
            assert stored.posterior(k)[t] == pytest.approx(reference.posterior(logits), abs=1e-5)


@pytest.mark.parametrize("tunes", ["float64", "float32"], indirect=True)
def test_the_replay_has_the_arithmetic_of_generation(checkpoint, tunes, stored):
    def replay(**how):
        steps = [steps_of_tune(tunes, k) for k in range(5)]
        return [t.posterior.astype(np.float32) for t in capture_trajectories(checkpoint, steps, **how)]

    def is_stored(posteriors):
        return all(np.array_equal(stored.posterior(k), posteriors[k]) for k in range(5))

    assert is_stored(replay(dtype=tunes.dtype, first_tune=5))
    other_dtype = {"float32": "float64", "float64": "float32"}[tunes.dtype]
    assert not is_stored(replay(dtype=other_dtype, first_tune=5))


@pytest.mark.parametrize("tunes", ["float64"], indirect=True)
def test_nothing_is_stored_that_was_not_requested(stored):
    with pytest.raises(Refusal, match="no cell_state of layer 1 for tune 0"):
        stored.cell_state(1, 0)
