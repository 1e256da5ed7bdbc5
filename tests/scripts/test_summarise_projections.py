"""The script summarise_projections."""

import numpy as np
import pandas as pd


def test_groups_of_steps_and_shares(script, checkpoint_path, projections, projections_path, tmp_path):
    script("summarise_projections").main(
        checkpoint_path=checkpoint_path,
        projections_path=projections_path,
        summary_path=tmp_path / "summary.csv",
        shares_path=tmp_path / "shares.csv",
    )
    summary, shares = pd.read_csv(tmp_path / "summary.csv"), pd.read_csv(tmp_path / "shares.csv")
    values = projections.projection["gauge_fixed"][:, 1]
    rows = summary[(summary["decomposition"] == "gauge_fixed") & (summary["direction"] == 2)].set_index("next_token")
    assert rows.loc["any token", "n"] == 60
    pitches = np.isin(projections.next_token, ["C", "D", "E", "z", "G", "A"]) & projections.is_drawn
    assert rows.loc["pitch", "n"] == pitches.sum()
    np.testing.assert_allclose(rows.loc["pitch", "mean"], values[pitches].mean())
    ends = (projections.next_token == "</s>") & projections.is_drawn
    assert rows.loc["</s>", "n"] == ends.sum()
    by_decomposition = shares.groupby("decomposition")["share_of_visible_logits"].sum()
    np.testing.assert_allclose(by_decomposition["gauge_fixed"], 1)
