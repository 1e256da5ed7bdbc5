"""Draw what eighths and steps since the bar token each add to the prediction of every unit."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.clocks import draw_gains
from folkprobe.figures.layers import PANELS_PER_ROW, n_panel_rows, panel_grid
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job

# Of the rows whose state is no unit's.
_OUTPUT = "P(bar)"


def main(*, clocks_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write a panel a layer and one of the probability of a bar, and their dots."""
    clocks = pd.read_csv(clocks_path)
    shown = clocks[clocks["state"] != "tanh_c"]
    panels = dict(list(shown.groupby("layer"))) | {_OUTPUT: shown[shown["state"] == "p_bar"]}
    with new_figure(height_mm=70 * n_panel_rows(len(panels))) as figure:
        axes = panel_grid(figure, len(panels))
        for ax, (layer, rows) in zip(axes, panels.items(), strict=True):
            title = layer if layer == _OUTPUT else f"layer {layer:g}"
            null = (rows["null_steps"], rows["null_eighths"])
            draw_gains(ax, rows["gain_steps"], rows["gain_eighths"], null=null, title=title)
        for ax in axes[::PANELS_PER_ROW]:
            ax.set_ylabel("gain of eighths in R²")
        axes[0].legend(loc="upper right")
        write_figure(figure, *figure_paths)
    write_table(shown, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
