"""Draw the hidden state of one layer over the shown tune."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.states import draw_hidden_state
from folkprobe.music.tunes import read_tunes
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    trajectories_path: Path,
    tunes_path: Path,
    figure_paths: list[Path],
    table_path: Path,
    layer: int,
    tune_index: int,
) -> None:
    """Write the image, and its numbers with a row for each step and unit."""
    with read_trajectories(trajectories_path) as stored:
        hidden_state, unit_index = stored.hidden_state(layer, tune_index), stored.unit_index(layer)
    tokens = read_tunes(tunes_path).tokens(tune_index)[: len(hidden_state)]
    with new_figure(height_mm=140) as figure:
        draw_hidden_state(figure.subplots(), hidden_state, layer=layer, tokens=tokens, unit_index=unit_index)
        write_figure(figure, *figure_paths)
    table = pd.DataFrame(hidden_state, columns=unit_index)
    table.insert(0, "step", range(len(tokens)))
    table.insert(1, "token", tokens)
    write_table(table.melt(["step", "token"], var_name="unit_index", value_name="hidden_state"), table_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            trajectories_path=Path(snakemake.input.trajectories),
            tunes_path=Path(snakemake.input.tunes),
            figure_paths=[Path(path) for path in snakemake.output.figure],
            table_path=Path(snakemake.output.table),
            layer=int(snakemake.wildcards.layer),
            **snakemake.params.job["config"],
        )
