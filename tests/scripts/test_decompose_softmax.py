"""The script decompose_softmax."""

import numpy as np
import pandas as pd


def test_both_decompositions_with_numpys_singular_values(script, checkpoint, checkpoint_path, tmp_path):
    script("decompose_softmax").main(checkpoint_path=checkpoint_path, directions_path=tmp_path / "directions.csv")
    table = pd.read_csv(tmp_path / "directions.csv")
    V = checkpoint.softmax.V.astype(np.float64)
    for name, matrix in (("as_trained", V), ("gauge_fixed", V - V.mean(axis=0))):
        rows = table[table["decomposition"] == name]
        u, s, w_T = np.linalg.svd(matrix, full_matrices=False)
        np.testing.assert_allclose(rows["singular_value"], s, rtol=1e-12)
        np.testing.assert_allclose(rows["cosine_with_constant"].abs(), np.abs(u.mean(axis=0)) * np.sqrt(12), atol=1e-12)
        np.testing.assert_allclose(rows["largest_entry_of_w"], np.abs(w_T).max(axis=1), rtol=1e-12)
        np.testing.assert_allclose(rows["kurtosis_of_w"], (w_T**4).mean(axis=1) / (w_T**2).mean(axis=1) ** 2)
        assert rows["is_within_rank"].all()
        assert list(rows["direction"]) == [1, 2, 3, 4, 5, 6]
