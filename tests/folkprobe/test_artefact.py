"""Files are whole or absent."""

import pandas as pd
import pytest

from folkprobe.artefact import whole_file, write_table


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
