"""The script plot_lines."""

import numpy as np
import pandas as pd


def test_each_panel_has_its_column(script, saved_figures, tmp_path):
    lines = pd.DataFrame(
        {
            "layer": [1, 1, 2, 2],
            "frequency_cycles_per_step": [0.1, 0.2, 0.1, 0.2],
            "share_with_line": [0.1, 0.2, 0.3, 0.4],
            "share_coherent_circular_shift": [0.5, 0.6, 0.7, 0.8],
            "share_coherent_phase_randomised": [0.15, 0.25, 0.35, 0.45],
        }
    )
    lines.to_csv(tmp_path / "lines.csv", index=False)
    script("plot_lines").main(
        lines_path=tmp_path / "lines.csv", figure_paths=[tmp_path / "figure.svg"], table_path=tmp_path / "table.csv"
    )
    for ax, column in zip(saved_figures[0].axes, lines.columns[2:], strict=True):
        for layer, line in zip((1, 2), ax.lines, strict=False):
            assert np.array_equal(line.get_ydata(), lines.loc[lines["layer"] == layer, column])
    # Chance has a line where it is known.
    assert [len(ax.lines) for ax in saved_figures[0].axes] == [2, 3, 3]
