"""The script select_peaks, on a sinusoid, one in noise, and noise; all with a constant."""

import numpy as np
import pandas as pd
import pytest

from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.signal.nulls import autoregressive, shuffled
from folkprobe.signal.peaks import find_peaks, largest_prominence
from folkprobe.signal.spectrum import mean_over_units, power_spectrum

N_STEPS, PERIOD = 63, 9


@pytest.fixture
def select(script, write_states, tmp_path):
    steps = np.arange(N_STEPS)[:, np.newaxis]
    line, rng = 0.3 + 0.2 * np.cos(2 * np.pi * steps / PERIOD), np.random.default_rng(2)
    states = [np.repeat(line, n, axis=1) for n in (3, 4, 6)]
    # Noise that all units share, without the line in layer 3.
    states[1] += 0.04 * rng.normal(size=(N_STEPS, 1))
    states[2] = 0.3 + 0.2 * np.repeat(rng.normal(size=(N_STEPS, 1)), 6, axis=1)
    script("estimate_spectra").main(
        trajectories_path=write_states([states]),
        spectra_path=tmp_path / "spectra.h5",
        window="hann",
        population_n_fft=630,
        population_segment_steps=None,
        shown_tune_index=0,
        shown_tune_n_fft=None,
    )
    # The Hann window's main lobe around 9 steps of 63 reaches from 8.1 to 10.1, the rectangle's from 8.4 to 9.7.
    intervals = [("class", "bar", 9, 5), ("class", "bar", 10, 2), ("class", "pitch", 9, 1), ("class", "bar", 11, 7)]
    intervals += [("token", "C", 9, 3)]
    columns = ["kind", "name", "interval_steps", "n_times"]
    pd.DataFrame(intervals, columns=columns).to_csv(tmp_path / "recurrences.csv", index=False)
    pd.DataFrame({"lag_steps": [10, 9, 9, 18]}).to_csv(tmp_path / "phrases.csv", index=False)

    def select(prominence_db_min=1.0, rng_seed=1):
        script("select_peaks").main(
            spectra_path=tmp_path / "spectra.h5",
            trajectories_path=tmp_path / "trajectories.h5",
            recurrences_path=tmp_path / "recurrences.csv",
            phrases_path=tmp_path / "phrases.csv",
            peaks_path=tmp_path / "peaks.csv",
            tune_index=0,
            prominence_db_min=prominence_db_min,
            n_surrogates=19,
            rng_seed=rng_seed,
        )
        return pd.read_csv(tmp_path / "peaks.csv", dtype={"phrase_lags_steps": str})

    return select


@pytest.mark.parametrize(
    ("group", "window", "recurring", "lags"),
    [("shown_tune_padded", "hann", "bar 7; pitch 1", "9; 10"), ("shown_tune_rect", "rect", "bar 5; pitch 1", "9")],
)
def test_the_line_is_above_noise_its_sidelobes_are_not_and_recurrences_inside_its_lobe_are_named(
    select, group, window, recurring, lags
):
    peaks = select()
    of_group = peaks[peaks["spectrum"] == group]
    assert (of_group["window"] == window).all()
    of_layer = of_group[of_group["curve"] == "layer 1"]
    found = of_layer[of_layer["verdict"] == "not a sidelobe"]
    assert found["period_steps"].tolist() == pytest.approx([np.inf, PERIOD], rel=0.02)
    # A constant m has |m|, a sinusoid of amplitude a half of it.
    assert found["level_db"].tolist() == pytest.approx(20 * np.log10([0.3, 0.1]), abs=0.5)
    assert len(of_layer) > 2
    for layer in ("layer 1", "layer 2"):
        above = of_group[(of_group["curve"] == layer) & of_group["above_noise"]]
        assert above["period_steps"].tolist() == pytest.approx([PERIOD], rel=0.02)
        assert above["recurring_classes"].tolist() == [recurring]
        assert above["phrase_lags_steps"].tolist() == [lags]
    # Noise has peaks that are no sidelobes; DC is not tested.
    of_noise = of_group[of_group["curve"] == "layer 3"]
    assert (of_noise["verdict"] == "not a sidelobe").sum() > 5
    assert not of_noise["above_noise"].any()
    # The softmax output is a constant.
    of_softmax = of_group[(of_group["curve"] == "softmax") & (of_group["verdict"] == "not a sidelobe")]
    assert of_softmax["period_steps"].tolist() == [np.inf]
    assert not of_softmax["above_noise"].any()


def test_the_bounds_are_those_of_surrogates_that_went_through_the_same(select, tmp_path):
    peaks = select()
    with read_trajectories(tmp_path / "trajectories.h5") as stored:
        hidden_state = stored.hidden_state(3, 0)
    for number, surrogate in enumerate((shuffled, autoregressive)):
        rng = np.random.default_rng([1, 2, number])
        drawn = [power_spectrum(np.abs(surrogate(hidden_state, rng)), window="rect", n_fft=630) for _ in range(19)]
        found = [largest_prominence(find_peaks(mean_over_units(s), window="rect", n_steps=N_STEPS)) for s in drawn]
        of_curve = peaks[(peaks["curve"] == "layer 3") & (peaks["spectrum"] == "shown_tune_absolute_rect")]
        assert np.allclose(of_curve[f"prominence_bound_{surrogate.__name__}_db"], max(found))
    bounds = ["prominence_bound_shuffled_db", "prominence_bound_autoregressive_db"]
    tested = (peaks["verdict"] == "not a sidelobe") & np.isfinite(peaks["period_steps"])
    assert (peaks["above_noise"] == tested & (peaks["prominence_db"] > peaks[bounds].max(axis=1))).all()
    assert (select(rng_seed=2)[bounds] != peaks[bounds]).any(axis=None)


def test_peaks_of_less_prominence_are_left_out(select):
    many = select(0.0)
    assert list(many["spectrum"].unique()) == [
        "shown_tune_padded",
        "shown_tune_rect",
        "shown_tune_absolute_rect",
        "shown_tune_positive_rect",
    ]
    least = many["prominence_db"].median()
    few = many[many["prominence_db"] >= least]
    assert len(few) < len(many)
    pd.testing.assert_frame_equal(select(least), few.reset_index(drop=True))
