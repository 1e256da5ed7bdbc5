"""The script plot_token_directions."""

import numpy as np
import pandas as pd

from folkprobe.network.softmax import decompose_softmax


def test_the_numbers_beside_the_figure(script, saved_figures, checkpoint, checkpoint_path, tmp_path):
    script("plot_token_directions").main(
        checkpoint_path=checkpoint_path,
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
    )
    table = pd.read_csv(tmp_path / "table.csv")
    place = [checkpoint.vocabulary.index(token) for token in table["token"]]
    assert sorted(place) == list(range(12))
    np.testing.assert_allclose(table["u_2_as_trained"], decompose_softmax(checkpoint).u[place, 1], rtol=1e-12)
    # Half of the tokens in each block of rows, three directions side by side.
    assert len(saved_figures[0].axes) == 6
    rows = [label.get_text() for label in saved_figures[0].axes[3].get_yticklabels()]
    assert rows == table["token"].tolist()[6:]
    assert (tmp_path / "figure.svg").stat().st_size > 0
