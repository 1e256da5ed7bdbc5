"""The script plot_networks."""

import numpy as np
import pandas as pd
import pytest

COMMON = {"lower": [0.1, -0.1], "upper": [0.3, 0.1], "estimate": [0.2, 0.0], "contrast": ["level", "difference"]}
TABLES = {
    "outcomes": {"network": "one", "outcome": ["share_of_wrong_bars"] * 2} | COMMON,
    "contrasts": {"network": "two", "layer": [2, 2]} | COMMON,
    "interchange": {"network": "one", "layers": "1+2", "mode": "holds"} | COMMON,
    "bar_ends": {"network": "one", "replay": "bars_deleted", "first_bar": 3, "last_bar": np.inf} | COMMON,
    "spectra": {
        "network": ["one", "one", "two", "two"],
        "curve": ["layer 1", "layer 1", "softmax output", "softmax output"],
        "frequency_cycles_per_step": [0, 0.1, 0, 0.1],
        "level_db": [0, -np.inf, 0, -20],
    },
    "singular_values": {
        "network": ["one", "two", "two"],
        "decomposition": "as_trained",
        "direction": [1, 1, 2],
        "singular_value": [3.0, 5.0, 1e-14],
    },
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_drawn(script, saved_figures, tmp_path, name):
    pd.DataFrame(TABLES[name]).to_csv(tmp_path / "table.csv", index=False)
    script("plot_networks").main(
        table_path=tmp_path / "table.csv",
        figure_paths=[tmp_path / "figure.svg"],
        output_table_path=tmp_path / "shown.csv",
        figure=name,
        networks=["one", "two"],
        reference="one",
        words={"bars_deleted": "bar tokens deleted"},
        period_steps=[8.7, 9.3],
    )
    (figure,) = saved_figures
    assert len(pd.read_csv(tmp_path / "shown.csv")) == len(pd.DataFrame(TABLES[name]))
    axes = figure.axes
    labels = {"outcomes": "one", "contrasts": "two, layer 2", "interchange": "one, layers 1 and 2, holds"}
    labels |= {"bar_ends": "one, bar tokens deleted, bar 3 on"}
    if label := labels.get(name):
        assert [tick.get_text() for tick in axes[0].get_yticklabels()] == [label]
        assert [ax.lines[0].get_xdata().tolist() for ax in axes[:1]] == [[0.1, 0.3]]
        assert axes[1].get_xlabel() == "difference from one"
    elif name == "spectra":
        assert [ax.get_title(loc="left") for ax in axes[:2]] == ["layer 1", "softmax output"]
        assert [line.get_label() for ax in axes[:2] for line in ax.lines] == ["one", "two"]
    else:
        assert [line.get_xdata().tolist() for line in axes[0].lines] == [[1], [1]]


def test_networks_without_bars_have_no_bar_ends_to_draw(script, saved_figures, tmp_path):
    pd.DataFrame(TABLES["bar_ends"]).head(0).to_csv(tmp_path / "table.csv", index=False)
    script("plot_networks").main(
        table_path=tmp_path / "table.csv",
        figure_paths=[tmp_path / "figure.svg"],
        output_table_path=tmp_path / "shown.csv",
        figure="bar_ends",
        networks=["one"],
        reference="one",
        words={"bars_deleted": "bar tokens deleted"},
        period_steps=[8.7, 9.3],
    )
    assert not saved_figures[0].axes[0].lines
