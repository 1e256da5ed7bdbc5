"""The script plot_replays."""

import numpy as np
import pandas as pd


def test_a_panel_a_layer_and_one_for_the_bars_probability(
    script, spectra, spectra_path, shown_tunes_path, saved_figures, tmp_path
):
    areas = [("intact", 1, 1, 0.9), ("intact", 10, np.inf, np.nan), ("bars_jittered", 1, 1, 0.8)]
    areas = pd.DataFrame(
        [*areas, ("bars_jittered", 10, np.inf, 0.5)], columns=["replay", "first_bar", "last_bar", "auc"]
    )
    areas.assign(lower=areas["auc"] - 0.1, upper=areas["auc"] + 0.05).to_csv(tmp_path / "auc.csv", index=False)
    script("plot_replays").main(
        spectra_paths=[spectra_path, spectra_path],
        tunes_path=shown_tunes_path,
        bar_ends_path=tmp_path / "auc.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        period_steps=[8.7, 9.3],
        replays=["intact", "bars_jittered"],
        words={"intact": "intact", "bars_jittered": "bar tokens moved"},
    )
    layer_1, layer_2, of_bar = saved_figures[0].axes[:3]
    ends = saved_figures[0].axes[-1]
    assert [label.get_text() for label in ends.get_xticklabels()] == ["1", "10 and later"]
    intact, jittered = (container.lines[0] for container in ends.containers)
    assert np.allclose(jittered.get_ydata(), [0.8, 0.5])
    assert intact.get_color() == layer_1.lines[0].get_color()
    (bars,) = ends.containers[1].lines[2]
    assert np.allclose([segment[:, 1] for segment in bars.get_segments()], [[0.7, 0.85], [0.4, 0.55]])
    population = spectra["population"]
    for ax, layer in zip((layer_1, layer_2), population.layers, strict=True):
        assert [line.get_label() for line in ax.lines] == ["intact", "bar tokens moved"]
        assert np.allclose(ax.lines[1].get_ydata(), 20 * np.log10(layer.curve.mean / np.median(layer.curve.mean)))
    # `|` is the last of the twelve tokens.
    magnitude = population.softmax.spectrum.magnitude[:, 11]
    assert np.allclose(of_bar.lines[0].get_ydata(), 20 * np.log10(magnitude / np.median(magnitude)))
    table = pd.read_csv(tmp_path / "table.csv")
    assert len(table) == 3 * 2 * 10
    assert np.allclose(table["magnitude"][-10:], magnitude)
    assert np.allclose(table["level_above_median_db"][-10:], of_bar.lines[0].get_ydata())
