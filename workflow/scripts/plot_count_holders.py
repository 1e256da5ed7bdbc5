"""Draw how far each part of the state carries the count to another tune."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.counting.layer_names import name_layers
from folkprobe.figures.counting import describe_parts, draw_shifts
from folkprobe.figures.layers import n_panel_rows, panel_grid
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job


def main(*, interchange_path: Path, figure_paths: list[Path], table_path: Path, layers: list[str]) -> None:
    """Write a panel for each group of layers, and the table."""
    table = pd.read_csv(interchange_path, dtype={"layers": str})
    drawn = table.assign(part=describe_parts(table))
    parts = list(dict.fromkeys(drawn["part"]))
    with new_figure(height_mm=30 + 4 * len(parts) * n_panel_rows(len(layers))) as figure:
        axes = panel_grid(figure, len(layers))
        for ax, name in zip(axes, layers, strict=True):
            draw_shifts(ax, drawn[drawn["layers"] == name], parts=parts, title=name_layers(name))
        figure.supxlabel("shift of the count, from 0 (none) to 1 (to that of the donor)")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
        write_figure(figure, *figure_paths)
    write_table(table, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
