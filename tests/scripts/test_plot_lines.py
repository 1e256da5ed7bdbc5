"""The script plot_lines."""

import numpy as np
import pandas as pd


def test_each_panel_has_its_column_at_its_own_frequencies(script, saved_figures, tmp_path):
    tables = {
        name: pd.DataFrame({"layer": [1, 1, 2, 2], "frequency_cycles_per_step": frequency * 2, column: shares})
        for name, frequency, column, shares in (
            ("lines", [0.1, 0.2], "share_with_line", [0.1, 0.2, 0.3, 0.4]),
            ("coherence", [0.15, 0.25], "share_coherent_with_bars", [0.5, 0.6, 0.7, 0.8]),
        )
    }
    for name, table in tables.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    script("plot_lines").main(
        lines_path=tmp_path / "lines.csv",
        coherence_path=tmp_path / "coherence.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        period_steps=[8.7, 9.3],
    )
    (figure,) = saved_figures
    for ax, table in zip(figure.axes, tables.values(), strict=True):
        for layer, line in zip((1, 2), ax.lines, strict=False):
            of_layer = table[table["layer"] == layer]
            assert np.array_equal(line.get_xydata(), of_layer.iloc[:, 1:])
    # Chance has a line where it is known.
    assert [len(ax.lines) for ax in figure.axes] == [2, 3]
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "table.csv"), pd.concat(tables.values(), ignore_index=True))


def test_what_no_unit_has_is_said_in_a_sentence(script, saved_figures, tmp_path):
    table = pd.DataFrame({"layer": [1, 1], "frequency_cycles_per_step": [0.1, 0.2]})
    table.assign(share_with_line=0.0).to_csv(tmp_path / "lines.csv", index=False)
    table.assign(share_coherent_with_bars=0.5).to_csv(tmp_path / "coherence.csv", index=False)
    script("plot_lines").main(
        lines_path=tmp_path / "lines.csv",
        coherence_path=tmp_path / "coherence.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        period_steps=[8.7, 9.3],
    )
    (figure,) = saved_figures
    (ax,) = figure.axes
    assert ax.get_title(loc="left").startswith("units coherent")
    assert figure.get_suptitle().startswith("units with a line")
    assert figure.get_suptitle().endswith(": none at any frequency")
    assert "the bar: 8.7 to 9.3 steps" in [text.get_text() for text in figure.legends[0].get_texts()]
