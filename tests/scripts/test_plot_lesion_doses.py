"""The script plot_lesion_doses."""

import pandas as pd
import pytest
from lesion_factory import DEFAULT_CUTS, FULL_CUTS, ZEROED, effects_table, outcomes_table


@pytest.fixture
def plot(script, saved_figures, tmp_path):
    """Draw the figure of a study; give it and the table beside it."""

    def draw(outcomes, cuts):
        outcomes.to_csv(tmp_path / "outcomes.csv", index=False)
        effects_table(outcomes).to_csv(tmp_path / "effects.csv", index=False)
        script("plot_lesion_doses").main(
            effects_path=tmp_path / "effects.csv",
            outcomes_path=tmp_path / "outcomes.csv",
            figure_paths=[tmp_path / "figure.svg"],
            table_path=tmp_path / "table.csv",
            cuts=cuts,
            n_layers=3,
        )
        return saved_figures[0], pd.read_csv(tmp_path / "table.csv")

    return draw


def test_a_study_of_several_sizes(plot):
    n_sets = {"third": 21, "third_mean": 2, "units_8": 20, "units_32": 20}
    outcomes = outcomes_table(n_sets, n_tunes=4)
    figure, table = plot(outcomes, FULL_CUTS)
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["layer 1", "layer 2", "layer 3"]
    for ax in figure.axes:
        assert [label.get_text() for label in ax.get_xticklabels()] == ["8", "32", "42"]
        (dots,) = (line for line in ax.lines if line.get_marker() == ".")
        assert len(dots.get_ydata()) == 61
    (legend,) = figure.legends
    assert legend.get_title().get_text().startswith("descriptive, 20 to 21 random sets:")
    entries = [text.get_text() for text in legend.get_texts()]
    assert entries == [
        "targeted (most power at the bar)",
        "random",
        "as active as the targeted",
        "bottom (least power at the bar)",
        "intact",
    ]
    assert "over random sets" in figure.get_supxlabel()
    assert "; 4 tunes; rng_seed 3" in figure.get_supxlabel()
    # Levels and random sets; the variant is another cut, and belongs to no dose.
    assert set(table["family"]) == {"third", "units_8", "units_32"}
    assert len(table) == 3 * (3 * 4 + 61)
    row = table[(table["family"] == "units_8") & (table["layer"] == 2) & (table["set_index"] == 7)].iloc[0]
    of_set = outcomes[outcomes["condition"] == "layer_2_units_8_random_07"]
    assert row["share_of_wrong_bars"] == of_set["n_wrong_bars"].sum() / of_set["n_measured_bars"].sum()


def test_the_default_study_has_one_size_and_says_that_it_describes(plot):
    figure, _ = plot(outcomes_table(dict.fromkeys(DEFAULT_CUTS, 5), n_tunes=4), DEFAULT_CUTS)
    assert [label.get_text() for ax in figure.axes for label in ax.get_xticklabels()] == ["42"] * 3
    assert figure.legends[0].get_title().get_text().startswith("descriptive, 5 random sets:")
    # One scale for all three, as high as the highest.
    assert len({ax.get_ylim() for ax in figure.axes}) == 1


@pytest.mark.parametrize(
    ("outcomes", "cuts", "note"),
    [
        (outcomes_table({}, n_tunes=3), {}, "no family that zeroes units is declared"),
        (outcomes_table({"third_mean": 2}, n_tunes=3), DEFAULT_CUTS, "no family that zeroes units is declared"),
        (outcomes_table({"third": 1}, n_tunes=3), {"third": ZEROED}, "random: no interval, one random set"),
        (outcomes_table({"third": 0}, n_tunes=3), {"third": ZEROED}, "3 tunes"),
        (outcomes_table({"third": 2}, n_tunes=3, n_bars=0), {"third": ZEROED}, "nothing was counted"),
        (outcomes_table({"third": 2}, n_tunes=3, share_of_wrong_bars=1.0), {"third": ZEROED}, "3 tunes"),
        (outcomes_table({"third": 2}, n_tunes=3, share_of_wrong_bars=0.0), {"third": ZEROED}, "3 tunes"),
    ],
    ids=["no study", "no dose", "one set", "no set", "no bar", "all wrong", "none wrong"],
)
def test_extreme_studies_are_drawn(plot, outcomes, cuts, note):
    figure, _ = plot(outcomes, cuts)
    assert note in figure.get_supxlabel()
