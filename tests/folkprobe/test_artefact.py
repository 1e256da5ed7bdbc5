"""Files are whole or absent."""

import errno

import pandas as pd
import pytest

from folkprobe.artefact import is_sealed, seal, whole_file, write_table


def test_the_final_name_appears_only_at_the_end(tmp_path):
    path = tmp_path / "a.csv"
    with whole_file(path) as temporary:
        temporary.write_text("new")
        assert temporary.suffix == ".csv"
        assert not path.exists()
    assert path.read_text() == "new"
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_a_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("old")

    def fail():
        with whole_file(path) as temporary:
            temporary.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_tables_have_unix_line_ends_and_no_index(tmp_path):
    write_table(pd.DataFrame({"a": [1, 2]}), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == b"a\n1\n2\n"


def test_a_seal_holds_until_a_byte_changes(tmp_path):
    path = tmp_path / "a.h5"
    path.write_bytes(b"content")
    assert not is_sealed(path.read_bytes())
    seal(path)
    data = path.read_bytes()
    assert is_sealed(data)
    assert data.startswith(b"content")
    for position in range(len(data)):
        assert not is_sealed(data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :])
        assert not is_sealed(data[:position])
    assert not is_sealed(data + b"x")


def test_nothing_can_be_sealed(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    seal(tmp_path / "a")
    assert is_sealed((tmp_path / "a").read_bytes())
    assert not is_sealed(b"")


def test_what_a_killed_writer_left_is_removed_and_a_living_writers_file_is_not(tmp_path):
    path = tmp_path / "a.csv"
    (tmp_path / ".a.01234567.csv").write_text("left")
    with whole_file(path) as first:
        first.write_text("first")
        with whole_file(path) as second:
            second.write_text("second")
        assert sorted(tmp_path.iterdir()) == [first, path]
        assert path.read_text() == "second"
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_names_the_file_and_a_read_that_fails_does_not(tmp_path):
    for code, name in ((errno.ENOSPC, str(tmp_path / "a.csv")), (errno.EIO, None)):
        with pytest.raises(OSError, match="words") as error, whole_file(tmp_path / "a.csv"):
            raise OSError(code, "words")
        assert error.value.filename == name
