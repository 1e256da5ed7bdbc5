"""Draw the outcomes of the tunes as the bias is pushed along a direction."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.interventions import draw_dose_response
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job


def main(*, effects_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write a panel for each outcome, and its differences from the intact network."""
    effects = pd.read_csv(effects_path)
    shown = effects[(effects["edit"] == "push") & (effects["reference"] == "intact")]
    # A class that no condition draws has nothing to show.
    occurs = shown[["condition_value", "reference_value"]].fillna(0).any(axis=1).groupby(shown["outcome"]).any()
    outcomes = [name for name in shown["outcome"].unique() if occurs[name]]
    n_rows = max(1, -(-len(outcomes) // 4))
    with new_figure(height_mm=20 + 45 * n_rows) as figure:
        grid = figure.subplots(n_rows, 4, squeeze=False, sharex=True).ravel()
        for ax, outcome in zip(grid, outcomes, strict=False):
            draw_dose_response(ax, shown[shown["outcome"] == outcome], outcome=outcome)
        for ax in grid[len(outcomes) :]:
            ax.axis("off")
        if outcomes:
            legend = figure.legend(*grid[0].get_legend_handles_labels(), loc="outside upper right", ncols=3)
            for text in legend.texts:
                text.set_parse_math(True)
        notes = [
            f"{level:.0%} intervals of the difference from the intact network, {method}"
            for level, method in sorted(set(zip(shown["level"], shown["method"], strict=True)))
        ]
        figure.supxlabel("\n".join(notes) or "no push is declared", fontsize=7)
        write_figure(figure, *figure_paths)
    write_table(shown, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
