"""Draw the posterior over the shown tune."""

from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.states import draw_posterior
from folkprobe.music.tunes import read_tunes
from folkprobe.music.vocabulary import TOKEN_CLASSES, token_class
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job

# That fit on a page.
_MOST_ROWS = 70
_CLASS_ORDER = {name: place for place, name in enumerate((*TOKEN_CLASSES, None))}


def main(
    *,
    trajectories_path: Path,
    tunes_path: Path,
    figure_paths: list[Path],
    table_path: Path,
    tune_index: int,
    probability_above: float,
) -> None:
    """Write the image of the tokens that are ever likely, by class, and all numbers with a row for each step."""
    with read_trajectories(trajectories_path) as stored:
        posterior = stored.posterior(tune_index)
    tunes = read_tunes(tunes_path)
    drawn = tunes.indices(tune_index)[1 : len(posterior) + 1].astype(int)
    largest = posterior.max(axis=0)
    # If no token is ever likely, the ten likeliest.
    likely = np.flatnonzero(largest >= min(probability_above, np.sort(largest)[-10:].min()))
    likely = likely[np.argsort(-largest[likely], kind="stable")][:_MOST_ROWS]
    shown = np.array(sorted(likely, key=lambda index: (_CLASS_ORDER[token_class(tunes.vocabulary[index])], index)))
    column_of = {index: column for column, index in enumerate(shown)}
    labels = [tunes.vocabulary[index] for index in shown]
    with new_figure(height_mm=30 + 3.1 * len(shown)) as figure:
        columns = [column_of.get(index) for index in drawn]
        n_left_out = posterior.shape[1] - len(shown)
        draw_posterior(figure.subplots(), posterior[:, shown], labels, drawn=columns, n_left_out=n_left_out)
        write_figure(figure, *figure_paths)
    tokens = tunes.tokens(tune_index)
    table = pd.DataFrame(posterior, columns=tunes.vocabulary)
    table.insert(0, "step", range(len(posterior)))
    table.insert(1, "token_read", tokens[: len(posterior)])
    table.insert(2, "token_drawn", tokens[1 : len(posterior) + 1])
    write_table(table, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
