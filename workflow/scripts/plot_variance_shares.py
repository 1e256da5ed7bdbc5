"""Draw the share of the logits' variance that each direction carries."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.softmax import draw_variance_shares
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, shares_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write the figure; its numbers are the table of shares itself."""
    shares = pd.read_csv(shares_path)
    groups = shares.groupby("decomposition")["share_of_visible_logits"]
    with new_figure(height_mm=85) as figure:
        draw_variance_shares(figure.subplots(), {name.replace("_", " "): group.to_numpy() for name, group in groups})
        write_figure(figure, *figure_paths)
    write_table(shares, table_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            shares_path=Path(snakemake.input.shares),
            figure_paths=[Path(path) for path in snakemake.output.figure],
            table_path=Path(snakemake.output.table),
            **snakemake.params.job["config"],
        )
