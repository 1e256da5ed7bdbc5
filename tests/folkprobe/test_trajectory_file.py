"""The trajectories file."""

import numpy as np
import pytest
from networks import VOCABULARY

from folkprobe.network.excision import excise_units
from folkprobe.network.trajectory import capture_trajectories
from folkprobe.network.trajectory_file import read_trajectories, write_trajectories
from folkprobe.refusal import Refusal

SEQUENCES = [np.array([VOCABULARY.index(token) for token in tune]) for tune in (["<s>", "C"], ["<s>", "D", "|", "E"])]


@pytest.mark.parametrize("excised", [[], [1, 3], range(5)], ids=["intact", "some", "all of layer 1"])
def test_what_is_written_is_read(tmp_path, checkpoint, excised):
    checkpoint = excise_units(checkpoint, 1, excised)
    captured = list(capture_trajectories(checkpoint, SEQUENCES))
    assert write_trajectories(checkpoint, iter(captured), tmp_path / "a.h5") == 2
    with read_trajectories(tmp_path / "a.h5") as stored:
        assert (stored.n_tunes, stored.n_layers) == (2, 3)
        for k, trajectory in enumerate(captured):
            assert np.array_equal(stored.posterior(k), trajectory.posterior.astype(np.float32))
            for number, hidden_state in enumerate(trajectory.hidden_state, start=1):
                assert np.array_equal(stored.hidden_state(number, k), hidden_state.astype(np.float32))
                assert np.array_equal(stored.unit_index(number), checkpoint.layers[number - 1].unit_index)


def test_cell_states_and_gates_are_written_where_they_are_requested(tmp_path, checkpoint):
    captured = list(capture_trajectories(checkpoint, SEQUENCES, arrays=["cell_state", "gates"]))
    write_trajectories(checkpoint, iter(captured), tmp_path / "a.h5")
    with read_trajectories(tmp_path / "a.h5") as stored:
        for number in (1, 2, 3):
            for name in ("cell_state", "gates"):
                found = getattr(stored, name)(number, 1)
                assert np.array_equal(found, getattr(captured[1], name)[number - 1].astype(np.float32))
        with pytest.raises(Refusal, match="no hidden_state of layer 2 for tune 0"):
            stored.hidden_state(2, 0)


def test_the_same_trajectories_give_the_same_bytes(tmp_path, checkpoint):
    for name in ("a.h5", "b.h5"):
        write_trajectories(checkpoint, capture_trajectories(checkpoint, SEQUENCES), tmp_path / name)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_files_that_are_no_trajectories_are_refused(tmp_path):
    for sentence in ("no such file", "not a complete trajectories.h5"):
        with pytest.raises(Refusal, match=sentence), read_trajectories(tmp_path / "a.h5"):
            pass
        (tmp_path / "a.h5").write_bytes(b"no HDF5")
