"""The script plot_mean_spectra."""

import numpy as np
import pandas as pd
import pytest


@pytest.mark.parametrize(("group", "words"), [("population", "7 tunes"), ("shown_tune", "one tune of 16 steps")])
def test_the_table_holds_the_curves_as_they_are_drawn(
    script, spectra, spectra_path, saved_figures, tmp_path, group, words
):
    script("plot_mean_spectra").main(
        spectra_path=spectra_path,
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        period_steps=[8.7, 9.3],
        spectrum=group,
    )
    table = pd.read_csv(tmp_path / "table.csv")
    ax = saved_figures[0].axes[0]
    assert words in ax.get_title(loc="left")
    layer_1, layer_2 = (layer.curve for layer in spectra[group].layers)
    softmax = spectra[group].softmax.curve
    scaled = {
        "layer 1": (layer_1, layer_1.mean.max()),
        "layer 2": (layer_2, layer_1.mean.max()),
        "softmax output": (softmax, softmax.mean.max()),
    }
    assert list(table["curve"].unique()) == list(scaled)
    for (name, (curve, scale)), line in zip(scaled.items(), ax.get_lines(), strict=True):
        rows = table[table["curve"] == name]
        bounds = {"level_db": 0, "lower_db": -curve.standard_error, "upper_db": curve.standard_error}
        for column, offset in bounds.items():
            assert np.allclose(rows[column], 20 * np.log10((curve.mean + offset) / scale)), column
        assert np.allclose(rows["frequency_cycles_per_step"], np.arange(10) / 18)
        assert np.allclose(rows["period_steps"], [np.inf, *(18 / np.arange(1, 10))])
        assert (rows["standard_error_kind"] == curve.kind).all()
        assert (rows["n"] == curve.n).all()
        assert np.allclose(line.get_ydata(), rows["level_db"])
