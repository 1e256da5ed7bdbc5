"""Draw the distribution of the projections by the token that follows."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.projections import draw_projection_distributions
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, summary_path: Path, auc_path: Path, figure_paths: list[Path], table_path: Path, decomposition: str) -> None:
    """Write a panel for each direction, and the numbers with a row for each group of steps."""
    summary, auc = (
        table[table["decomposition"] == decomposition] for table in map(pd.read_csv, (summary_path, auc_path))
    )
    directions = summary["direction"].unique()
    with new_figure(height_mm=105) as figure:
        grid = figure.subplots(1, len(directions), squeeze=False)[0]
        for ax, direction in zip(grid, directions, strict=True):
            rows = summary[summary["direction"] == direction]
            areas = auc[auc["direction"] == direction]
            lines = [
                f"AUC {row.auc:.2f} [{row.lower:.2f}, {row.upper:.2f}] before {row.next_token.replace(' or ', ' ')}"
                for row in areas.itertuples()
            ]
            beyond = f"beyond ±1: {rows['share_beyond_1'].iloc[0]:.0%} of steps"
            title = "\n".join([f"$w_{direction}$, {decomposition.replace('_', ' ')}", beyond, *lines])
            draw_projection_distributions(ax, rows, direction=direction, title=title)
        for ax in grid[1:]:
            ax.set(ylabel="", yticklabels=[])
        write_figure(figure, *figure_paths)
    write_table(summary, table_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            summary_path=Path(snakemake.input.summary),
            auc_path=Path(snakemake.input.auc),
            figure_paths=[Path(path) for path in snakemake.output.figure],
            table_path=Path(snakemake.output.table),
            decomposition=snakemake.wildcards.decomposition,
            **snakemake.params.job["config"],
        )
