"""The script plot_power_fraction."""

import pandas as pd


def test_each_layer_has_its_panel_and_the_table_the_order_of_the_picture(script, saved_figures, tmp_path):
    units = pd.DataFrame(
        {
            "layer": [1, 1, 1, 2, 2],
            "unit_index": [0, 3, 4, 1, 2],
            "power_fraction": [0.1, 0.5, 0.1, 0.2, 0.3],
            "selected": [False, True, False, True, True],
        }
    )
    units.to_csv(tmp_path / "units.csv", index=False)
    selection = {
        "layer": [1, 2],
        "power_fraction_above": [0.4, 0.15],
        "flat_power_fraction": [0.0137, 0.02],
        "article_power_fraction_above": [0.05, 0.25],
    }
    pd.DataFrame(selection).to_csv(tmp_path / "selection.csv", index=False)
    script("plot_power_fraction").main(
        units_path=tmp_path / "units.csv",
        selection_path=tmp_path / "selection.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        period_steps=[8.5, 9.5],
    )
    # Of equal units the one with the lower number comes first.
    assert pd.read_csv(tmp_path / "table.csv").equals(units.loc[[1, 0, 2, 4, 3]].reset_index(drop=True))
    first, second = saved_figures[0].axes
    assert first.get_title(loc="left") == "layer 1, 3 units\n1 selected (33.3%)"
    assert second.get_title(loc="left") == "layer 2, 2 units\nall selected"
    assert "8.5 to 9.5 steps" in first.get_ylabel()
    labels = [text.get_text() for ax in (first, second) for text in ax.get_legend().get_texts()]
    assert "threshold 0.4" in labels[:5]
    assert "article's 0.05 selects\n3 of 3 (100.0%)" in labels[:5]
    assert "flat spectrum 0.0137" in labels[:5]
    assert "flat spectrum 0.02" in labels[5:]
    assert "threshold 0.15" in labels[5:]
    assert "article's 0.25 selects\n1 of 2 (50.0%)" in labels[5:]
