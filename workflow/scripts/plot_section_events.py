"""Draw the mean projections around the starts and ends of sections."""

from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.projections import draw_event_averages
from folkprobe.music.token_classes import SECTION_TOKENS
from folkprobe.network.projection import read_projections
from folkprobe.provenance.job import run_job
from folkprobe.signal.event_average import average_around_events

# The plain bar line is the reference for section tokens.
EVENTS = (*SECTION_TOKENS, "|")


def main(
    *, projections_path: Path, figure_paths: list[Path], table_path: Path, decomposition: str, n_lags_steps: int
) -> None:
    """Write a panel for each direction, and the numbers with a row for each direction, event and lag."""
    projections = read_projections(projections_path)
    inner = projections.tune_offsets[1:-1]
    is_drawn, next_token = projections.is_drawn, projections.next_token
    event_steps = {
        event: [np.flatnonzero(tune) for tune in np.split(is_drawn & (next_token == event), inner)] for event in EVENTS
    }
    tables = []
    values = projections.projection[decomposition]
    with new_figure(height_mm=60 * values.shape[1]) as figure:
        grid = figure.subplots(values.shape[1], 1, sharex=True, squeeze=False)[:, 0]
        for direction, ax in enumerate(grid, start=1):
            tunes = np.split(values[:, direction - 1], inner)
            averages = {
                event: average_around_events(tunes, steps, n_lags=n_lags_steps) for event, steps in event_steps.items()
            }
            draw_event_averages(ax, averages, direction=direction)
            for event, average in averages.items():
                tables.append(pd.DataFrame({"direction": direction, "event": event} | vars(average)))
        grid[-1].set_xlabel("step; 0 draws the token")
        grid[0].set_title(decomposition.replace("_", " "))
        figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
        write_figure(figure, *figure_paths)
    write_table(pd.concat(tables), table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
