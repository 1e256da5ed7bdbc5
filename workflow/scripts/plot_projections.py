"""Draw the distribution of the projections by the token that follows."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.projections import draw_areas, draw_projection_distributions
from folkprobe.provenance.job import run_job


def main(*, summary_path: Path, auc_path: Path, figure_paths: list[Path], table_path: Path, decomposition: str) -> None:
    """Write a panel for each direction, and the numbers with a row for each group of steps."""
    summary, auc = (
        table[table["decomposition"] == decomposition] for table in map(pd.read_csv, (summary_path, auc_path))
    )
    directions = summary["direction"].unique()
    with new_figure(height_mm=150) as figure:
        upper, lower = figure.subplots(2, len(directions), squeeze=False, sharey="row", height_ratios=[3, 1])
        for place, direction in enumerate(directions):
            rows = summary[summary["direction"] == direction]
            title = f"$w_{direction}$: {rows['share_beyond_1'].iloc[0]:.0%} of the steps beyond ±1"
            draw_projection_distributions(upper[place], rows, direction=direction, title=title)
            draw_areas(lower[place], auc[auc["direction"] == direction])
        for ax in upper[1:]:
            ax.set_ylabel("")
        lower[0].set_ylabel("before")
        figure.suptitle(decomposition.replace("_", " "), fontsize=8)
        write_figure(figure, *figure_paths)
    write_table(summary, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
