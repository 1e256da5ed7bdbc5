"""Draw the mean projections around the starts and ends of sections."""

from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.projections import describe_events, draw_event_average
from folkprobe.music.token_classes import SECTION_TOKENS
from folkprobe.network.projection import read_projections
from folkprobe.provenance.job import run_job
from folkprobe.signal.event_average import average_around_events

# Beside section tokens.
_REFERENCE = "|"
EVENTS = (*SECTION_TOKENS, _REFERENCE)


def main(
    *, projections_path: Path, figure_paths: list[Path], table_path: Path, decomposition: str, n_lags_steps: int
) -> None:
    """Write a panel for each direction and event, and the numbers with a row for each direction, event and lag."""
    projections = read_projections(projections_path)
    inner = projections.tune_offsets[1:-1]
    is_drawn, next_token = projections.is_drawn, projections.next_token
    event_steps = {
        event: [np.flatnonzero(tune) for tune in np.split(is_drawn & (next_token == event), inner)] for event in EVENTS
    }
    tables = []
    values = projections.projection[decomposition]
    n_directions = values.shape[1]
    with new_figure(height_mm=20 + 50 * n_directions) as figure:
        grid = figure.subplots(n_directions, len(SECTION_TOKENS), sharex=True, sharey="row", squeeze=False)
        for direction, axes in enumerate(grid, start=1):
            tunes = np.split(values[:, direction - 1], inner)
            averages = {
                event: average_around_events(tunes, steps, n_lags=n_lags_steps) for event, steps in event_steps.items()
            }
            for ax, event in zip(axes, SECTION_TOKENS, strict=True):
                draw_event_average(ax, averages[event], averages[_REFERENCE])
                if direction == 1:
                    ax.set_title(f"{event}  ({describe_events(averages[event])})")
            axes[0].set_ylabel(f"mean of $h_t \\cdot w_{direction}$", parse_math=True)
            for event, average in averages.items():
                tables.append(pd.DataFrame({"direction": direction, "event": event} | vars(average)))
        for ax in grid[-1]:
            ax.set_xlabel("step; 0 draws the token")
        reference = f"grey: the plain bar line, {describe_events(averages[_REFERENCE])}"
        figure.suptitle(f"{decomposition.replace('_', ' ')}, ± 1 standard error over tunes; {reference}", fontsize=8)
        write_figure(figure, *figure_paths)
    write_table(pd.concat(tables), table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
