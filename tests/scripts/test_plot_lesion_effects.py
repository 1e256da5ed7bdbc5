"""The script plot_lesion_effects."""

import numpy as np
import pandas as pd
import pytest
from lesion_factory import DEFAULT_CUTS, FULL_CUTS, ZEROED, effects_table, outcomes_table


@pytest.fixture
def plot(script, saved_figures, tmp_path):
    """Draw the figure of a study; give it and the table beside it."""

    def draw(outcomes, cuts):
        effects_table(outcomes).to_csv(tmp_path / "effects.csv", index=False)
        script("plot_lesion_effects").main(
            effects_path=tmp_path / "effects.csv",
            figure_paths=[tmp_path / "figure.svg"],
            table_path=tmp_path / "table.csv",
            cuts=cuts,
        )
        return saved_figures[0], pd.read_csv(tmp_path / "table.csv")

    return draw


def _rows(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_the_primary_family_and_its_variants_by_layer_and_its_other_outcomes(plot):
    n_sets = {"units_8": 20, "third": 21, "third_mean": 2, "third_rec": 2}
    outcomes = outcomes_table(n_sets, n_tunes=4)
    cuts = {family: FULL_CUTS[family] for family in n_sets}
    figure, table = plot(outcomes, cuts)
    first, others = (ax for ax in figure.axes if ax.axison)
    labels = ("at zero", "at their mean", "at zero for their own layer only")
    # Another size is no variant.
    assert _rows(first) == [f"layer {layer}, {label}" for layer in (1, 2, 3) for label in labels]
    # One primary test a layer; every row says how many sets it rests on.
    remarks = [text.get_text() for text in first.texts]
    assert [("Holm" in remark, "descriptive, 2 random sets" in remark) for remark in remarks] == [
        (True, False),
        (False, True),
        (False, True),
    ] * 3
    rows = _rows(others)
    assert rows[:3] == ["share of ok tunes", "share of strict ok tunes", "share of wellformed tunes"]
    # Nobody draws a meter or a key: such classes have no row.
    assert len(rows) == 12
    assert "share of key tokens" not in rows
    drawn = {line.get_label(): line.get_xdata() for line in others.lines if line.get_label().startswith("layer")}
    of_layer = table[(table["layer"] == 2) & (table["outcome"] != "share_of_wrong_bars")]
    assert list(drawn) == ["layer 1", "layer 2", "layer 3"]
    # An interval that reaches 0 ends at -1 or 1.
    half = (of_layer["upper"] - of_layer["lower"]) / 2
    assert np.allclose(drawn["layer 2"], of_layer["estimate"] / half)
    assert [text.get_text() for text in figure.texts] == []
    lower = figure.subfigs[1]
    assert others.get_title(loc="left") == (
        "other outcomes, units at zero: filled where p < 0.05 (Benjamini-Hochberg over 42)"
    )
    assert "targeted - random: 95% interval" in lower.get_supxlabel()
    assert "4 tunes; rng_seed 3" in lower.get_supxlabel()
    assert set(table["contrast"]) == {"targeted - random"}
    assert table["role"].value_counts().to_dict() == {"secondary": 36, "descriptive": 6, "primary": 3}


def test_the_default_study_says_that_it_describes(plot):
    figure, _ = plot(outcomes_table(dict.fromkeys(DEFAULT_CUTS, 5), n_tunes=4), DEFAULT_CUTS)
    remarks = [text.get_text() for text in figure.axes[0].texts]
    assert len(remarks) == 12
    assert all(remark.startswith("descriptive, 5 random sets") for remark in remarks)


@pytest.mark.parametrize(
    ("outcomes", "cuts", "n_rows", "note"),
    [
        (outcomes_table({}, n_tunes=3), {}, 0, "no targeted and random sets are declared"),
        (outcomes_table({"third": 0}, n_tunes=3), {"third": ZEROED}, 0, "no targeted and random sets are declared"),
        (outcomes_table({"third_mean": 2}, n_tunes=3), DEFAULT_CUTS, 3, "3 tunes"),
        (
            outcomes_table({"third": 1}, n_tunes=3),
            {"third": ZEROED},
            3,
            "targeted - random: no interval, one random set",
        ),
        (outcomes_table({"third": 2}, n_tunes=3, n_bars=0), {"third": ZEROED}, 3, "3 tunes"),
        (outcomes_table({"third": 2}, n_tunes=3, share_of_wrong_bars=1.0), {"third": ZEROED}, 3, "3 tunes"),
    ],
    ids=["no study", "no set", "no primary family", "one set", "no bar", "all wrong"],
)
def test_extreme_studies_are_drawn(plot, outcomes, cuts, n_rows, note):
    figure, table = plot(outcomes, cuts)
    assert len(_rows(figure.axes[0])) == n_rows
    assert note in figure.subfigs[1].get_supxlabel()
    assert (len(table) > 0) == (n_rows > 0)
