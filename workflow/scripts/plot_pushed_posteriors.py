"""Draw the distribution of the next token where the bias is pushed along u_1 to u_3, with the top tokens."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.softmax import draw_token_image, draw_top_tokens, label_classes
from folkprobe.music.token_classes import class_of, order_by_class
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.projection import DECOMPOSITIONS, N_LEADING
from folkprobe.network.softmax import decompose_softmax, pushed_posterior
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *, checkpoint_path: Path, figure_paths: list[Path], table_path: Path, decomposition: str, n_top_tokens: int
) -> None:
    """Write softmax(v) and softmax(v +- s_i u_i), and the probabilities with a row for each token."""
    checkpoint = read_checkpoint(checkpoint_path)
    u, s, _ = decompose_softmax(checkpoint, gauge_fixed=DECOMPOSITIONS[decomposition])
    shifts = {"v": np.zeros(len(u))}
    for k in range(min(N_LEADING, len(s))):
        shifts |= {f"v{'−+'[sign > 0]}s{k + 1}u{k + 1}": sign * s[k] * u[:, k] for sign in (-1, 1)}
    order = order_by_class(checkpoint.vocabulary)
    tokens = [checkpoint.vocabulary[index] for index in order]
    classes = [class_of(token) for token in tokens]
    posteriors = np.stack([pushed_posterior(checkpoint, shift)[order] for shift in shifts.values()], axis=1)
    half = -(-len(tokens) // 2)
    with new_figure(height_mm=260) as figure:
        grid = figure.subplot_mosaic([["left", "right"], ["top", "top"]], height_ratios=[9, 1.2])
        for name, rows in (("left", slice(half)), ("right", slice(half, None))):
            image = draw_token_image(grid[name], posteriors[rows], list(shifts), tokens[rows], classes[rows])
            label_classes(grid[name], classes[rows])
        bar = figure.colorbar(
            image, ax=[grid["left"], grid["right"]], location="bottom", shrink=0.5, aspect=40, pad=0.01
        )
        bar.set_label(f"log₁₀ of the probability, {decomposition.replace('_', ' ')}; −4 and below: palest")
        draw_top_tokens(grid["top"], posteriors, list(shifts), tokens, n_top=n_top_tokens)
        write_figure(figure, *figure_paths)
    names = [name.replace("−", "-") for name in shifts]
    table = pd.DataFrame(posteriors, columns=names)
    table.insert(0, "token", tokens)
    table.insert(1, "token_class", classes)
    write_table(table, table_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            checkpoint_path=Path(snakemake.input.checkpoint),
            figure_paths=[Path(path) for path in snakemake.output.figure],
            table_path=Path(snakemake.output.table),
            decomposition=snakemake.wildcards.decomposition,
            **snakemake.params.job["config"],
        )
