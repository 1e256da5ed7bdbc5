"""Draw the power fraction of every unit with the thresholds."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.selection import draw_power_fraction
from folkprobe.provenance.job import run_job


def main(
    *, units_path: Path, selection_path: Path, figure_paths: list[Path], table_path: Path, period_steps: list[float]
) -> None:
    """Write a panel a layer, and the numbers in the order in which they are drawn."""
    units, selection = pd.read_csv(units_path), pd.read_csv(selection_path)
    with new_figure(height_mm=55 * len(selection)) as figure:
        for ax, row in zip(figure.subplots(len(selection), squeeze=False)[:, 0], selection.itertuples(), strict=True):
            of_layer = units[units["layer"] == row.layer]
            draw_power_fraction(
                ax,
                of_layer["power_fraction"].to_numpy(),
                of_layer["selected"].to_numpy(),
                layer=row.layer,
                period_steps=tuple(period_steps),
                power_fraction_above=row.power_fraction_above,
                flat_power_fraction=row.flat_power_fraction,
                article_power_fraction_above=row.article_power_fraction_above,
            )
        write_figure(figure, *figure_paths)
    order = {"by": ["layer", "power_fraction"], "ascending": [True, False], "kind": "stable"}
    write_table(units.sort_values(**order), table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
