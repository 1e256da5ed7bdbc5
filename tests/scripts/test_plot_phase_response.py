"""The script plot_phase_response."""

import pandas as pd

COLUMNS = ["perturbation", "elapsed_eighths", "quantity", "estimate", "lower", "upper"]


def _plot(script, tmp_path, rows):
    pd.DataFrame(rows, columns=COLUMNS).to_csv(tmp_path / "phase.csv", index=False)
    script("plot_phase_response").main(
        phase_response_path=tmp_path / "phase.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
    )


def test_a_panel_a_perturbation(script, saved_figures, tmp_path):
    rows = [
        ("insert", 2, "reset_index", 0.8, 0.7, 0.9),
        ("insert", 1, "reset_index", 0.9, 0.8, 1.0),
        ("insert", None, "reset_index", 0.85, 0.8, 0.9),
        ("omit_1", 1, "bar_probability", 0.1, 0.0, 0.2),
        ("omit_2", 1, "bar_probability", 0.2, 0.1, 0.3),
        ("substitute_pitch", None, "eighths_to_bar", 4, 3, 5),
        ("substitute_2", None, "eighths_to_bar", 3, 2, 4),
        ("substitute", None, "slope", -0.98, -1.0, -0.9),
    ]
    _plot(script, tmp_path, rows)
    inserted, substituted, omitted = saved_figures[0].axes
    assert inserted.lines[0].get_xdata().tolist() == [1, 2]
    assert inserted.lines[0].get_ydata().tolist() == [0.9, 0.8]
    assert [line.get_label() for line in omitted.lines] == ["1", "2"]
    # The pitch first, then by length.
    assert substituted.lines[0].get_xdata().tolist() == ["pitch", "2"]
    assert substituted.lines[0].get_ydata().tolist() == [4, 3]
    assert substituted.texts[0].get_text() == "slope −0.98 [−1.00, −0.90]"
    assert len(pd.read_csv(tmp_path / "table.csv")) == len(rows)


def test_an_empty_table_says_so(script, saved_figures, tmp_path):
    _plot(script, tmp_path, [])
    assert all(ax.texts[0].get_text() == "undefined: see the log" for ax in saved_figures[0].axes)
