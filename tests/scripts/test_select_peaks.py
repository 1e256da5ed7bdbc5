"""The script select_peaks."""

import pandas as pd
import pytest

from folkprobe.signal.peaks import find_peaks


@pytest.mark.parametrize("prominence_db_min", [0.0, 3.0])
def test_peaks_are_those_of_the_curves_with_what_recurs_inside(
    script, spectra, padded_spectra_path, tmp_path, prominence_db_min
):
    pd.DataFrame({"kind": ["class"], "name": ["bar"], "interval_steps": [9], "n_times": [5]}).to_csv(
        tmp_path / "recurrences.csv"
    )
    pd.DataFrame({"lag_steps": [9, 40], "n_tokens": [4, 6]}).to_csv(tmp_path / "phrases.csv")
    script("select_peaks").main(
        spectra_path=padded_spectra_path,
        recurrences_path=tmp_path / "recurrences.csv",
        phrases_path=tmp_path / "phrases.csv",
        peaks_path=tmp_path / "peaks.csv",
        prominence_db_min=prominence_db_min,
    )
    table = pd.read_csv(tmp_path / "peaks.csv")
    rows = table[(table["spectrum"] == "shown_tune_rect") & (table["curve"] == "layer 2")]
    of_layer = spectra["shown_tune"].layers[1]
    found = find_peaks(of_layer.curve, window="hann", n_steps=16)
    expected = [peak.period_steps for peak in found if peak.prominence_db >= prominence_db_min]
    assert rows["period_steps"].tolist() == pytest.approx(expected)
    if prominence_db_min:
        return
    # Under a Hann window of 16 steps, the lobe of a peak near 9 steps reaches from about 5.5 to 19 steps.
    near = table[table["period_steps"].between(8, 10)]
    assert (near["recurring_classes"] == "bar 5").all()
    assert (near["phrase_lags_steps"].astype(str).str.removesuffix(".0") == "9").all()
    far = table[table["period_steps"] < 3]
    assert len(far)
    assert far["recurring_classes"].isna().all()
