"""Draw by layer how much more excising the units at the bar changes than excising random sets."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.lesion_tables import (
    describe_cut,
    describe_intervals,
    describe_sets,
    leading_family,
)
from folkprobe.figures.lesions import draw_layer_effects, draw_outcome_effects
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job
from folkprobe.statistics.lesion_design import KINDS, PRIMARY_CONTRAST, PRIMARY_OUTCOME

_N_COLUMNS = 4


def main(*, effects_path: Path, figure_paths: list[Path], table_path: Path, cuts: dict[str, dict[str, str]]) -> None:
    """Write the primary outcome of the leading family and its variants, that family's other outcomes, and the rows."""
    effects = pd.read_csv(effects_path)
    effects = effects[effects["family"].isin(cuts)]
    leading = leading_family(effects)
    # Families that differ from the leading one only in size are drawn by lesion_doses.
    labels = {
        family: describe_cut(family, **cut) for family, cut in cuts.items() if family == leading or cut != cuts[leading]
    }
    # A class that no condition draws has nothing to show.
    levels = effects[effects["contrast"].isin(KINDS) & (effects["family"] == leading)]
    occurs = levels["estimate"].fillna(0).astype(bool).groupby(levels["outcome"]).any()
    shown = effects[(effects["contrast"] == PRIMARY_CONTRAST) & effects["family"].isin(labels)]
    of_primary = shown[shown["outcome"] == PRIMARY_OUTCOME]
    is_other = (shown["outcome"] != PRIMARY_OUTCOME) & (shown["family"] == leading)
    others = shown[is_other & shown["outcome"].isin(occurs.index[occurs])]
    outcomes, layers = others["outcome"].unique(), sorted(others["layer"].unique())
    n_rows = -(-len(outcomes) // _N_COLUMNS)
    shown = pd.concat([of_primary, others])
    notes = describe_intervals(shown) or "no targeted and random sets are declared"
    heights = [16 + 5 * len(of_primary), 8 + 19 * n_rows]
    with new_figure(height_mm=5 + sum(heights) + 3 * notes.count("\n")) as figure:
        # Long labels on both sides are slightly wider in print than the layout assumes.
        figure.get_layout_engine().set(w_pad=0.12)
        upper, lower = figure.subfigures(2, height_ratios=heights)
        ax = upper.subplots()
        draw_layer_effects(ax, of_primary, labels)
        ax.set(title="share of wrong bars, targeted minus random (filled: primary)")
        grid = lower.subplots(max(n_rows, 1), _N_COLUMNS, squeeze=False, sharey=True).ravel()
        for ax, outcome in zip(grid, outcomes, strict=False):
            draw_outcome_effects(ax, others[others["outcome"] == outcome], layers=layers, outcome=outcome)
        for ax in grid[len(outcomes) :]:
            ax.axis("off")
        if len(others):
            adjustments = "; ".join(others["adjustment"].dropna().unique()) or "none"
            title = f"other outcomes of {leading}, p: {adjustments}; {describe_sets(others['n_sets'])}"
            lower.suptitle(title, fontsize=7)
        lower.supxlabel(notes, fontsize=6)
        write_figure(figure, *figure_paths)
    write_table(shown, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
