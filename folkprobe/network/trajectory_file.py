"""The file that holds trajectories."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import h5py
import hdf5plugin
import numpy as np

from folkprobe.hdf5 import open_file, open_result, write_result
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.trajectory import Trajectory
from folkprobe.refusal import Refusal


@dataclass(frozen=True)
class StoredTrajectories:
    """An open `trajectories.h5`."""

    _file: h5py.File
    n_tunes: int
    n_layers: int

    def hidden_state(self, layer: int, k: int) -> np.ndarray:
        """Return float32 hidden states, shape (n_steps, n_units), of a layer, from 1, for the tune at position k."""
        return self._array("hidden_state", layer, k)

    def cell_state(self, layer: int, k: int) -> np.ndarray:
        """Return cell states as `hidden_state`; a Refusal where they were not captured."""
        return self._array("cell_state", layer, k)

    def gates(self, layer: int, k: int) -> np.ndarray:
        """Return float32 gates, shape (n_steps, 4, n_units): input, forget, cell, output; else as `cell_state`."""
        return self._array("gates", layer, k)

    def _array(self, name: str, layer: int, k: int) -> np.ndarray:
        dataset = self._file.get(f"tunes/{k}/{name}/{layer}")
        if dataset is None:
            raise Refusal(
                f"{self._file.filename}: no {name} of layer {layer} for tune {k}; name it in trajectories.arrays"
            )
        return dataset[()]

    def posterior(self, k: int) -> np.ndarray:
        """Return the float32 posterior, shape (n_steps, n_vocabulary), of the tune at position k."""
        return self._file[f"tunes/{k}/posterior"][()]

    def unit_index(self, layer: int) -> np.ndarray:
        """Return the original unit numbers, shape (n_units,), of the columns of a layer, counted from 1."""
        return self._file[f"unit_index/{layer}"][()]


def write_trajectories(checkpoint: Checkpoint, trajectories: Iterator[Trajectory], path: Path | str) -> int:
    """Write a `trajectories.h5` atomically: what each trajectory holds, float32, one chunk a tune and array.

    Parameters
    ----------
    checkpoint : Checkpoint
        Has the numbers of the units.
    trajectories : iterator of Trajectory
        Written one by one as they come.
    path : Path or str

    Returns
    -------
    int
        How many tunes were written.
    """
    n_tunes = 0
    with write_result(path) as file:
        for number, layer in enumerate(checkpoint.layers, start=1):
            file[f"unit_index/{number}"] = layer.unit_index
        for k, trajectory in enumerate(trajectories):
            for name in ("hidden_state", "cell_state", "gates"):
                for number, array in enumerate(getattr(trajectory, name) or (), start=1):
                    _write_array(file, f"tunes/{k}/{name}/{number}", array)
            if trajectory.posterior is not None:
                _write_array(file, f"tunes/{k}/posterior", trajectory.posterior)
            n_tunes = k + 1
        file.attrs["n_tunes"] = n_tunes
        file.attrs["n_layers"] = len(checkpoint.layers)
    return n_tunes


def _write_array(file: h5py.File, name: str, array: np.ndarray) -> None:
    data = array.astype(np.float32)
    # A layer without units has no chunk to compress. Bitshuffle + lz4: gzip takes 20 to 40 times as long to write.
    filters = {"chunks": data.shape, **hdf5plugin.Bitshuffle(cname="lz4")} if data.size else {}
    file.create_dataset(name, data=data, **filters)


@contextmanager
def read_trajectories(path: Path | str) -> Iterator[StoredTrajectories]:
    """Open a `trajectories.h5`, or raise a Refusal if it is missing or incomplete; arrays are read on access."""
    with open_result(path, kind="trajectories.h5", maker="the rule capture_trajectories") as file:
        n_tunes, n_layers = int(file.attrs["n_tunes"]), int(file.attrs["n_layers"])
    # Opened again: errors in the caller's block must not be reported as the file's.
    with open_file(path) as file:
        yield StoredTrajectories(file, n_tunes, n_layers)
