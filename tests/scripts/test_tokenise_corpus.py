"""The script tokenise_corpus, on tune books of the test's own."""

import logging

import pytest
from project import ROOT

from folkprobe.refusal import Refusal

VOCABULARY_PATH = ROOT / "resources" / "vocabulary_v2.json"
HEADER = "M:6/8\nL:1/8\nK:G\n"


def test_each_tune_is_written_once_and_each_reason_counted(script, tmp_path, caplog):
    first, second = tmp_path / "first.abc", tmp_path / "second.abc"
    first.write_text(f"X:1\n{HEADER}GAB c3|\n\nX:2\nM:6/8\nK:Hp\nA|\n")
    second.write_text(f"X:1\nT:Another name\n{HEADER}GAB c3||\n\nX:2\n{HEADER}G3|\n\nX:3\nM:9/8\nK:Hp\nA|\n")
    corpus_path = tmp_path / "corpus.txt"
    with caplog.at_level(logging.INFO, logger="folkprobe"):
        script("tokenise_corpus").main(
            vocabulary_path=VOCABULARY_PATH,
            music21_collections=[],
            tune_books_paths=[first, second],
            corpus_path=corpus_path,
        )
    assert corpus_path.read_text() == "M:6/8 K:Cmaj c d e f 3 |\nM:6/8 K:Cmaj c 3 |\n"
    assert "first.abc: 1 tunes, 1 left out" in caplog.messages
    assert "2 distinct tunes, 13 tokens" in caplog.messages
    assert "left out: 1 repeated, 2 untokenised" in caplog.messages
    assert "     2  the key 'Hp' has no tonic" in caplog.messages


def test_nothing_to_tokenise_is_refused_and_nothing_written(script, tmp_path):
    book = tmp_path / "book.abc"
    book.write_text("X:1\nM:6/8\nK:Hp\nA|\n")
    for books in ([book], []):
        with pytest.raises(Refusal, match="no tune could be tokenised"):
            script("tokenise_corpus").main(
                vocabulary_path=VOCABULARY_PATH,
                music21_collections=[],
                tune_books_paths=books,
                corpus_path=tmp_path / "corpus.txt",
            )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.abc"]


def test_collection_that_music21_lacks_is_named(script, tmp_path):
    with pytest.raises(Refusal, match="'oneills1805'"):
        script("tokenise_corpus").main(
            vocabulary_path=VOCABULARY_PATH,
            music21_collections=["oneills1805"],
            tune_books_paths=[],
            corpus_path=tmp_path / "corpus.txt",
        )
