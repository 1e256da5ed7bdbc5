"""The script plot_count_holders."""

import pandas as pd


def _plot(script, tmp_path, rows, layers=("1", "1+2")):
    columns = ["layers", "set", "n_units", "rank", "mode", "donor", "shift", "lower", "upper"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "interchange.csv", index=False)
    script("plot_count_holders").main(
        interchange_path=tmp_path / "interchange.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        layers=list(layers),
    )


def test_a_panel_a_group_of_layers_with_a_row_a_part(script, saved_figures, tmp_path):
    rows = [
        ("1", "all", 16, None, "holds", "other_count", 0.7, 0.6, 0.8),
        ("1", "all", 16, None, "tells", "other_count", 0.75, 0.6, 0.8),
        ("1", "all", 16, None, "holds", "same_count", 0.0, -0.1, 0.1),
        ("1+2", "subspace", 32, 4, "holds", "other_count", 0.9, 0.8, 1.0),
        ("1+2", "band_power", 8, None, "holds", "other_count", 0.2, 0.1, 0.3),
    ]
    _plot(script, tmp_path, rows)
    one, both = saved_figures[0].axes
    assert tuple(ax.get_title(loc="left") for ax in (one, both)) == ("layer 1", "layers 1 and 2")
    assert [label.get_text() for label in one.get_yticklabels()] == [
        "all units",
        "all units, donor at the same count",
        "subspace of rank 4",
        "8 units, most band power",
    ]
    assert one.lines[0].get_xdata().tolist() == [0.7, 0.0]
    assert one.lines[1].get_xdata().tolist() == [0.75]
    assert both.lines[0].get_ydata().round().tolist() == [2, 3]
    assert len(pd.read_csv(tmp_path / "table.csv")) == 5


def test_an_empty_table_says_so(script, saved_figures, tmp_path):
    _plot(script, tmp_path, [])
    assert [ax.texts[0].get_text() for ax in saved_figures[0].axes] == ["undefined: see the log"] * 2


def test_panels_of_many_layers_are_in_rows_of_four(script, saved_figures, tmp_path):
    groups = ["1", "2", "3", "4", "1+2", "1+2+3"]
    _plot(script, tmp_path, [("1+2+3", "all", 16, None, "holds", "other_count", 0.7, 0.6, 0.8)], groups)
    panels = [ax for ax in saved_figures[0].axes if ax.axison]
    assert [ax.get_subplotspec().rowspan.start for ax in panels] == [0, 0, 0, 0, 1, 1]
    assert panels[-1].get_title(loc="left") == "layers 1, 2 and 3"
    assert panels[-1].lines[0].get_xdata().tolist() == [0.7]


def test_one_layer_has_one_panel(script, saved_figures, tmp_path):
    _plot(script, tmp_path, [("1", "all", 16, None, "holds", "other_count", 0.7, 0.6, 0.8)], ["1"])
    assert len(saved_figures[0].axes) == 1
