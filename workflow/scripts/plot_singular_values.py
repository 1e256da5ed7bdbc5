"""Draw the singular values of the softmax layer, as trained and gauge-fixed."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.softmax import draw_singular_values
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, directions_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write both curves on one axis, and their numbers with a row for each decomposition and direction."""
    directions = pd.read_csv(directions_path)
    groups = {name.replace("_", " "): group for name, group in directions.groupby("decomposition")}
    curves = {name: group["singular_value"].to_numpy() for name, group in groups.items()}
    cosines = {name: group["cosine_with_constant"].iloc[0] for name, group in groups.items()}
    with new_figure(height_mm=90) as figure:
        draw_singular_values(figure.subplots(), curves, cosines)
        write_figure(figure, *figure_paths)
    write_table(directions[["decomposition", "direction", "singular_value", "cosine_with_constant"]], table_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            directions_path=Path(snakemake.input.directions),
            figure_paths=[Path(path) for path in snakemake.output.figure],
            table_path=Path(snakemake.output.table),
            **snakemake.params.job["config"],
        )
