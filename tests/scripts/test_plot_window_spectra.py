"""The script plot_window_spectra."""

import numpy as np
import pandas as pd
import pytest

N_STEPS = 49


def test_curves_are_the_transforms_of_the_windows_and_marks_stand_where_the_table_says(
    script, saved_figures, figure_paths, tmp_path
):
    values = {
        ("rect", "half_width_cycles_per_step"): 0.0125,
        ("rect", "sidelobe_1_cycles_per_step"): 0.03,
        ("rect", "sidelobe_1_level_db"): -13.25,
        ("rect", "sidelobe_2_cycles_per_step"): 0.05,
        ("rect", "sidelobe_2_level_db"): -17.75,
        ("hanning", "half_width_cycles_per_step"): 0.02,
        ("hanning", "sidelobe_1_cycles_per_step"): 0.048,
        ("hanning", "sidelobe_1_level_db"): -31.5,
    }
    rows = [(*key, value, N_STEPS) for key, value in values.items()]
    # The table has the article's windows too.
    rows += [(*key, 2 * value, 147) for key, value in values.items()]
    pd.DataFrame(rows, columns=["window", "quantity", "value", "n_steps"]).to_csv(tmp_path / "tables.csv", index=False)
    script("plot_window_spectra").main(
        tables_path=tmp_path / "tables.csv",
        figure_paths=figure_paths,
        table_path=tmp_path / "table.csv",
        n_steps=N_STEPS,
    )
    table = pd.read_csv(tmp_path / "table.csv")
    for name, window in (("rect", np.ones(N_STEPS)), ("hanning", np.hanning(N_STEPS + 2)[1:-1])):
        of_window = table[table["window"] == name].iloc[::50]
        frequency = of_window["frequency_cycles_per_step"].to_numpy()
        transform = np.exp(-2j * np.pi * np.outer(frequency, np.arange(N_STEPS))) @ window
        assert np.allclose(10 ** (of_window["level_db"] / 20), np.abs(transform) / window.sum(), atol=1e-9)
        assert of_window["period_steps"].iloc[0] == np.inf
        assert np.allclose(of_window["period_steps"].iloc[1:], 1 / frequency[1:])
    marks = [line for line in saved_figures[0].axes[0].get_lines() if line.get_linestyle() == "None"]
    points = {line.get_label().split(":")[0] + line.get_label().split(":")[1]: line.get_xydata()[0] for line in marks}
    assert points == {
        "rect edge of the main lobe": pytest.approx([0.0125, -6]),
        "hanning edge of the main lobe": pytest.approx([0.02, -6]),
        "rect sidelobe 1 of DC": pytest.approx([0.03, -13.25]),
        "hanning sidelobe 1 of DC": pytest.approx([0.048, -31.5]),
        "rect sidelobe 2 of DC": pytest.approx([0.05, -17.75]),
    }
