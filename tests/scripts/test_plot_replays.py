"""The script plot_replays."""

import numpy as np
import pandas as pd


def test_a_panel_a_layer_and_one_for_the_bars_probability(
    script, spectra, spectra_path, shown_tunes_path, saved_figures, tmp_path
):
    script("plot_replays").main(
        spectra_paths=[spectra_path, spectra_path],
        tunes_path=shown_tunes_path,
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        replays=["intact", "bars_jittered"],
    )
    layer_1, layer_2, of_bar = saved_figures[0].axes[:3]
    population = spectra["population"]
    for ax, layer in zip((layer_1, layer_2), population.layers, strict=True):
        assert [line.get_label() for line in ax.lines] == ["intact", "bars_jittered"]
        assert np.allclose(ax.lines[1].get_ydata(), 20 * np.log10(layer.curve.mean / np.median(layer.curve.mean)))
    # `|` is the last of the twelve tokens.
    magnitude = population.softmax.spectrum.magnitude[:, 11]
    assert np.allclose(of_bar.lines[0].get_ydata(), 20 * np.log10(magnitude / np.median(magnitude)))
    table = pd.read_csv(tmp_path / "table.csv")
    assert len(table) == 3 * 2 * 10
    assert np.allclose(table["magnitude"][-10:], magnitude)
    assert np.allclose(table["level_above_median_db"][-10:], of_bar.lines[0].get_ydata())
