"""Draw by layer how much more excising the units at the bar changes than excising random sets."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.lesion_tables import (
    describe_cuts,
    describe_intervals,
    leading_family,
)
from folkprobe.figures.lesions import draw_layer_effects, draw_outcome_effects
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job
from folkprobe.statistics.lesion_design import KINDS, PRIMARY_CONTRAST, PRIMARY_OUTCOME

# Of an adjusted p-value that is marked.
_ALPHA = 0.05


def main(*, effects_path: Path, figure_paths: list[Path], table_path: Path, cuts: dict[str, dict[str, str]]) -> None:
    """Write the primary outcome of the leading family and its variants, that family's other outcomes, and the rows."""
    effects = pd.read_csv(effects_path)
    effects = effects[effects["family"].isin(cuts)]
    leading = leading_family(effects)
    # Families that differ from the leading one only in size are drawn by lesion_doses.
    labels = describe_cuts({family: cut for family, cut in cuts.items() if family == leading or cut != cuts[leading]})
    # A class that no condition draws has nothing to show.
    levels = effects[effects["contrast"].isin(KINDS) & (effects["family"] == leading)]
    occurs = levels["estimate"].fillna(0).astype(bool).groupby(levels["outcome"]).any()
    shown = effects[(effects["contrast"] == PRIMARY_CONTRAST) & effects["family"].isin(labels)]
    of_primary = shown[shown["outcome"] == PRIMARY_OUTCOME]
    is_other = (shown["outcome"] != PRIMARY_OUTCOME) & (shown["family"] == leading)
    others = shown[is_other & shown["outcome"].isin(occurs.index[occurs])]
    shown = pd.concat([of_primary, others])
    notes = describe_intervals(shown) or "no targeted and random sets are declared"
    heights = [18 + 5 * len(of_primary), 24 + 5 * others["outcome"].nunique()]
    with new_figure(height_mm=5 + sum(heights) + 3.5 * notes.count("\n")) as figure:
        # Long labels on both sides are slightly wider in print than the layout assumes.
        figure.get_layout_engine().set(w_pad=0.12)
        upper, lower = figure.subfigures(2, height_ratios=heights)
        ax = upper.subplots()
        draw_layer_effects(ax, of_primary, labels)
        ax.set(title="share of wrong bars, targeted minus random (filled: primary)")
        ax = lower.subplots()
        draw_outcome_effects(ax, others, alpha=_ALPHA)
        adjustments = "; ".join(others["adjustment"].dropna().unique()) or "none"
        title = (
            f"other outcomes, units {labels[leading]}: filled where p < {_ALPHA:g} ({adjustments})"
            if len(others)
            else ""
        )
        ax.set(
            title=title,
            xlabel="targeted minus random, in halves of its interval's width (grey: the interval contains 0)",
        )
        if len(others):
            ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
        lower.supxlabel(notes, fontsize=7)
        write_figure(figure, *figure_paths)
    write_table(shown, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
