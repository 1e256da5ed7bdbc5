"""The script plot_removals."""

import pandas as pd


def test_the_numbers_beside_the_figure(script, saved_figures, tmp_path):
    rows = {
        "condition": ["a", "b", "a", "b", "a"],
        "edit": ["remove", "push"] * 2 + ["remove"],
        "direction": 1,
        "gauge_fixed": False,
        "alpha": [None, 0.5] * 2 + [None],
        "control_rng_seed": None,
        "reference": ["intact"] * 4 + ["matched random directions"],
        "outcome": ["x", "x", "never", "never", "x"],
        "condition_value": [0.5, 0.75, 0, 0, 0.5],
        "reference_value": [0.25, 0.25, 0, 0, 0.125],
        "difference": [0.25, 0.5, 0, 0, 0.375],
        "lower": [0.125, 0.25, 0, 0, 0.25],
        "upper": [0.375, 0.75, 0, 0, 0.5],
        "level": 0.95,
        "method": "a method",
    }
    pd.DataFrame(rows).to_csv(tmp_path / "effects.csv", index=False)
    script("plot_removals").main(
        effects_path=tmp_path / "effects.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        words={"a": "w₁ removed"},
    )
    table = pd.read_csv(tmp_path / "table.csv")
    assert set(table["condition"]) == {"a"}
    assert set(table["reference"]) == {"intact"}
    # A class that no condition draws has no panel.
    shown = [ax.get_title(loc="left").splitlines()[0] for ax in saved_figures[0].axes if ax.axison]
    assert shown == ["x"]
    assert [label.get_text() for label in saved_figures[0].axes[0].get_yticklabels()] == ["w₁ removed"]
    assert "a method" in saved_figures[0].get_supxlabel()
    assert (tmp_path / "figure.svg").stat().st_size > 0


def test_a_study_without_any_says_so(script, saved_figures, tmp_path):
    columns = ["condition", "edit", "direction", "gauge_fixed", "control_rng_seed", "alpha", "reference", "outcome"]
    columns += ["condition_value", "reference_value", "difference", "lower", "upper", "level", "method"]
    pd.DataFrame(columns=columns).to_csv(tmp_path / "effects.csv", index=False)
    script("plot_removals").main(
        effects_path=tmp_path / "effects.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        words={"a": "w₁ removed"},
    )
    assert saved_figures[0].get_supxlabel() == "no removal is declared"
