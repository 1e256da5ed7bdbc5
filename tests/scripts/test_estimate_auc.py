"""The script estimate_auc."""

import numpy as np
import pandas as pd


def test_each_area_is_the_share_of_pairs_of_drawn_steps(script, projections, projections_path, tmp_path):
    options = {"confidence_level": 0.9, "n_resamples": 200, "rng_seed": 1}
    script("estimate_auc").main(projections_path=projections_path, auc_path=tmp_path / "auc.csv", **options)
    table = pd.read_csv(tmp_path / "auc.csv")
    drawn = projections.is_drawn
    is_end = projections.next_token[drawn] == "</s>"
    for row in table[table["next_token"] == "</s>"].itertuples():
        values = projections.projection[row.decomposition][drawn, row.direction - 1]
        expected = (values[is_end][:, None] > values[~is_end]).mean()
        np.testing.assert_allclose(row.auc, expected)
        assert row.lower <= row.auc <= row.upper
        assert (row.n_events, row.n_steps, row.n_tunes) == (is_end.sum(), 56, 2)
    # This vocabulary has no repeats.
    assert table[table["next_token"] == "|:"]["auc"].isna().all()
