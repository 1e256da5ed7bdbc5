"""Hostile files: each is refused in its sentence, quickly, in little memory, and nothing in it is executed."""

import resource
import time

import pytest
from fuzz.hostile import hostile_files

from folkprobe.network.formats import convert_checkpoint
from folkprobe.refusal import Refusal

MEBIBYTE = 2**20


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    return folder, {name: (data, sentence) for name, data, sentence in hostile_files(folder)}


def _names(tmp="/nonexistent"):
    # The names do not depend on where the files are; the HDF5 ones need a place to be made in.
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return [name for name, _, _ in hostile_files(folder)]


@pytest.mark.parametrize("name", _names())
def test_a_hostile_file_is_refused_in_its_sentence(cases, name):
    folder, files = cases
    data, sentence = files[name]
    path = folder / name
    path.write_bytes(data)
    before, start = _peak_bytes(), time.process_time()
    with pytest.raises(Refusal, match=sentence) as refusal:
        convert_checkpoint(path, vocabulary=None)
    elapsed_seconds, grown = time.process_time() - start, _peak_bytes() - before
    path.unlink()
    assert str(path) in str(refusal.value)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 600
    assert not (folder / "executed").exists()
    # A million instructions are looked at, and take their second; a small file takes none.
    assert elapsed_seconds < (1 if len(data) < MEBIBYTE else 5)
    assert grown <= 2 * len(data) + 64 * MEBIBYTE


def _peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
