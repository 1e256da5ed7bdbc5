"""The script count_bars, on tunes that were counted by hand."""

import pandas as pd


def test_one_row_a_bar_with_exact_durations(script, write_tune_texts, tmp_path, caplog):
    caplog.set_level("INFO", logger="folkprobe")
    tunes_path = write_tune_texts(
        "<s> M:4/4 K:Cmaj C 8 | C 3/2 D ? | E 8 F | </s>",
        "<s> C 4 | M:3/4 G 6 | </s>",
        first_tune=5,
    )
    paths = {"bars_path": tmp_path / "bars.csv", "output_tunes_path": tmp_path / "tunes.csv"}
    script("count_bars").main(tunes_path=tunes_path, **paths)
    bars = pd.read_csv(tmp_path / "bars.csv", dtype=str, keep_default_na=False)
    columns = ["tune_index", "bar_index", "duration_eighths", "expected_eighths", "verdict", "is_ok", "flags"]
    assert bars[columns].to_numpy().tolist() == [
        ["5", "0", "8", "8", "correct", "True", ""],
        ["5", "1", "5/2", "8", "short", "False", "?: unknown token"],
        ["5", "2", "9", "8", "long", "False", ""],
        ["6", "0", "4", "", "unmeasured", "False", ""],
        ["6", "1", "6", "6", "correct", "True", ""],
    ]
    # From the start of the tune or after a bar token, up to the next bar token.
    assert bars["start"].astype(int).tolist() == [0, 6, 11, 0, 4]
    assert bars["end"].astype(int).tolist() == [5, 10, 14, 3, 7]
    tunes = pd.read_csv(tmp_path / "tunes.csv", dtype=str, keep_default_na=False)
    columns = ["tune_index", "stop_reason", "n_measured_bars", "n_ok_bars", "ok", "wellformed", "wrong_bars"]
    assert tunes[columns].to_numpy().tolist() == [
        ["5", "end_token", "3", "1", "False", "False", "2 3"],
        ["6", "end_token", "1", "1", "True", "True", ""],
    ]
    assert "2 tunes, 5 bars: 1 tunes ok, 1 well formed" in caplog.messages


def test_a_tune_without_bars_leaves_a_table_with_a_header(script, write_tune_texts, tmp_path):
    paths = {"bars_path": tmp_path / "bars.csv", "output_tunes_path": tmp_path / "tunes.csv"}
    script("count_bars").main(tunes_path=write_tune_texts("<s> </s>"), **paths)
    assert (tmp_path / "bars.csv").read_text().splitlines() == [",".join(script("count_bars").BAR_COLUMNS)]
    (tune,) = pd.read_csv(tmp_path / "tunes.csv").to_dict("records")
    assert (tune["n_bars"], tune["wellformed"], pd.isna(tune["ok"])) == (0, True, True)
