"""The script plot_posterior."""

import numpy as np
import pandas as pd
import pytest


@pytest.mark.parametrize("probability_above", [0.3, 1.0])
def test_likely_tokens_have_rows_and_all_are_in_the_table(
    script, trajectories, trajectories_path, shown_tunes_path, saved_figures, tmp_path, probability_above
):
    script("plot_posterior").main(
        trajectories_path=trajectories_path,
        tunes_path=shown_tunes_path,
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        tune_index=2,
        probability_above=probability_above,
    )
    posterior = trajectories[2].posterior
    table = pd.read_csv(tmp_path / "table.csv")
    tokens = ["<s>", "M:4/4", "K:Cmaj", *["C", "2", "D", "|"] * 4, "E", "F"]
    assert table["token_read"].tolist() == tokens[:20]
    assert table["token_drawn"].tolist() == tokens[1:21]
    vocabulary = list(table.columns[3:])
    assert np.allclose(table[vocabulary], posterior, atol=1e-6)
    ax = saved_figures[0].axes[0]
    labels = [label.get_text() for label in ax.get_yticklabels()]
    largest = dict(zip(vocabulary, posterior.max(axis=0), strict=True))
    expected = {token for token in vocabulary if largest[token] >= probability_above}
    # Of a network that is sure of nothing, the ten likeliest.
    expected |= set(sorted(vocabulary, key=largest.get)[-10:])
    assert set(labels) == expected
    image = ax.images[0].get_array()
    for row, label in enumerate(labels):
        assert np.allclose(image[row], posterior[:, vocabulary.index(label)])
    # At each step, a dot on the token that was drawn next.
    drawn = {int(step): labels[int(row)] for step, row in ax.get_lines()[0].get_xydata()}
    assert drawn == {step: token for step, token in enumerate(tokens[1:21]) if token in expected}
