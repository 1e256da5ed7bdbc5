"""The script plot_bias_correlation."""

import numpy as np
import pandas as pd


def test_the_numbers_beside_the_figure(script, checkpoint, checkpoint_path, tmp_path):
    script("plot_bias_correlation").main(
        checkpoint_path=checkpoint_path,
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
    )
    table = pd.read_csv(tmp_path / "table.csv")
    expected = [np.corrcoef(column, checkpoint.softmax.v)[0, 1] for column in checkpoint.softmax.V.T]
    np.testing.assert_allclose(table["correlation_with_bias"], expected, atol=1e-6)
    assert (tmp_path / "figure.svg").stat().st_size > 0
