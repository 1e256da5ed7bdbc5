"""The script select_units."""

import numpy as np
import pandas as pd
import pytest


def fraction_of(spectrum, include_dc):
    """Power at the period of 9 steps, which is bin 2 of 18, over all power."""
    power = spectrum.power if include_dc else spectrum.power[1:]
    return spectrum.power[2] / power.sum(axis=0)


@pytest.mark.parametrize("group", ["population", "shown_tune"])
@pytest.mark.parametrize("include_dc", [True, False])
def test_units_above_their_layers_threshold_are_marked(script, spectra, spectra_path, tmp_path, group, include_dc):
    layers = spectra[group].layers
    fractions = [fraction_of(layer.spectrum, include_dc) for layer in layers]
    # Between the second and the third largest, so that two units of each layer are selected; the article's selects
    # all but one of layer 1.
    thresholds = [np.sort(fraction)[::-1][1:3].mean() for fraction in fractions]
    article = np.sort(fractions[0])[:2].mean()
    script("select_units").main(
        spectra_path=spectra_path,
        units_path=tmp_path / "units.csv",
        selection_path=tmp_path / "selection.csv",
        spectrum=group,
        period_steps=[8.7, 9.3],
        include_dc=include_dc,
        power_fraction_above={"layer_1": thresholds[0], "layer_2": thresholds[1]},
        article_power_fraction_above=article,
    )
    units = pd.read_csv(tmp_path / "units.csv")
    assert units["layer"].tolist() == [1] * 5 + [2] * 3
    assert units["unit_index"].tolist() == [0, 2, 3, 5, 9, 1, 4, 7]
    assert np.allclose(units["power_fraction"], np.concatenate(fractions), rtol=1e-12)
    above = [fraction > threshold for fraction, threshold in zip(fractions, thresholds, strict=True)]
    assert units["selected"].tolist() == np.concatenate(above).tolist()

    selection = pd.read_csv(tmp_path / "selection.csv")
    assert selection["layer"].tolist() == [1, 2]
    assert selection["n_units"].tolist() == [5, 3]
    assert selection["n_tunes"].tolist() == [layers[0].spectrum.n_tunes] * 2
    assert np.allclose(selection["power_fraction_above"], thresholds)
    assert selection["n_selected"].tolist() == [2, 2]
    assert np.allclose(selection["article_power_fraction_above"], article)
    by_article = [int((fraction > article).sum()) for fraction in fractions]
    assert by_article[0] == 4
    assert selection["n_selected_by_article"].tolist() == by_article


def test_the_band_is_the_one_that_was_requested(script, spectra, spectra_path, tmp_path):
    script("select_units").main(
        spectra_path=spectra_path,
        units_path=tmp_path / "units.csv",
        selection_path=tmp_path / "selection.csv",
        spectrum="population",
        period_steps=[4, 6],
        include_dc=True,
        power_fraction_above={"layer_1": 0.0, "layer_2": 1.0},
        article_power_fraction_above=0.0,
    )
    power = spectra["population"].layers[0].spectrum.power
    units = pd.read_csv(tmp_path / "units.csv")
    # Bins 3 and 4 have the periods 6 and 4.5.
    assert np.allclose(units["power_fraction"][:5], power[3:5].sum(axis=0) / power.sum(axis=0))
    assert units["selected"].tolist() == [True] * 5 + [False] * 3
