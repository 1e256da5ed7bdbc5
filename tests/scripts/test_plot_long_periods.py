"""The script plot_long_periods."""

import numpy as np
import pandas as pd


def test_each_panel_has_the_long_periods_of_its_group(script, spectra, padded_spectra_path, saved_figures, tmp_path):
    script("plot_long_periods").main(
        spectra_path=padded_spectra_path, figure_paths=[tmp_path / "figure.svg"], table_path=tmp_path / "table.csv"
    )
    axes = saved_figures[0].axes
    assert len(axes) == 4
    assert "|h|" in axes[2].get_title(loc="left")
    table = pd.read_csv(tmp_path / "table.csv")
    assert table["frequency_cycles_per_step"].max() <= 0.05
    curve = spectra["shown_tune"].layers[1].curve.mean / spectra["shown_tune"].layers[0].curve.mean.max()
    rows = table[(table["spectrum"] == "shown_tune_rect") & (table["curve"] == "layer 2")]
    assert np.allclose(rows["level_db"], 20 * np.log10(curve[: len(rows)]))
