"""The script plot_variance_shares."""

import pandas as pd


def test_the_numbers_beside_the_figure(script, saved_figures, tmp_path):
    shares = {"decomposition": ["as_trained"] * 2 + ["gauge_fixed"] * 2, "direction": [1, 2, 1, 2]}
    shares |= {"share_of_visible_logits": [0.2, 0.5, 0.75, 0.25]}
    pd.DataFrame(shares).to_csv(tmp_path / "shares.csv", index=False)
    script("plot_variance_shares").main(
        shares_path=tmp_path / "shares.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
    )
    table = pd.read_csv(tmp_path / "table.csv")
    assert table.to_dict("list") == shares
    heights = [bar.get_height() for bar in saved_figures[0].axes[0].patches]
    assert heights == [0.2, 0.5, 0.75, 0.25]
    assert (tmp_path / "figure.svg").stat().st_size > 0
