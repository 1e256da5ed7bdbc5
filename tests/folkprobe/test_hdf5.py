"""Results are opened, or refused in one sentence that names the rule that makes them."""

import h5py
import pytest

from folkprobe.hdf5 import open_result
from folkprobe.refusal import Refusal


def _read(path):
    with open_result(path, kind="tunes.h5", rule="generate_tunes") as file:
        return int(file.attrs["n_tunes"])


def test_what_is_there_is_read_and_what_is_not_is_refused(tmp_path):
    path = tmp_path / "tunes.h5"
    with pytest.raises(Refusal, match=r"tunes.h5: no such file; the rule generate_tunes makes it"):
        _read(path)
    with h5py.File(path, "w") as file:
        file.attrs["n_tunes"] = 3
    assert _read(path) == 3
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    with pytest.raises(Refusal, match=r"not a whole tunes.h5 .*; delete it, and the rule generate_tunes makes it"):
        _read(path)
    with h5py.File(path, "w"):
        pass
    with pytest.raises(Refusal, match="not a whole tunes.h5"):
        _read(path)
