"""The script plot_lesion_draws."""

import pandas as pd
import pytest
from lesion_factory import effects_table, outcomes_table


@pytest.fixture
def plot(script, saved_figures, tmp_path):
    """Draw the figure of a study; give it and the table beside it."""

    def draw(outcomes):
        outcomes.to_csv(tmp_path / "outcomes.csv", index=False)
        effects_table(outcomes).to_csv(tmp_path / "effects.csv", index=False)
        script("plot_lesion_draws").main(
            effects_path=tmp_path / "effects.csv",
            outcomes_path=tmp_path / "outcomes.csv",
            figure_paths=[tmp_path / "figure.svg"],
            table_path=tmp_path / "table.csv",
        )
        return saved_figures[0], pd.read_csv(tmp_path / "table.csv")

    return draw


def test_every_set_of_the_primary_family_is_there(plot):
    outcomes = outcomes_table({"units_8": 2, "third": 39}, n_tunes=4)
    figure, table = plot(outcomes)
    (ax,) = figure.axes
    assert ax.get_title(loc="left") == "as many units in every set of a layer"
    dots = [len(line.get_xdata()) for line in ax.lines if line.get_marker() == "o" and len(line.get_xdata()) > 1]
    assert dots == [39, 39, 39]
    assert all("39 random sets\npermutation p" in text.get_text() for text in ax.texts)
    # The third layer of these tables counts: none of 39 sets does as much harm.
    assert ax.texts[2].get_text().endswith("permutation p = 0.025")
    assert "targeted, activity matched, bottom: 95% interval" in figure.get_supxlabel()
    assert "4 tunes; rng_seed 3" in figure.get_supxlabel()
    assert table.groupby("kind").size().to_dict() == {"random": 117, "targeted": 3, "activity_matched": 3, "bottom": 3}
    of_set = outcomes[outcomes["condition"] == "layer_3_third_targeted"]
    row = table[(table["layer"] == 3) & (table["kind"] == "targeted")].iloc[0]
    assert row["share_of_wrong_bars"] == of_set["n_wrong_bars"].sum() / of_set["n_measured_bars"].sum()


def test_few_sets_are_described_and_not_tested(plot):
    figure, _ = plot(outcomes_table({"third": 5}, n_tunes=4))
    assert [text.get_text() for text in figure.axes[0].texts] == ["42 units\ndescriptive, 5 random sets"] * 3


@pytest.mark.parametrize(
    ("outcomes", "n_rows"),
    [
        (outcomes_table({}, n_tunes=3), 0),
        (outcomes_table({"third_mean": 2}, n_tunes=3), 3),
        (outcomes_table({"third": 0}, n_tunes=3), 3),
        (outcomes_table({"third": 1}, n_tunes=3), 3),
        (outcomes_table({"third": 2}, n_tunes=3, n_bars=0), 3),
        (outcomes_table({"third": 39}, n_tunes=3, share_of_wrong_bars=1.0), 3),
        (outcomes_table({"third": 5}, n_tunes=3, share_of_wrong_bars=0.0), 3),
    ],
    ids=["no study", "no primary family", "no set", "one set", "no bar", "all wrong", "none wrong"],
)
def test_extreme_studies_are_drawn(plot, outcomes, n_rows):
    figure, table = plot(outcomes)
    assert len(figure.axes[0].texts) == n_rows
    assert ("no lesion study is declared" in figure.get_supxlabel()) == (n_rows == 0)
    assert table["layer"].nunique() == n_rows
