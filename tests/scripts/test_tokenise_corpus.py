"""The script tokenise_corpus, on tune books of the test's own."""

import importlib.util
import logging
from pathlib import Path

import pytest

from folkprobe.refusal import Refusal

ROOT = Path(__file__).parents[2]
VOCABULARY_PATH = ROOT / "resources" / "vocabulary_v2.json"
HEADER = "M:6/8\nL:1/8\nK:G\n"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("tokenise_corpus", ROOT / "workflow/scripts/tokenise_corpus.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_tune_is_written_once_and_each_reason_counted(script, tmp_path, caplog):
    first, second = tmp_path / "first.abc", tmp_path / "second.abc"
    first.write_text(f"X:1\n{HEADER}GAB c3|\n\nX:2\nM:6/8\nK:Hp\nA|\n")
    second.write_text(f"X:1\nT:Another name\n{HEADER}GAB c3||\n\nX:2\n{HEADER}G3|\n\nX:3\nM:9/8\nK:Hp\nA|\n")
    corpus_path = tmp_path / "corpus.txt"
    with caplog.at_level(logging.INFO, logger="folkprobe"):
        script.main(
            vocabulary_path=VOCABULARY_PATH,
            music21_collections=[],
            tune_book_paths=[first, second],
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
            script.main(
                vocabulary_path=VOCABULARY_PATH,
                music21_collections=[],
                tune_book_paths=books,
                corpus_path=tmp_path / "corpus.txt",
            )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.abc"]


def test_collection_that_music21_lacks_is_named(script, tmp_path):
    with pytest.raises(Refusal, match="'oneills1805'"):
        script.main(
            vocabulary_path=VOCABULARY_PATH,
            music21_collections=["oneills1805"],
            tune_book_paths=[],
            corpus_path=tmp_path / "corpus.txt",
        )


def test_training_config_names_every_setting_and_no_other():
    yaml = pytest.importorskip("yaml")
    training = pytest.importorskip("folkprobe.network.training", reason="PyTorch is not installed (extra `train`)")
    config = yaml.safe_load((ROOT / "config" / "training.yaml").read_text(encoding="utf-8"))
    assert set(config["model"]) == set(training.TrainingSettings.__dataclass_fields__)
