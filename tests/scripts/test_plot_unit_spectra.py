"""The script plot_unit_spectra."""

import numpy as np
import pandas as pd
import pytest

POWER_FRACTION = {1: [0.3, 0.1, 0.5, 0.2, 0.4], 2: [0.6, 0.1, 0.3]}


@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("group", ["population", "shown_tune"])
def test_the_table_holds_each_units_spectrum_and_the_picture_orders_them(
    script, spectra, spectra_path, saved_figures, tmp_path, layer, group
):
    units = [(number, fraction) for number, fractions in POWER_FRACTION.items() for fraction in fractions]
    pd.DataFrame(units, columns=["layer", "power_fraction"]).to_csv(tmp_path / "units.csv", index=False)
    script("plot_unit_spectra").main(
        spectra_path=spectra_path,
        units_path=tmp_path / "units.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        period_steps=[8.7, 9.3],
        layer=layer,
        spectrum=group,
    )
    of_layer = spectra[group].layers[layer - 1]
    # All bins but DC and Nyquist stand for two.
    magnitude = np.sqrt(of_layer.spectrum.power / np.array([1, *[2] * 8, 1])[:, np.newaxis])
    table = pd.read_csv(tmp_path / "table.csv")
    by_frequency_and_unit = table.pivot_table(
        index="frequency_cycles_per_step", columns="unit_index", values="magnitude"
    )
    assert list(by_frequency_and_unit.columns) == of_layer.unit_index.tolist()
    assert np.allclose(by_frequency_and_unit.index, np.arange(10) / 18)
    assert np.allclose(by_frequency_and_unit.to_numpy(), magnitude, rtol=1e-6)

    ax = saved_figures[0].axes[0]
    rising = np.argsort(POWER_FRACTION[layer])
    drawn = 10 ** (np.asarray(ax.images[0].get_array()) / 20)
    assert np.allclose(drawn, magnitude[:, rising].T)
    assert f"layer {layer}:" in ax.get_title(loc="left")
    label = ax.yaxis.get_major_formatter()
    assert [label(row, None) for row in range(len(rising))] == [str(n) for n in of_layer.unit_index[rising]]
