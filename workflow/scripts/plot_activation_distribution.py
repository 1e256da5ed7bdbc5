"""Draw how the values of hidden states are distributed in each layer."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.activations import N_BINS, draw_activation_distribution
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, trajectories_path: Path, figure_paths: list[Path], table_path: Path, tune_index: int) -> None:
    """Write the figure, and the densities with a row for each layer and bin."""
    edges = np.linspace(-1, 1, N_BINS + 1)
    densities, tables = {}, []
    with read_trajectories(trajectories_path) as stored:
        for layer in range(1, stored.n_layers + 1):
            hidden_state = stored.hidden_state(layer, tune_index)
            counts, _ = np.histogram(hidden_state, bins=edges)
            densities[layer] = counts / max(counts.sum(), 1) / np.diff(edges) if hidden_state.size else counts * np.nan
            columns = {"layer": layer, "bin_lower": edges[:-1], "bin_upper": edges[1:], "density": densities[layer]}
            tables.append(pd.DataFrame(columns))
    with new_figure(height_mm=90) as figure:
        draw_activation_distribution(figure.subplots(), densities)
        write_figure(figure, *figure_paths)
    write_table(pd.concat(tables), table_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            trajectories_path=Path(snakemake.input.trajectories),
            figure_paths=[Path(path) for path in snakemake.output.figure],
            table_path=Path(snakemake.output.table),
            **snakemake.params.job["config"],
        )
