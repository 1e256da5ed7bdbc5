"""Draw the correlation of the columns of V with the bias v."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.softmax import draw_bias_correlation
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.softmax import bias_correlation
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, checkpoint_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write the figure, and the correlations with a row for each unit."""
    checkpoint = read_checkpoint(checkpoint_path)
    correlation = bias_correlation(checkpoint)
    with new_figure(height_mm=75) as figure:
        draw_bias_correlation(figure.subplots(), correlation)
        write_figure(figure, *figure_paths)
    columns = {"unit_index": checkpoint.layers[-1].unit_index, "correlation_with_bias": correlation}
    write_table(pd.DataFrame(columns), table_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            checkpoint_path=Path(snakemake.input.checkpoint),
            figure_paths=[Path(path) for path in snakemake.output.figure],
            table_path=Path(snakemake.output.table),
            **snakemake.params.job["config"],
        )
