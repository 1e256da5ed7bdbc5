"""The script plot_responses."""

import numpy as np
import pandas as pd

from folkprobe.signal.selection import strongest_unit


def test_the_strongest_unit_of_each_layer_is_shown(script, spectra, padded_spectra_path, saved_figures, tmp_path):
    rng = np.random.default_rng(2)
    numbers = {1: [0, 2, 3, 5, 9], 2: [1, 4, 7]}
    rows = [(layer, unit) for layer in numbers for unit in numbers[layer]]
    responses = pd.DataFrame(rows, columns=["layer", "unit_index"])
    responses.assign(null_bound=0.1, effect_size=-0.25, follows="input").to_csv(tmp_path / "responses.csv", index=False)
    curves = responses.merge(pd.DataFrame({"lag_steps": [-1, 0, 1]}), how="cross")
    curves = curves.assign(mean_response=rng.normal(size=len(curves)))
    curves.to_csv(tmp_path / "curves.csv", index=False)
    script("plot_responses").main(
        responses_path=tmp_path / "responses.csv",
        curves_path=tmp_path / "curves.csv",
        spectra_path=padded_spectra_path,
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        period_steps=[8.7, 9.3],
    )
    axes = saved_figures[0].axes
    assert axes[-1].get_xlabel() == "steps after a bar token is read"
    for layer, ax in zip((1, 2), axes, strict=True):
        unit = numbers[layer][strongest_unit(spectra["shown_tune"].layers[layer - 1].spectrum, (8.7, 9.3))]
        title = f"layer {layer}, unit {unit}: at most 0.25 standard deviations, follows input"
        assert ax.get_title(loc="left") == title
        mine = curves[(curves["layer"] == layer) & (curves["unit_index"] == unit)]
        assert np.allclose(ax.lines[-1].get_ydata(), mine["mean_response"])
