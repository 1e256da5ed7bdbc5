"""The script compute_claims_part3."""

import json

import numpy as np
import pandas as pd

from folkprobe.network.softmax import decompose_softmax
from folkprobe.network.trajectory import capture_trajectory
from folkprobe.network.trajectory_file import write_trajectories


def test_values_stand_by_claim_and_those_of_an_open_sign_under_both(
    script, checkpoint, checkpoint_path, projections_path, write_tune_texts, tmp_path
):
    auc = {
        "decomposition": ["as_trained", "gauge_fixed"],
        "direction": [1, 1],
        "next_token": ["|:", "|:"],
        "auc": [0.1, 0.7],
        "lower": [0, 0.6],
        "upper": [0.2, 0.8],
    }
    pd.DataFrame(auc).to_csv(tmp_path / "auc.csv", index=False)
    tokens = ["<s>", "M:4/4", "K:Cmaj", "C", "2", "D", "|", "E", "G", "A", "A"]
    captured = [capture_trajectory(checkpoint, tokens[:n]) for n in (5, len(tokens))]
    write_trajectories(checkpoint, iter(captured), tmp_path / "trajectories.h5")
    (tmp_path / "vocabulary.json").write_text(json.dumps([*checkpoint.vocabulary[:-1], "other"]))
    script("compute_claims_part3").main(
        checkpoint_path=checkpoint_path,
        projections_path=projections_path,
        auc_path=tmp_path / "auc.csv",
        trajectories_path=tmp_path / "trajectories.h5",
        tunes_path=write_tune_texts(" ".join(tokens[:6]), " ".join([*tokens, "</s>"])),
        vocabulary_path=tmp_path / "vocabulary.json",
        claims_path=tmp_path / "claims.csv",
        tune_index=1,
    )
    table = pd.read_csv(tmp_path / "claims.csv", keep_default_na=False)
    assert table["claim"].is_monotonic_increasing
    claims = table.set_index(["claim", "quantity"])
    mean = decompose_softmax(checkpoint).u[[4, 5, 6, 9, 10, 11], 1].mean()
    key = ("p3.num.w2effect", "mean entry of pitch tokens in u_2")
    np.testing.assert_allclose(float(claims.loc[key, "value"]), mean)
    np.testing.assert_allclose(float(claims.loc[key, "value_opposite_sign"]), -mean)
    assert claims.loc[("p3.num.s1", "s_1"), "value_opposite_sign"] == ""
    assert float(claims.loc[("p3.q.exploit", "auc of h . w_1 before |:"), "value"]) == 0.1
    assert float(claims.loc[("x.p1.vocab", "places with another token than printed"), "value"]) == 1
    for quantity in ("h from the equations", "p from softmax(V h + v)"):
        assert float(claims.loc[("x.p2.eq", f"largest difference of {quantity}"), "value"]) < 1e-5
