"""Draw single units of the shown tune against its tokens."""

from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.states import STEPS_PER_ROW, draw_unit_overlay
from folkprobe.music.tunes import read_tunes
from folkprobe.music.vocabulary import token_class
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.refusal import Refusal
from folkprobe.signal.selection import strongest_unit
from folkprobe.signal.spectra_file import read_spectra


def main(
    *,
    trajectories_path: Path,
    tunes_path: Path,
    spectra_path: Path,
    figure_paths: list[Path],
    table_path: Path,
    units: str,
    tune_index: int,
    period_steps: list[float],
) -> None:
    """Write the figure of the units named, as in "1_247" or "strongest", and its numbers with a row for each step."""
    if units == "strongest":
        layers = read_spectra(spectra_path, "shown_tune_padded").layers
        strongest = [strongest_unit(layer.spectrum, tuple(period_steps)) for layer in layers]
        chosen = [
            (number, layers[number - 1].unit_index[column])
            for number, column in enumerate(strongest, start=1)
            if column is not None
        ]
    else:
        chosen = [tuple(map(int, units.split("_")))]
    traces = {}
    with read_trajectories(trajectories_path) as stored:
        for layer, unit_index in chosen:
            (column,) = np.nonzero(stored.unit_index(layer) == unit_index)
            if not len(column):
                raise Refusal(
                    f"layer {layer} has no unit {unit_index}: name one of the layer's units, which count from 0"
                )
            traces[layer, unit_index] = stored.hidden_state(layer, tune_index)[:, column[0]]
        n_steps = len(stored.posterior(tune_index))
    tokens = read_tunes(tunes_path).tokens(tune_index)[: n_steps + 1]
    is_bar = np.array([token_class(token) == "bar" for token in tokens])
    n_rows = -(-n_steps // STEPS_PER_ROW)
    with new_figure(height_mm=15 + 38 * n_rows) as figure:
        draw_unit_overlay(figure.subplots(n_rows, squeeze=False)[:, 0], traces, tokens[:n_steps], is_bar[1:])
        write_figure(figure, *figure_paths)
    columns = {"step": range(n_steps), "token_read": tokens[:n_steps], "bar_is_output": is_bar[1 : n_steps + 1]}
    write_table(
        pd.DataFrame(columns | {f"layer {layer}, unit {unit}": trace for (layer, unit), trace in traces.items()}),
        table_path,
    )


if __name__ == "__main__":
    run_job(main, snakemake)
