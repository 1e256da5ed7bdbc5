"""The script plot_singular_values."""

import numpy as np
import pandas as pd


def test_the_numbers_beside_the_figure(script, saved_figures, tmp_path):
    rows = {"decomposition": ["as_trained"] * 2 + ["gauge_fixed"] * 2, "direction": [1, 2] * 2}
    rows |= {"singular_value": [3.0, 1, 2, 1], "cosine_with_constant": [-0.5, 0, 0, 0], "other": 1}
    pd.DataFrame(rows).to_csv(tmp_path / "directions.csv", index=False)
    script("plot_singular_values").main(
        directions_path=tmp_path / "directions.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
    )
    table = pd.read_csv(tmp_path / "table.csv")
    np.testing.assert_array_equal(table["singular_value"], [3, 1, 2, 1])
    labels = [text.get_text() for text in saved_figures[0].axes[0].get_legend().get_texts()]
    assert labels[0].startswith("as trained: s₁ = 3, of which the softmax ignores 25%")
    assert (tmp_path / "figure.svg").stat().st_size > 0
