"""The script compare_interventions."""

import numpy as np
import pandas as pd

INTACT = {"condition": "intact"}
REMOVAL = {"edit": "remove", "direction": 1, "gauge_fixed": False, "keep_mean": True, "alpha": None}


def test_each_condition_against_intact_and_its_own_controls(script, write_tune_texts, tmp_path):
    def files(name, *texts):
        folder = tmp_path / name
        folder.mkdir()
        write_tune_texts(*texts).rename(folder / "tunes.h5")
        verdicts = {"tune_index": [0, 1], "verdict": ["correct", "short"], "is_ok": [True, name != "intact"]}
        pd.DataFrame(verdicts).to_csv(folder / "bars.csv", index=False)
        return folder

    # Two tunes each: 2 of 8 tokens are pitches; then 4 of 8; of two controls, 6 of 16 together.
    texts = {
        "intact": ("C | | |", "D | | |"),
        "w1_removed": ("C C | |", "D D | |"),
        "control_1": ("C | | |", "D | | |"),
        "control_2": ("C C | |", "D D | |"),
        "other": ("C C C C", "D D D D"),
    }
    folders = [files(name, *pair) for name, pair in texts.items()]
    conditions = [INTACT] + [
        {"condition": name, "control_rng_seed": seed} | REMOVAL | changed
        for name, seed, changed in (
            ("w1_removed", None, {}), ("control_1", 1, {}), ("control_2", 2, {}), ("other", None, {"direction": 2})
        )
    ]  # fmt: skip
    script("compare_interventions").main(
        tunes_paths=[folder / "tunes.h5" for folder in folders],
        bars_paths=[folder / "bars.csv" for folder in folders],
        effects_path=tmp_path / "effects.csv",
        conditions=conditions,
        confidence_level=0.95,
        n_resamples=100,
        rng_seed=0,
    )
    effects = pd.read_csv(tmp_path / "effects.csv")
    pitch = effects[effects["outcome"] == "share of pitch tokens"].set_index(["condition", "reference"])["difference"]
    np.testing.assert_allclose(pitch["w1_removed", "intact"], 0.25)
    np.testing.assert_allclose(pitch["w1_removed", "matched random directions"], 4 / 8 - 6 / 16)
    assert set(pitch["control_1"].index) == set(pitch["other"].index) == {"intact"}
    correct = effects[(effects["outcome"] == "share of correct bars") & (effects["condition"] == "other")]
    np.testing.assert_allclose(correct["difference"], 0.5)


def test_a_study_without_interventions_has_an_empty_table(script, write_tune_texts, tmp_path):
    pd.DataFrame({"tune_index": [0], "verdict": ["correct"], "is_ok": [True]}).to_csv(tmp_path / "b.csv", index=False)
    script("compare_interventions").main(
        tunes_paths=[write_tune_texts("C | C")],
        bars_paths=[tmp_path / "b.csv"],
        effects_path=tmp_path / "effects.csv",
        conditions=[INTACT],
        confidence_level=0.95,
        n_resamples=100,
        rng_seed=0,
    )
    assert pd.read_csv(tmp_path / "effects.csv").empty
