"""The script plot_responses."""

import numpy as np
import pandas as pd

from folkprobe.signal.selection import strongest_unit


def test_the_strongest_unit_of_each_layer_is_shown_at_both_events(
    script, spectra, padded_spectra_path, saved_figures, tmp_path
):
    rng = np.random.default_rng(2)
    numbers = {1: [0, 2, 3, 5, 9], 2: [1, 4, 7]}
    rows = [(layer, unit, event) for layer in numbers for unit in numbers[layer] for event in ("input", "output")]
    responses = pd.DataFrame(rows, columns=["layer", "unit_index", "event"])
    responses.assign(null_bound=0.1, follows="input").to_csv(tmp_path / "responses.csv", index=False)
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
    axes = iter(saved_figures[0].axes)
    for layer in (1, 2):
        unit = numbers[layer][strongest_unit(spectra["shown_tune"].layers[layer - 1].spectrum, (8.7, 9.3))]
        for event in ("input", "output"):
            ax = next(axes)
            assert ax.get_title(loc="left") == f"layer {layer}, unit {unit}: follows input"
            assert event in ax.get_xlabel()
            mine = curves[(curves["layer"] == layer) & (curves["unit_index"] == unit) & (curves["event"] == event)]
            assert np.allclose(ax.lines[-1].get_ydata(), mine["mean_response"])
