"""The script plot_bar_shares."""

import pandas as pd

from folkprobe.statistics.shares import Estimate


def test_shares_are_drawn_with_what_was_cut_and_differences_are_not(script, saved_figures, tmp_path):
    def row(contrast, value, outcome="share_of_correct_bars"):
        estimate = Estimate(value, value - 0.125, value + 0.0625, 0.95, 20, 300, "a method", 7)
        return {"contrast": contrast, "outcome": outcome, **vars(estimate)}

    shares = [row("intact", 0.75), row("a", 0.5), row("b", 0.625), row("c", 0.375)]
    others = [row("a - intact", -0.25), row("intact", 0.25, "share_of_wrong_bars")]
    effects = pd.DataFrame([*shares[:2], *others, *shares[2:]]).rename(columns={"value": "estimate"})
    effects.to_csv(tmp_path / "effects.csv", index=False)
    selection = pd.DataFrame({"layer": [1, 2, 3], "n_units": [8, 4, 6], "n_selected": [0, 4, 3]})
    selection.to_csv(tmp_path / "selection.csv", index=False)
    script("plot_bar_shares").main(
        effects_path=tmp_path / "effects.csv",
        selection_path=tmp_path / "selection.csv",
        figure_paths=[tmp_path / "figure.svg"],
        table_path=tmp_path / "table.csv",
        conditions={
            name: {"words": words, "layer": layer, "is_stimulated": False}
            for name, words, layer in (
                ("intact", "intact", None),
                ("a", "layer 2 excised", 2),
                ("b", "layer 1 excised", 1),
                ("c", "c", 3),
            )
        },
        lesions={
            "a": {"layer": 2, "unit_index": None},
            "b": {"layer": 1, "unit_index": None},
            "c": {"layer": 3, "unit_index": [5, 1]},
        },
    )
    assert pd.read_csv(tmp_path / "table.csv").to_dict("records") == shares
    (ax,) = saved_figures[0].axes
    assert [label.get_text().splitlines()[0] for label in ax.get_yticklabels()] == [
        "intact",
        "layer 2 excised (4 of 4, the whole layer)",
        "layer 1 excised (0 of 8, the same as intact)",
        "c (2 of 6)",
    ]
    points = [line.get_xdata()[0] for line in ax.get_lines() if line.get_linestyle() == "None"]
    assert points == [0.75, 0.5, 0.625, 0.375]
    intervals = [list(line.get_xdata()) for line in ax.get_lines() if line.get_linestyle() != "None"]
    assert intervals[0] == [0.625, 0.8125]
    assert (tmp_path / "figure.svg").stat().st_size > 0
