"""Draw the largest magnitude that each unit reaches over the shown tune."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.activations import draw_maximum_magnitude
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, trajectories_path: Path, figure_paths: list[Path], table_path: Path, tune_index: int) -> None:
    """Write the figure, and the maxima with a row for each unit."""
    maxima, tables = {}, []
    with read_trajectories(trajectories_path) as stored:
        for layer in range(1, stored.n_layers + 1):
            maxima[layer] = np.abs(stored.hidden_state(layer, tune_index)).max(axis=0)
            columns = {"layer": layer, "unit_index": stored.unit_index(layer), "maximum_magnitude": maxima[layer]}
            tables.append(pd.DataFrame(columns))
    with new_figure(height_mm=80) as figure:
        draw_maximum_magnitude(figure.subplots(), maxima)
        write_figure(figure, *figure_paths)
    write_table(pd.concat(tables).sort_values(["layer", "maximum_magnitude"], kind="stable"), table_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            trajectories_path=Path(snakemake.input.trajectories),
            figure_paths=[Path(path) for path in snakemake.output.figure],
            table_path=Path(snakemake.output.table),
            **snakemake.params.job["config"],
        )
