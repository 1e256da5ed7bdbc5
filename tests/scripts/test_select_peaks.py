"""The script select_peaks, on a constant and a sinusoid."""

import numpy as np
import pandas as pd
import pytest

N_STEPS, PERIOD = 63, 9


@pytest.fixture
def select(script, write_states, tmp_path):
    steps = np.arange(N_STEPS)[:, np.newaxis]
    states = [np.repeat(0.3 + 0.2 * np.cos(2 * np.pi * steps / PERIOD), n, axis=1) for n in (3, 4, 6)]
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

    def select(prominence_db_min=1.0):
        script("select_peaks").main(
            spectra_path=tmp_path / "spectra.h5",
            recurrences_path=tmp_path / "recurrences.csv",
            phrases_path=tmp_path / "phrases.csv",
            peaks_path=tmp_path / "peaks.csv",
            prominence_db_min=prominence_db_min,
        )
        return pd.read_csv(tmp_path / "peaks.csv", dtype={"phrase_lags_steps": str})

    return select


@pytest.mark.parametrize(
    ("group", "window", "recurring", "lags"),
    [("shown_tune_padded", "hann", "bar 7; pitch 1", "9; 10"), ("shown_tune_rect", "rect", "bar 5; pitch 1", "9")],
)
def test_the_line_is_real_its_sidelobes_are_not_and_recurrences_inside_its_lobe_are_named(
    select, group, window, recurring, lags
):
    peaks = select()
    of_group = peaks[peaks["spectrum"] == group]
    assert (of_group["window"] == window).all()
    for layer in ("layer 1", "layer 2", "layer 3"):
        of_layer = of_group[of_group["curve"] == layer]
        real = of_layer[of_layer["verdict"] == "real"]
        assert real["period_steps"].tolist() == pytest.approx([np.inf, PERIOD], rel=0.02)
        # A constant m has |m|, a sinusoid of amplitude a half of it.
        assert real["level_db"].tolist() == pytest.approx(20 * np.log10([0.3, 0.1]), abs=0.5)
        assert real["recurring_classes"].tolist()[1] == recurring
        assert real["phrase_lags_steps"].tolist()[1] == lags
        assert len(of_layer) > 2
    # The softmax output is a constant.
    of_softmax = of_group[(of_group["curve"] == "softmax") & (of_group["verdict"] == "real")]
    assert of_softmax["period_steps"].tolist() == [np.inf]


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
