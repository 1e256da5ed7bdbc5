"""The script plot_unit_directions."""

import numpy as np
import pandas as pd

from folkprobe.network.softmax import decompose_softmax


def test_the_numbers_beside_the_figure(script, checkpoint, checkpoint_path, tmp_path):
    script("plot_unit_directions").main(
        checkpoint_path=checkpoint_path,
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
    )
    table = pd.read_csv(tmp_path / "table.csv")
    np.testing.assert_array_equal(table["unit_index"], range(6))
    np.testing.assert_allclose(table["w_3_as_trained"], decompose_softmax(checkpoint).w[:, 2], rtol=1e-12)
    np.testing.assert_allclose(table["w_1_gauge_fixed"], decompose_softmax(checkpoint, gauge_fixed=True).w[:, 0])
    assert (tmp_path / "figure.svg").stat().st_size > 0
