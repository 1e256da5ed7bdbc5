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
    # Three directions side by side: all tokens by class, and those at either end, here all of them.
    classes, _, _, ends, _, _ = saved_figures[0].axes
    assert sorted(classes.lines[0].get_xdata()) == sorted(table["u_1_as_trained"])
    rows = [label.get_text() for label in ends.get_yticklabels()]
    falling = table.sort_values("u_1_as_trained", ascending=False)["token"].tolist()
    assert rows == [*falling[:6], "", *falling[6:]]
    assert (tmp_path / "figure.svg").stat().st_size > 0
