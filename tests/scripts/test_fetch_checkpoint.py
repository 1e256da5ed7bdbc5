"""The script fetch_checkpoint."""

import pytest

from folkprobe.refusal import Refusal

CONTENT = b"hello\n"
GIT_BLOB_ID = "ce013625030ba8dba906f756967f9e9ca394464a"  # git hash-object


@pytest.mark.parametrize("git_blob_id", [GIT_BLOB_ID, None])
def test_the_content_is_brought_as_it_is(script, tmp_path, git_blob_id):
    (tmp_path / "mine.pkl").write_bytes(CONTENT)
    script("fetch_checkpoint").main(
        source_path=tmp_path / "checkpoint.pkl",
        given_path=tmp_path / "mine.pkl",
        source="mine.pkl",
        git_blob_id=git_blob_id,
    )
    assert (tmp_path / "checkpoint.pkl").read_bytes() == CONTENT


def test_another_content_is_refused_and_nothing_written(script, tmp_path):
    (tmp_path / "mine.pkl").write_bytes(CONTENT + b"!")
    with pytest.raises(Refusal, match=GIT_BLOB_ID):
        script("fetch_checkpoint").main(
            source_path=tmp_path / "checkpoint.pkl",
            given_path=tmp_path / "mine.pkl",
            source="mine.pkl",
            git_blob_id=GIT_BLOB_ID,
        )
    assert [path.name for path in tmp_path.iterdir()] == ["mine.pkl"]
