"""The script plot_specification_curve."""

import numpy as np
import pandas as pd


def test_specifications_are_ordered_by_the_share_of_layer_1(script, saved_figures, figure_paths, tmp_path):
    common = {"window": "hann", "dc": "counted", "sides": "one_sided", "shortest_steps": 8.7, "longest_steps": 9.3}
    # By n_fft: shares of layers 1 and 2; 100 does not exist.
    shares = {100: (np.nan, np.nan), 147: (0.6, 0.2), 256: (0.2, 0.9), 512: (0.4, 0.1), 1024: (0.2, 0.3)}
    rows = [
        common | {"layer": layer, "n_fft": n_fft, "power_fraction_above": 0.025, "n_units": 10}
        | {"n_selected": share * 10, "share_selected": share}
        for layer in (1, 2)
        for n_fft, of_layers in shares.items()
        for share in [of_layers[layer - 1]]
    ]  # fmt: skip
    pd.DataFrame(rows).to_csv(tmp_path / "specifications.csv", index=False)
    script("plot_specification_curve").main(
        specifications_path=tmp_path / "specifications.csv",
        figure_paths=figure_paths,
        table_path=tmp_path / "table.csv",
        article_share=0.33,
    )
    table = pd.read_csv(tmp_path / "table.csv")
    order = [1024, 256, 512, 147]
    for layer, ax_label in ((1, "layer 1"), (2, "layer 2")):
        of_layer = table[table["layer"] == layer]
        assert of_layer["n_fft"].tolist() == order
        expected = [shares[n_fft][layer - 1] for n_fft in order]
        assert of_layer["share_selected"].tolist() == expected
        curves = {line.get_label(): line.get_ydata() for line in saved_figures[0].axes[0].get_lines()}
        assert np.allclose(curves[ax_label], expected)
    assert (table["band_steps"] == "8.7 to 9.3").all()
    assert (table["threshold"] == 0.025).all()
    upper, lower = saved_figures[0].axes
    assert any("33%" in line.get_label() for line in upper.get_lines())
    of_choice = dict(zip([label.get_text() for label in lower.get_yticklabels()], lower.get_lines(), strict=True))
    assert of_choice["length: 512"].get_xdata().tolist() == [2]
    assert of_choice["window: hann"].get_xdata().tolist() == [0, 1, 2, 3]
