"""The script answer_count_questions."""

import pandas as pd

from folkprobe.claims.count_answers import CLAIMS


def test_without_results_every_question_is_open(script, tmp_path):
    columns = {
        "interchange": ["layers", "set", "n_units", "rank", "mode", "donor", "shift", "lower", "upper"],
        "phase_response": ["perturbation", "elapsed_eighths", "quantity", "estimate", "lower", "upper"],
        "clock_summary": ["state", "clock", "beyond_null", "lower", "upper"],
    }
    # An answered one: layer 1 holds all of the count, and says so in words that name the interval.
    held = [("1", "all", 4, None, "holds", "other_count", 0.95, 0.92, 0.99)]
    held += [(layer, "all", 4, None, "holds", "other_count", 0.0, -0.01, 0.01) for layer in "23"]
    for name, named in columns.items():
        pd.DataFrame(held if name == "interchange" else [], columns=named).to_csv(tmp_path / f"{name}.csv", index=False)
    files = {
        "tables_paths": [tmp_path / f"{name}.csv" for name in columns],
        "answers_path": tmp_path / "answers.csv",
        "claims_path": tmp_path / "claims.csv",
    }
    script("answer_count_questions").main(**files, has_claims=False)
    assert len(pd.read_csv(tmp_path / "claims.csv")) == 0
    script("answer_count_questions").main(**files, has_claims=True)
    answers = pd.read_csv(tmp_path / "answers.csv").set_index("question")
    assert list(answers.index) == list(CLAIMS)
    assert answers["is_answered"].to_dict() == dict.fromkeys(CLAIMS, False) | {"holders": True}
    claims = pd.read_csv(tmp_path / "claims.csv")
    assert claims[["claim", "quantity"]].to_numpy().tolist() == [["p7.q.L1role", "answer"]]
    assert claims["value"][0] == answers.loc["holders", "sentence"]
    assert "layer 1 holds all of it, 0.95 [0.92, 0.99]" in claims["value"][0]
