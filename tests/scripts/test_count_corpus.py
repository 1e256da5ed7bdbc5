"""The committed table of people's tunes is what the rule makes of the corpus."""

import json

import pandas as pd
import pytest
from project import ROOT

from folkprobe.refusal import Refusal


def test_the_committed_table_is_what_the_rules_make(script, tmp_path):
    corpus, table = tmp_path / "corpus.txt", tmp_path / "tunes.csv"
    try:
        script("tokenise_corpus").main(
            vocabulary_path=ROOT / "resources/vocabulary_v2.json",
            music21_collections=["oneills1850", "airdsAirs"],
            tune_books_paths=[],
            corpus_path=corpus,
        )
    except Refusal:
        pytest.skip("SKIPPED: needs the package music21 (extra `train`)")
    script("count_corpus").main(corpus_path=corpus, tunes_path=table)
    assert table.read_bytes() == (ROOT / "resources/training_tunes.csv").read_bytes()


def test_the_committed_table_has_the_columns_that_the_study_needs():
    table = pd.read_csv(ROOT / "resources/training_tunes.csv")
    assert len(table) == 3051
    assert set(table["meter"]) <= set(json.loads((ROOT / "resources/vocabulary_v2.json").read_text(encoding="utf-8")))
    assert (table["n_ok_bars"] <= table["n_measured_bars"]).all()
    assert (table["ok"] == table["first_wrong_bar"].isna()).all()
