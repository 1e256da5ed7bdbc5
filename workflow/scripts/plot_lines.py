"""Draw how many units have a line, and are coherent with the bars, at each frequency."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.axes import mark_periods, shade_band
from folkprobe.figures.lines import draw_unit_shares
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job

_PANELS = {
    "share_with_line": "units with a line (Thomson's F-test after Benjamini and Hochberg)",
    "share_coherent_with_bars": "units coherent with the bar tokens of their tune, above 95 % of those of other tunes",
}


def main(
    *, lines_path: Path, coherence_path: Path, figure_paths: list[Path], table_path: Path, period_steps: list[float]
) -> None:
    """Write a panel a statistic, or that no unit passes it, and the numbers."""
    # Each statistic has its own frequencies: of the shown tune, and of the length that all tunes are cut to.
    table = pd.concat([pd.read_csv(lines_path), pd.read_csv(coherence_path)])
    shares = {
        column: {
            layer: (of_layer["frequency_cycles_per_step"].to_numpy(), of_layer[column].to_numpy())
            for layer, of_layer in table.dropna(subset=column).groupby("layer")
        }
        for column in _PANELS
    }
    # What never happens needs a sentence and no panel.
    drawn = [column for column in _PANELS if table[column].gt(0).any()]
    with new_figure(height_mm=30 + 45 * len(drawn)) as figure:
        for ax, column in zip(
            figure.subplots(max(len(drawn), 1), sharex=True, squeeze=False)[:, 0], drawn, strict=False
        ):
            chance = None if column == "share_with_line" else 0.05
            draw_unit_shares(ax, shares[column], title=_PANELS[column], chance=chance)
            shade_band(ax, period_steps)
        mark_periods(figure.axes[-1], top=False)
        entries = {text: line for ax in figure.axes for line, text in zip(*ax.get_legend_handles_labels(), strict=True)}
        figure.legend(entries.values(), entries.keys(), loc="outside lower center", ncols=5)
        nowhere = [f"{_PANELS[column]}: none at any frequency" for column in _PANELS if column not in drawn]
        figure.suptitle("\n".join(nowhere))
        write_figure(figure, *figure_paths)
    write_table(table, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
