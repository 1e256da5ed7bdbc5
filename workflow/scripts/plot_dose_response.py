"""Draw the outcomes of the tunes as the bias is pushed along a direction."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.interventions import draw_dose_response, outcomes_that_occur
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job

_N_COLUMNS = 3


def main(*, effects_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write a panel for each outcome, and its differences from the intact network."""
    effects = pd.read_csv(effects_path)
    shown = effects[(effects["edit"] == "push") & (effects["reference"] == "intact")]
    outcomes = outcomes_that_occur(shown)
    n_rows = max(1, -(-len(outcomes) // _N_COLUMNS))
    with new_figure(height_mm=30 + 55 * n_rows) as figure:
        grid = figure.subplots(n_rows, _N_COLUMNS, squeeze=False, sharex=True).ravel()
        for ax, outcome in zip(grid, outcomes, strict=False):
            draw_dose_response(ax, shown[shown["outcome"] == outcome], outcome=outcome)
        for ax in grid[len(outcomes) :]:
            ax.axis("off")
        for ax in grid[max(len(outcomes) - _N_COLUMNS, 0) : len(outcomes)]:
            ax.tick_params(labelbottom=True)
            ax.set_xlabel("α of $v + α s_k u_k$", parse_math=True)
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
