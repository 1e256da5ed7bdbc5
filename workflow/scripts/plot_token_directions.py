"""Draw u_1 to u_3 by class of tokens, and the tokens at their ends."""

from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.softmax import draw_token_classes, draw_token_rows
from folkprobe.music.token_classes import class_of, order_by_class
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.projection import DECOMPOSITIONS, N_LEADING
from folkprobe.network.softmax import decompose_softmax
from folkprobe.provenance.job import run_job

# Tokens at either end that have names.
_N_ENDS = 15


def main(*, checkpoint_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write a column for each direction, and the entries with a row for each token."""
    checkpoint = read_checkpoint(checkpoint_path)
    order = order_by_class(checkpoint.vocabulary)
    tokens = [checkpoint.vocabulary[index] for index in order]
    table = pd.DataFrame({"token": tokens, "token_class": [class_of(token) for token in tokens]})
    of = {name: decompose_softmax(checkpoint, gauge_fixed=fixed).u[order] for name, fixed in DECOMPOSITIONS.items()}
    n_shown = min(N_LEADING, *(u.shape[1] for u in of.values()))
    n_ends = min(_N_ENDS, len(tokens) // 2)
    classes = list(dict.fromkeys(table["token_class"]))
    heights = [5 * len(classes), 3.4 * (2 * n_ends + 1)]
    with new_figure(height_mm=35 + sum(heights)) as figure:
        grid = figure.subplots(2, n_shown, sharex="col", squeeze=False, height_ratios=heights)
        for k, (upper, lower) in enumerate(grid.T):
            trained = next(iter(of.values()))[:, k]
            draw_token_classes(upper, trained, table["token_class"], classes)
            ends = np.argsort(-trained, kind="stable")
            ends = [*ends[:n_ends], None, *ends[len(tokens) - n_ends :]]
            entries = {
                name.replace("_", " "): np.array([np.nan if row is None else u[row, k] for row in ends])
                for name, u in of.items()
            }
            draw_token_rows(lower, entries, ["" if row is None else tokens[row] for row in ends])
            upper.set_title(f"$u_{k + 1}$", parse_math=True)
            lower.set_xlabel(f"entry of $u_{k + 1}$", parse_math=True)
            table = table.assign(**{f"u_{k + 1}_{name}": u[:, k] for name, u in of.items()})
        for ax in grid[0, 1:]:
            ax.tick_params(labelleft=False)
        grid[0, 0].set_ylabel("all tokens, by class")
        grid[1, 0].set_ylabel(f"the {n_ends} largest and the {n_ends} smallest entries")
        figure.legend(*grid[1, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
        write_figure(figure, *figure_paths)
    write_table(table, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
