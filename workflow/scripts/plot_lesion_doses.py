"""Draw the share of wrong bars against the number of excised units."""

from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.lesion_tables import (
    describe_intervals,
    describe_sets,
    dose_levels,
    intact_share,
    share_by_set,
)
from folkprobe.figures.lesions import draw_doses, share_limit
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job

_N_COLUMNS = 3


def main(
    *,
    effects_path: Path,
    outcomes_path: Path,
    figure_paths: list[Path],
    table_path: Path,
    cuts: dict[str, dict[str, str]],
    n_layers: int,
) -> None:
    """Write a panel for each layer, and the levels and the random sets that it shows."""
    effects = pd.read_csv(effects_path)
    sets = share_by_set(pd.read_csv(outcomes_path))
    levels, intact = dose_levels(effects, cuts), intact_share(effects)
    sets = sets[sets["kind"] == "random"].merge(levels[["layer", "family"]].drop_duplicates())
    drawn = [levels["estimate"], levels["upper"], sets["share_of_wrong_bars"], [intact]]
    notes = describe_intervals(levels) or "no family that zeroes units is declared"
    n_rows = -(-n_layers // _N_COLUMNS)
    with new_figure(height_mm=32 + 60 * n_rows + 3.5 * notes.count("\n")) as figure:
        panels = figure.subplots(n_rows, min(n_layers, _N_COLUMNS), squeeze=False, sharey=True).ravel()
        for ax in panels[n_layers:]:
            ax.axis("off")
        for layer, ax in enumerate(panels[:n_layers], start=1):
            of_layer = (table[table["layer"] == layer] for table in (levels, sets))
            draw_doses(ax, *of_layer, intact=intact, top=share_limit(np.concatenate(drawn)), title=f"layer {layer}")
        for ax in panels[::_N_COLUMNS]:
            ax.set_ylabel("share of wrong bars")
        entries = {}
        for ax in panels:
            entries |= dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
        n_sets = levels.loc[levels["contrast"] == "random", "n_sets"]
        title = f"{describe_sets(n_sets, is_tested=False)}: a dot for each, their mean with its interval as a band"
        figure.legend(entries.values(), entries.keys(), loc="outside upper center", ncols=3, title=title)
        figure.supxlabel(notes, fontsize=7)
        write_figure(figure, *figure_paths)
    write_table(pd.concat([levels, sets.rename(columns={"kind": "contrast"})]), table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
