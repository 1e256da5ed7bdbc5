"""The script plot_pushed_posteriors."""

import numpy as np
import pandas as pd

from folkprobe.network.softmax import decompose_softmax


def test_the_numbers_beside_the_figure(script, saved_figures, checkpoint, checkpoint_path, tmp_path):
    script("plot_pushed_posteriors").main(
        checkpoint_path=checkpoint_path,
        decomposition="gauge_fixed",
        n_top_tokens=2,
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
    )
    table = pd.read_csv(tmp_path / "table.csv")
    place = [checkpoint.vocabulary.index(token) for token in table["token"]]
    w = decompose_softmax(checkpoint, gauge_fixed=True).w[:, 1]
    logits = checkpoint.softmax.v - checkpoint.softmax.V.astype(np.float64) @ w
    expected = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(table["v-s2u2"], expected[place], rtol=1e-6)
    np.testing.assert_allclose(table.drop(columns=["token", "token_class"]).sum(), 1)
    # The two likeliest tokens of each distribution have rows, the others one together.
    columns = table.drop(columns=["token", "token_class"])
    top = {table["token"][row] for name in columns for row in columns[name].nlargest(2).index}
    *rows, others = (label.get_text() for label in saved_figures[0].axes[0].get_yticklabels())
    assert set(rows) == top
    assert others == f"{12 - len(top)} others"
    assert (tmp_path / "figure.svg").stat().st_size > 0
