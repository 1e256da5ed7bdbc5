"""The script plot_recurrences."""

import numpy as np
import pandas as pd


def test_peaks_stand_on_their_curves(script, spectra, padded_spectra_path, shown_tunes_path, saved_figures, tmp_path):
    layers = spectra["shown_tune"].layers
    level_db = 20 * np.log10(layers[1].curve.mean[4])
    peak = {"spectrum": "shown_tune_padded", "curve": "layer 2", "period_steps": 4.5, "verdict": "not a sidelobe"}
    peak |= {"frequency_cycles_per_step": 4 / 18, "level_db": level_db, "above_noise": True}
    others = [{"spectrum": "shown_tune_rect"}, {"period_steps": 3.0, "above_noise": False}]
    pd.DataFrame([peak, *(peak | other for other in others)]).to_csv(tmp_path / "peaks.csv", index=False)
    pd.DataFrame({"lag_steps": [4, 1], "n_tokens": [12, 5]}).to_csv(tmp_path / "phrases.csv", index=False)
    script("plot_recurrences").main(
        spectra_path=padded_spectra_path,
        peaks_path=tmp_path / "peaks.csv",
        phrases_path=tmp_path / "phrases.csv",
        tunes_path=shown_tunes_path,
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        period_steps=[8.7, 9.3],
        tune_index=1,
    )
    upper, middle, lower = saved_figures[0].axes
    curve = upper.lines[1]
    assert curve.get_label() == "layer 2"
    mark, noise = [line for line in upper.lines if line.get_linestyle() == "None" or len(line.get_xdata()) == 1]
    assert [each.get_markerfacecolor() for each in (mark, noise)] == ["black", "0.7"]
    assert [text.get_text() for text in upper.texts] == ["4.5"]
    at = np.flatnonzero(np.isclose(curve.get_xdata(), mark.get_xdata()[0]))
    # The curve is normalised by layer 1, and the mark with it.
    assert np.isclose(curve.get_ydata()[at], mark.get_ydata()[0])
    names = [text.get_text() for text in middle.get_legend().get_texts()]
    assert names == ["bar", "pitch", "duration"]
    bars = np.zeros(12)
    bars[6] = 1
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(12) / 12)
    magnitude = np.abs(np.fft.rfft((bars - bars.mean()) * window, 18))
    expected = np.maximum(20 * np.log10(magnitude / magnitude.max()), -80)
    assert np.allclose(middle.lines[0].get_ydata(), expected)
    # A lag of one step has no place on the axis.
    assert [segment[1].tolist() for segment in lower.collections[0].get_segments()] == [[1 / 4, 12]]
    assert len(pd.read_csv(tmp_path / "table.csv")) == 2
