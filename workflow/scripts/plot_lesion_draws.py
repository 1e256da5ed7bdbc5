"""Draw the share of wrong bars of each random set of units, and of the targeted set among them."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.lesion_tables import (
    describe_draws,
    describe_intervals,
    intact_share,
    leading_family,
    share_by_set,
)
from folkprobe.figures.lesions import draw_set_shares
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job
from folkprobe.statistics.lesion_design import KINDS, PRIMARY_OUTCOME


def main(*, effects_path: Path, outcomes_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write a row for each layer, and the sets that it shows."""
    effects = pd.read_csv(effects_path)
    intact = intact_share(effects)
    sets = share_by_set(pd.read_csv(outcomes_path))
    family = leading_family(effects)
    effects = effects[(effects["family"] == family) & (effects["outcome"] == PRIMARY_OUTCOME)]
    levels, sets = effects[effects["contrast"].isin(KINDS)], sets[sets["family"] == family]
    remarks = describe_draws(effects, sets)
    notes = describe_intervals(levels) or "no lesion study is declared"
    with new_figure(height_mm=30 + 28 * max(len(remarks), 1) + 3.5 * notes.count("\n")) as figure:
        # Long labels on both sides are slightly wider in print than the layout assumes.
        figure.get_layout_engine().set(w_pad=0.12)
        ax = figure.subplots()
        draw_set_shares(ax, sets[sets["kind"] == "random"], levels, intact=intact, remarks=remarks)
        title = "as many units in every set of a layer" if family else ""
        ax.set(xlabel="share of wrong bars", title=title)
        figure.legend(loc="outside upper center", ncols=3)
        figure.supxlabel(notes, fontsize=7)
        write_figure(figure, *figure_paths)
    write_table(sets, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
