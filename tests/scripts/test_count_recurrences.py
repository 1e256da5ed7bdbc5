"""The script count_recurrences."""

import pandas as pd


def test_intervals_and_phrases_of_the_tokens_that_were_read(script, shown_tunes_path, tmp_path):
    script("count_recurrences").main(
        tunes_path=shown_tunes_path,
        recurrences_path=tmp_path / "recurrences.csv",
        phrases_path=tmp_path / "phrases.csv",
        tune_index=2,
    )
    recurrences = pd.read_csv(tmp_path / "recurrences.csv").set_index(["kind", "name", "interval_steps"])["n_times"]
    # C 2 D | four times: every token comes back after 4 steps, three times.
    assert recurrences.loc[("class", "bar", 4)] == 3
    assert recurrences.loc[("token", "C", 4)] == 3
    phrases = pd.read_csv(tmp_path / "phrases.csv")
    assert phrases.loc[0, ["first_step", "lag_steps", "n_tokens"]].tolist() == [3, 4, 12]
    assert phrases.loc[0, "phrase"] == "C 2 D | C 2 D | C 2 D |"
