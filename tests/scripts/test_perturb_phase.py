"""The script perturb_phase; `test_counting_answers` has what it finds in networks whose mechanism is known."""

import logging

import pandas as pd


def test_where_it_is_undefined_the_table_is_empty_and_the_log_says_why(
    script, checkpoint_path, write_tune_texts, tmp_path, caplog
):
    with caplog.at_level(logging.WARNING):
        script("perturb_phase").main(
            checkpoint_path=checkpoint_path,
            tunes_path=write_tune_texts("<s> M:3/4 C D | C D |"),
            phase_response_path=tmp_path / "phase_response.csv",
            elapsed_eighths=[1, 6],
            n_sites_per_count=20,
            n_eighths=10,
            n_omitted_bars=3,
            added_tokens=["2"],
            rng_seed=1,
            n_resamples=99,
            confidence_level=0.95,
        )
    table = pd.read_csv(tmp_path / "phase_response.csv")
    assert len(table) == 0
    assert "estimate" in table
    assert [name in caplog.text for name in ("insert", "omit", "substitute")] == [True] * 3
