"""Draw how many units have a line, and are coherent with the bars, at each frequency."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.axes import mark_periods
from folkprobe.figures.lines import draw_unit_shares
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job

_PANELS = {
    "share_with_line": "units with a line (Thomson's F-test after Benjamini and Hochberg)",
    "share_coherent_with_bars": "units coherent with the bar tokens of the tune, above 95 % of other tunes' bar tokens",
}


def main(*, lines_path: Path, coherence_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write a panel a statistic, and its numbers."""
    # Each statistic has its own frequencies: of the shown tune, and of the length that all tunes are cut to.
    table = pd.concat([pd.read_csv(lines_path), pd.read_csv(coherence_path)])
    with new_figure(height_mm=110) as figure:
        axes = figure.subplots(len(_PANELS), sharex=True)
        for ax, (column, title) in zip(axes, _PANELS.items(), strict=True):
            shares = {
                layer: (of_layer["frequency_cycles_per_step"].to_numpy(), of_layer[column].to_numpy())
                for layer, of_layer in table.dropna(subset=column).groupby("layer")
            }
            draw_unit_shares(ax, shares, title=title, chance=None if column == "share_with_line" else 0.05)
        mark_periods(axes[-1], top=False)
        write_figure(figure, *figure_paths)
    write_table(table, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
