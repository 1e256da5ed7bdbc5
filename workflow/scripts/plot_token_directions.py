"""Draw u_1 to u_3 token by token, classes of tokens apart."""

from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.softmax import draw_token_rows, label_classes
from folkprobe.music.token_classes import class_of, order_by_class
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.projection import DECOMPOSITIONS, N_LEADING
from folkprobe.network.softmax import decompose_softmax
from folkprobe.provenance.job import run_job


def main(*, checkpoint_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write the tokens in two columns of rows, and the entries with a row for each token."""
    checkpoint = read_checkpoint(checkpoint_path)
    order = order_by_class(checkpoint.vocabulary)
    tokens = [checkpoint.vocabulary[index] for index in order]
    table = pd.DataFrame({"token": tokens, "token_class": [class_of(token) for token in tokens]})
    of = {name: decompose_softmax(checkpoint, gauge_fixed=fixed).u[order] for name, fixed in DECOMPOSITIONS.items()}
    n_shown, half = min(N_LEADING, *(u.shape[1] for u in of.values())), -(-len(tokens) // 2)
    reach = np.max([np.abs(u[:, :n_shown]).max(axis=0) for u in of.values()], axis=0)
    with new_figure(height_mm=250) as figure:
        grid = figure.subplots(1, 2 * n_shown, squeeze=False)[0]
        for block, rows in enumerate((slice(half), slice(half, None))):
            classes = table["token_class"][rows].tolist()
            for k in range(n_shown):
                ax = grid[block * n_shown + k]
                entries = {name.replace("_", " "): u[rows, k] for name, u in of.items()}
                draw_token_rows(ax, entries, tokens[rows], classes)
                ax.set_title(f"$u_{k + 1}$", parse_math=True)
                ax.set_xlim(-1.05 * reach[k], 1.05 * reach[k])
                ax.set_yticks([] if k else ax.get_yticks())
            label_classes(ax, classes)
        for k in range(n_shown):
            table = table.assign(**{f"u_{k + 1}_{name}": u[:, k] for name, u in of.items()})
        figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
        write_figure(figure, *figure_paths)
    write_table(table, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
