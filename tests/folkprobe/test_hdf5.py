"""Results are opened, or refused in one sentence that names the rule that makes them."""

import errno
import fcntl

import h5py
import numpy as np
import pytest
from project import ROOT

from folkprobe import hdf5
from folkprobe.hdf5 import open_file, open_result, write_result
from folkprobe.refusal import Refusal


def _read(path):
    with open_result(path, kind="tunes.h5", maker="the rule generate_tunes") as file:
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
    with pytest.raises(
        Refusal, match=r"not a complete tunes.h5 .*; delete it, and the rule generate_tunes rebuilds it"
    ):
        _read(path)
    with h5py.File(path, "w"):
        pass
    with pytest.raises(Refusal, match="not a complete tunes.h5"):
        _read(path)


def test_the_places_of_many_things_are_not_all_kept_in_memory(tmp_path):
    path = tmp_path / "many.h5"
    with write_result(path) as file:
        for k in range(4000):
            file.create_dataset(f"{k}/a/b", data=[k])
    with open_file(path) as file:
        for k in range(4000):
            assert file[f"{k}/a/b"][0] == k
        assert file.id.get_mdc_size()[0] <= 2**21


def test_damage_is_found_before_anything_is_read(tmp_path):
    path = tmp_path / "tunes.h5"
    with write_result(path) as file:
        file.attrs["n_tunes"] = 3
        file["numbers"] = range(1000)
    assert _read(path) == 3
    whole = path.read_bytes()
    for position in range(0, len(whole) - 81, 499):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        with pytest.raises(Refusal, match=r"damaged since it was written; delete it, and the rule gen"):
            _read(path)


def _written(path):
    with write_result(path) as file:
        file.attrs["n_tunes"] = 3
        file["numbers"] = range(1000)
    return path


def test_a_result_is_read_without_a_lock(tmp_path):
    """As on a file system that grants none; here another process holds it."""
    path = _written(tmp_path / "tunes.h5")
    with path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(OSError, match="unable to lock file"):
            h5py.File(path, locking=True)
        assert _read(path) == 3
        with open_file(path) as file:
            assert file["numbers"][7] == 7


def test_every_reader_opens_files_in_one_place():
    calls = [path.name for path in (ROOT / "folkprobe").rglob("*.py") if "h5py.File(" in path.read_text("utf-8")]
    assert calls == ["hdf5.py"]


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EIO, errno.ESTALE, errno.EACCES])
@pytest.mark.parametrize("sealed", [True, False])
def test_a_file_that_cannot_be_read_is_not_called_damaged(tmp_path, monkeypatch, number, sealed):
    path = _written(tmp_path / "tunes.h5")
    if not sealed:
        path.write_bytes(path.read_bytes()[:-81])

    def fail(*arguments, **options):
        raise OSError(number, "unable to lock file")

    monkeypatch.setattr(hdf5.h5py, "File", fail)
    with pytest.raises(Refusal, match=r"tunes.h5: cannot be read, whatever .*LOCKING=FALSE and try") as refusal:
        _read(path)
    assert "delete" not in str(refusal.value)
    monkeypatch.setattr(hdf5, "seal_holds", fail)
    with pytest.raises(Refusal, match="cannot be read, whatever is in it"):
        _read(path)


def test_a_whole_file_of_another_kind_is_neither_damaged_nor_to_be_deleted(tmp_path):
    path = tmp_path / "tunes.h5"
    with write_result(path):
        pass
    with pytest.raises(Refusal, match=r"whole, but not a complete tunes.h5 .*; the rule generate_tunes makes one$"):
        _read(path)


class _FullDisk:
    """Takes some bytes and no more."""

    def __init__(self, file, n_bytes):
        self.file, self.left = file, n_bytes

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, data):
        self.left -= len(data)
        if self.left < 0:
            raise OSError(errno.ENOSPC, "full")
        return self.file.write(data)


@pytest.mark.parametrize("n_bytes", [0, 100, 3000, 20000])
def test_a_full_disk_is_one_error_and_leaves_no_file(tmp_path, monkeypatch, n_bytes):
    monkeypatch.setattr(hdf5, "_Disk", lambda file: _DISK(_FullDisk(file, n_bytes)))

    def write():
        with write_result(tmp_path / "a.h5") as file:
            for k in range(300):
                file.create_dataset(f"x{k}", data=np.full(100, k), chunks=(100,))

    with pytest.raises(OSError, match="full") as error:
        write()
    assert error.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []


_DISK = hdf5._Disk
