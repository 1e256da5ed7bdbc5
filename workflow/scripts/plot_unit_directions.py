"""Draw w_1 to w_3 by unit, and the cumulative histograms of their entries."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.softmax import draw_entry_distribution, draw_unit_direction
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.projection import DECOMPOSITIONS, N_LEADING
from folkprobe.network.softmax import decompose_softmax
from folkprobe.provenance.job import run_job


def main(*, checkpoint_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write a row of two panels for each direction, and the entries with a row for each unit."""
    checkpoint = read_checkpoint(checkpoint_path)
    of = {name: decompose_softmax(checkpoint, gauge_fixed=fixed).w for name, fixed in DECOMPOSITIONS.items()}
    n_shown = min(N_LEADING, *(w.shape[1] for w in of.values()))
    table = pd.DataFrame({"unit_index": checkpoint.layers[-1].unit_index})
    with new_figure(height_mm=60 * n_shown) as figure:
        grid = figure.subplots(n_shown, 2, width_ratios=[2, 1], squeeze=False)
        for k, (left, right) in enumerate(grid):
            entries = {name.replace("_", " "): w[:, k] for name, w in of.items()}
            draw_unit_direction(left, entries, checkpoint.layers[-1].unit_index, direction=k + 1)
            draw_entry_distribution(right, entries, direction=k + 1)
            for name, w in of.items():
                table[f"w_{k + 1}_{name}"] = w[:, k]
        grid[0, 1].legend(loc="lower right")
        write_figure(figure, *figure_paths)
    write_table(table, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
