"""Draw the outcomes of the tunes without a direction of the softmax, and without random ones of equal variance."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.interventions import draw_effects, outcomes_that_occur
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job


def main(*, effects_path: Path, figure_paths: list[Path], table_path: Path, words: dict[str, str]) -> None:
    """Write a panel for each outcome, and its differences from the intact network."""
    effects = pd.read_csv(effects_path)
    shown = effects[(effects["edit"] == "remove") & (effects["reference"] == "intact")]
    drawn = shown.replace({"condition": words})
    outcomes = outcomes_that_occur(shown)
    n_rows, n_conditions = max(1, -(-len(outcomes) // 3)), shown["condition"].nunique()
    with new_figure(height_mm=20 + n_rows * (20 + 5 * n_conditions)) as figure:
        grid = figure.subplots(n_rows, 3, squeeze=False, sharey=True).ravel()
        for ax, outcome in zip(grid, outcomes, strict=False):
            draw_effects(ax, drawn[drawn["outcome"] == outcome], outcome=outcome)
        for ax in grid[len(outcomes) :]:
            ax.axis("off")
        notes = [
            f"change from the intact network; grey: matched random directions; {level:.0%} intervals,\n{method}"
            for level, method in sorted(set(zip(shown["level"], shown["method"], strict=True)))
        ]
        figure.supxlabel("\n".join(notes) or "no removal is declared", fontsize=7)
        write_figure(figure, *figure_paths)
    write_table(shown, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
