"""The script count_recurrences, on a tune that was counted by hand."""

import pandas as pd


def test_intervals_and_phrases_of_the_tokens_that_were_read(script, write_tune_texts, tmp_path):
    # The last C was drawn and not read.
    tunes_path = write_tune_texts("<s> E E E E E </s>", "<s> M:4/4 K:Cmaj C 2 D | C 2 D | C")
    script("count_recurrences").main(
        tunes_path=tunes_path,
        recurrences_path=tmp_path / "recurrences.csv",
        phrases_path=tmp_path / "phrases.csv",
        tune_index=1,
    )
    recurrences = pd.read_csv(tmp_path / "recurrences.csv")
    assert recurrences.to_numpy().tolist() == [
        ["class", "bar", 4, 1],
        ["class", "duration", 4, 1],
        ["class", "pitch", 2, 3],
        ["token", "2", 4, 1],
        ["token", "C", 4, 1],
        ["token", "D", 4, 1],
        ["token", "|", 4, 1],
    ]
    assert list(recurrences.columns) == ["kind", "name", "interval_steps", "n_times"]
    phrases = pd.read_csv(tmp_path / "phrases.csv")
    assert phrases.to_dict("records") == [
        {"first_step": 3, "again_step": 7, "lag_steps": 4, "n_tokens": 4, "phrase": "C 2 D |"}
    ]


def test_a_tune_in_which_nothing_comes_back_leaves_tables_with_headers(script, write_tune_texts, tmp_path):
    script("count_recurrences").main(
        tunes_path=write_tune_texts("<s> C </s>"),
        recurrences_path=tmp_path / "recurrences.csv",
        phrases_path=tmp_path / "phrases.csv",
        tune_index=0,
    )
    assert (tmp_path / "recurrences.csv").read_text() == "kind,name,interval_steps,n_times\n"
    assert (tmp_path / "phrases.csv").read_text() == "first_step,again_step,lag_steps,n_tokens,phrase\n"
