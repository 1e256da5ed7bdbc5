"""Hostile files: each is refused in its sentence, in little work and memory, and nothing in it is executed."""

import resource

import pytest
from fuzz.hostile import hostile_files
from fuzz.limits import MAX_EXTRA_BYTES, max_calls
from work import counted_calls

from folkprobe.network.formats import convert_checkpoint, opcode_check
from folkprobe.refusal import Refusal


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
    before = _peak_bytes()
    with pytest.raises(Refusal, match=sentence) as refusal, counted_calls() as calls:
        convert_checkpoint(path, vocabulary=None)
    grown = _peak_bytes() - before
    path.unlink()
    assert str(path) in str(refusal.value)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 600
    assert not (folder / "executed").exists()
    assert 0 < calls.n <= max_calls(len(data))
    assert grown <= 2 * len(data) + MAX_EXTRA_BYTES


def test_of_a_pickle_without_end_a_million_instructions_are_looked_at(monkeypatch):
    n_read = 0

    def counted(stream):
        nonlocal n_read
        for instruction in genops(stream):
            n_read += 1
            yield instruction

    genops = opcode_check.pickletools.genops
    monkeypatch.setattr(opcode_check.pickletools, "genops", counted)
    with pytest.raises(Refusal, match="more than 1000000 pickle instructions"):
        opcode_check.check_opcodes(b"\x80\x02" + b"N0" * 1_000_000 + b"}.")
    assert n_read == 1_000_001


def _peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
