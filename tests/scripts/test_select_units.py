"""The script select_units, against transforms written out here."""

import logging

import numpy as np
import pandas as pd
import pytest

from folkprobe.refusal import Refusal

SHOWN = 1
N_FFT = 36  # bin 4 is the period of 9 steps
UNITS = ([0, 2, 4], [0, 1, 2, 3], [0, 1, 2, 3, 4, 5])
LAYERS = (1, 2, 3)


@pytest.fixture
def tunes():
    """Hidden states of three tunes: noise, about means of different size, by layer."""
    rng = np.random.default_rng(4)
    means = [rng.uniform(-0.7, 0.7, len(units)) for units in UNITS]
    return [
        [(mean + 0.3 * rng.uniform(-1, 1, (n_steps, len(mean)))).astype(np.float32) for mean in means]
        for n_steps in (17, 12, 20)
    ]


@pytest.fixture
def select(script, write_states, tunes, tmp_path):
    def select(tunes=tunes, n_fft=N_FFT, **changes):
        arguments = {
            "spectrum": "population",
            "period_steps": [8.7, 9.3],
            "include_dc": True,
            "share_of_layer": [0.5] * 3,
            "power_fraction_above": [None] * 3,
            "article_power_fraction_above": 0.005,
            "population_segment_steps": None,
            "shown_tune_index": SHOWN,
        } | changes
        files = {"trajectories_path": write_states(tunes), "spectra_path": tmp_path / "spectra.h5"}
        script("estimate_spectra").main(
            **files,
            window="hann",
            population_n_fft=N_FFT,
            shown_tune_n_fft=n_fft,
            **{name: arguments[name] for name in ("population_segment_steps", "shown_tune_index")},
        )
        tables = {"units_path": tmp_path / "units.csv", "selection_path": tmp_path / "selection.csv"}
        script("select_units").main(**files, **tables, **arguments)
        return [pd.read_csv(path) for path in tables.values()]

    return select


def fractions_of(tunes, group="population", include_dc=True, mean_removed=False):
    """Power at the period of 9 steps over all power, for each layer."""
    fractions = []
    for layer in range(3):
        power = []
        for states in (tune[layer].astype(np.float64) for tune in (tunes if group == "population" else [tunes[SHOWN]])):
            window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(len(states)) / len(states))
            centred = states - mean_removed * states.mean(axis=0)
            squares = np.abs(np.fft.rfft(centred * window[:, np.newaxis], N_FFT, axis=0) / window.sum()) ** 2
            squares[1:-1] *= 2
            power.append(squares)
        mean = np.mean(power, axis=0)
        fractions.append(mean[4] / mean[0 if include_dc else 1 :].sum(axis=0))
    return fractions


@pytest.mark.parametrize("group", ["population", "shown_tune"])
@pytest.mark.parametrize("include_dc", [True, False])
def test_numbers_fix_the_thresholds_with_and_without_the_means(select, tunes, group, include_dc):
    settings = {"group": group, "include_dc": include_dc}
    kept, removed = (fractions_of(tunes, **settings, mean_removed=mean_removed) for mean_removed in (False, True))
    # Between the second and the third largest, so that two units of each layer are selected.
    thresholds = [np.sort(fraction)[::-1][1:3].mean() for fraction in kept]
    units, selection = select(
        spectrum=group,
        include_dc=include_dc,
        power_fraction_above=thresholds,
    )
    assert units["layer"].tolist() == [1] * 3 + [2] * 4 + [3] * 6
    assert units["unit_index"].tolist() == [unit for units in UNITS for unit in units]
    assert selection["layer"].tolist() == list(LAYERS)
    assert selection["n_units"].tolist() == [3, 4, 6]
    assert selection["n_tunes"].tolist() == [3 if group == "population" else 1] * 3
    assert selection["share_of_layer"].isna().all()
    assert np.allclose(selection["flat_power_fraction"], 2 / (N_FFT if include_dc else N_FFT - 1))
    assert selection["n_selected"].tolist() == [2] * 3
    chosen = {}
    for way, fractions in (("", kept), ("_mean_removed", removed)):
        assert np.allclose(units[f"power_fraction{way}"], np.concatenate(fractions), rtol=1e-4)
        chosen[way] = [fraction > above for fraction, above in zip(fractions, thresholds, strict=True)]
        assert units[f"selected{way}"].tolist() == np.concatenate(chosen[way]).tolist()
        assert np.allclose(selection[f"power_fraction_above{way}"], thresholds)
        assert selection[f"n_selected{way}"].tolist() == [each.sum() for each in chosen[way]]
        by_article = [int((fraction > 0.005).sum()) for fraction in fractions]
        assert selection[f"n_selected_by_article{way}"].tolist() == by_article
    both = [int((one & other).sum()) for one, other in zip(*chosen.values(), strict=True)]
    assert selection["n_selected_both_ways"].tolist() == both


def test_without_numbers_a_share_of_each_layer_is_selected(select, tunes):
    units, selection = select(share_of_layer=[0.33] * 3)
    assert selection["share_of_layer"].tolist() == [0.33] * 3
    # 0.99, 1.32 and 1.98 units.
    for way, mean_removed in (("", False), ("_mean_removed", True)):
        assert selection[f"n_selected{way}"].tolist() == [1, 1, 2]
        for fraction, (_, of_layer), row in zip(
            fractions_of(tunes, mean_removed=mean_removed), units.groupby("layer"), selection.itertuples(), strict=True
        ):
            strongest = np.sort(np.argsort(-fraction)[: round(0.33 * len(fraction))])
            assert np.flatnonzero(of_layer[f"selected{way}"]).tolist() == strongest.tolist()
            above = getattr(row, f"power_fraction_above{way}")
            assert ((of_layer[f"power_fraction{way}"] > above) == of_layer[f"selected{way}"]).all()
    # The two ways differ, so that neither stands for the other.
    assert selection["n_selected_both_ways"].tolist() != [1, 1, 2]


def test_a_number_fixes_its_own_layer_only(select):
    _, selection = select(power_fraction_above=[0.0, None, 1.0])
    assert selection["n_selected"].tolist() == [3, 2, 0]
    assert selection["share_of_layer"].fillna(0).tolist() == [0, 0.5, 0]
    assert selection["power_fraction_above"].tolist()[::2] == [0, 1]


@pytest.mark.parametrize("n_segment_steps", [None, 10])
def test_where_there_is_no_mean_nothing_changes_without_it(select, tunes, n_segment_steps):
    centred = [[states - states.mean(axis=0) for states in tune] for tune in tunes]
    units, selection = select(centred, population_segment_steps=n_segment_steps)
    assert np.allclose(units["power_fraction"], units["power_fraction_mean_removed"], rtol=1e-4)
    assert selection["n_selected_both_ways"].tolist() == selection["n_selected"].tolist() == [2, 2, 3]


def test_a_constant_unit_has_no_power_without_its_mean(select, tunes):
    for tune in tunes:
        tune[0][:, 1] = 0.1
    units, _ = select(tunes)
    assert units["power_fraction"][1] > 0
    assert units["power_fraction_mean_removed"][1] == 0
    assert not units["selected_mean_removed"][1]


def test_the_log_compares_the_selection_with_others(select, caplog):
    caplog.set_level(logging.INFO)
    _, selection = select(power_fraction_above=[None, 0.001, 0.99])
    text, first = caplog.text, next(selection.itertuples())
    above, without = first.power_fraction_above, first.power_fraction_above_mean_removed
    for name, value, n_by_article in (
        ("as estimated", above, first.n_selected_by_article),
        ("means removed", without, first.n_selected_by_article_mean_removed),
    ):
        ratio = f"{value:.6g}, which is {value * N_FFT / 2:.3g} times the 0.05556 of a flat spectrum"
        assert f"layer 1, {name}: 2 of 3 units above {ratio}; the article's 0.005 selects {n_by_article}" in text
    assert f"layer 1: {first.n_selected_both_ways} units are selected both ways" in text
    assert "layer 1: threshold that a share of 0.5 exceeds" in text
    assert "layer 2: threshold as configured" in text
    assert "layer 2, as estimated: 4 of 4 units above 0.001" in text
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert "the selection of layer 2 takes all of its units" in warnings
    assert "the selection of layer 3 takes none of its units" in warnings
    low = "layer 2: the threshold is below the power fraction of a flat spectrum"
    assert low in warnings
    assert low.replace("2", "3") not in warnings


def test_the_band_is_the_one_that_was_requested(select, tunes):
    units, selection = select(period_steps=[4, 6])
    window = [0.5 - 0.5 * np.cos(2 * np.pi * np.arange(len(tune[0])) / len(tune[0])) for tune in tunes]
    power = 0
    for tune, values in zip(tunes, window, strict=True):
        squares = np.abs(np.fft.rfft(tune[0] * (values / values.sum())[:, np.newaxis], N_FFT, axis=0)) ** 2
        squares[1:-1] *= 2
        power = power + squares
    # Bins 6 to 9 have the periods 6 to 4.
    assert np.allclose(units["power_fraction"][:3], power[6:10].sum(axis=0) / power.sum(axis=0), rtol=1e-4)
    assert np.allclose(selection["flat_power_fraction"], 8 / N_FFT)


def test_a_shown_tune_whose_length_has_no_bin_in_the_band_is_refused_by_key(select):
    with pytest.raises(Refusal, match=r"selection.period_steps, spectra.shown_tune_n_fft .* no DFT bin at n_fft = 12"):
        select(spectrum="shown_tune", n_fft=None)
