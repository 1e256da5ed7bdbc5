"""Draw the verdicts on the bars of one tune under several conditions."""

from fractions import Fraction
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.bars import draw_bar_verdicts
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.music.durations import format_eighths
from folkprobe.provenance.job import run_job


def main(
    *,
    bars_paths: list[Path],
    figure_paths: list[Path],
    table_path: Path,
    conditions: list[str],
    words: dict[str, str],
    tune_index: int,
) -> None:
    """Write the figure and the bars that it shows."""
    bars = {}
    for condition, path in zip(conditions, bars_paths, strict=True):
        table = pd.read_csv(path, dtype={"duration_eighths": str, "expected_eighths": str})
        bars[condition] = table[table["tune_index"] == tune_index]
    with new_figure(height_mm=35 + 9 * len(bars)) as figure:
        named = {words[name]: _written(table) for name, table in bars.items()}
        draw_bar_verdicts(figure.subplots(), named)
        write_figure(figure, *figure_paths)
    write_table(pd.concat([table.assign(condition=name) for name, table in bars.items()]), table_path)


def _written(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(duration_eighths=[format_eighths(Fraction(text)) for text in table["duration_eighths"]])


if __name__ == "__main__":
    run_job(main, snakemake)
