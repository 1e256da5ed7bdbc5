"""The script plot_window_spectra."""

import numpy as np
import pandas as pd

from folkprobe.signal.window_tables import lobe_rows


def test_curves_are_the_windows_spectra_and_marks_their_lobes(script, saved_figures, tmp_path):
    pd.DataFrame(lobe_rows(40, [9.0])).to_csv(tmp_path / "tables.csv")
    script("plot_window_spectra").main(
        tables_path=tmp_path / "tables.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        n_steps=40,
    )
    table = pd.read_csv(tmp_path / "table.csv")
    rect = table[table["window"] == "rect"]
    frequency = rect["frequency_cycles_per_step"].to_numpy()[1:]
    dirichlet = np.abs(np.sin(np.pi * 40 * frequency) / (40 * np.sin(np.pi * frequency)))
    apart = dirichlet > 1e-6
    assert np.allclose(10 ** (rect["level_db"].to_numpy()[1:][apart] / 20), dirichlet[apart], rtol=1e-6)
    labels = [text.get_text() for text in saved_figures[0].axes[0].get_legend().get_texts()]
    assert labels[:2] == ["rect", "hanning"]
    assert sum("sidelobe 2 of DC" in label for label in labels) == 1
