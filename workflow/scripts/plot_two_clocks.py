"""Draw what eighths and steps since the bar token each add to the prediction of every unit."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from folkprobe.artefact import write_table
from folkprobe.figures.clocks import draw_gains
from folkprobe.figures.layers import PANELS_PER_ROW, n_panel_rows, panel_grid
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.palette import layer_marker
from folkprobe.provenance.job import run_job


def main(*, clocks_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write a panel a layer, the probability of a bar in the last, and their dots."""
    clocks = pd.read_csv(clocks_path)
    shown = clocks[clocks["state"] != "tanh_c"]
    layers = dict(list(shown.groupby("layer")))
    output = shown[shown["state"] == "p_bar"]
    with new_figure(height_mm=12 + 70 * n_panel_rows(len(layers) or 1)) as figure:
        axes = panel_grid(figure, len(layers) or 1)
        for ax, (layer, rows) in zip(axes, layers.items(), strict=False):
            _draw(ax, rows, marks=layer_marker(int(layer)) | {"markersize": 3}, label=f"a unit of layer {layer:g}")
            ax.set_title(f"layer {layer:g}")
        # The output belongs to no layer; it reads the last.
        _draw(axes[-1], output, marks={"color": "black", "marker": "*", "markersize": 9}, label="probability of a bar")
        for ax in axes[::PANELS_PER_ROW]:
            ax.set_ylabel("gain of eighths in R²")
        entries = {label: handle for ax in axes for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)}
        figure.legend(
            entries.values(), entries.keys(), loc="outside lower center", ncols=4, title="grey: clock permuted"
        )
        write_figure(figure, *figure_paths)
    write_table(shown, table_path)


def _draw(ax: Axes, rows: pd.DataFrame, *, marks: dict, label: str) -> None:
    null = (rows["null_steps"], rows["null_eighths"])
    draw_gains(ax, rows["gain_steps"], rows["gain_eighths"], null=null, marks=marks, label=label)


if __name__ == "__main__":
    run_job(main, snakemake)
