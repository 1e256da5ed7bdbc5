"""Draw how many units have a line, and are coherent with the bars, at each frequency."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.axes import mark_periods
from folkprobe.figures.lines import draw_unit_shares
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

_PANELS = {
    "share_with_line": "units with a line (Thomson's F-test after Benjamini and Hochberg)",
    "share_coherent_circular_shift": "units coherent with the bar tokens, above 95 % of circular shifts",
    "share_coherent_phase_randomised": "units coherent with the bar tokens, above 95 % of phase-randomised surrogates",
}


def main(*, lines_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write a panel a statistic, and its numbers."""
    lines = pd.read_csv(lines_path)
    with new_figure(height_mm=150) as figure:
        axes = figure.subplots(len(_PANELS), sharex=True)
        for ax, (column, title) in zip(axes, _PANELS.items(), strict=True):
            shares = {
                layer: (of_layer["frequency_cycles_per_step"].to_numpy(), of_layer[column].to_numpy())
                for layer, of_layer in lines.groupby("layer")
            }
            draw_unit_shares(ax, shares, title=title, chance=None if column == "share_with_line" else 0.05)
        mark_periods(axes[-1], top=False)
        write_figure(figure, *figure_paths)
    write_table(lines, table_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            lines_path=Path(snakemake.input.lines),
            figure_paths=[Path(path) for path in snakemake.output.figure],
            table_path=Path(snakemake.output.table),
            **snakemake.params.job["config"],
        )
