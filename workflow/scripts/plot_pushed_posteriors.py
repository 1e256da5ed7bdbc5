"""Draw the distribution of the next token where the bias is pushed along u_1 to u_3, with the top tokens."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.softmax import draw_token_image
from folkprobe.music.token_classes import class_of, order_by_class
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.projection import DECOMPOSITIONS, N_LEADING
from folkprobe.network.softmax import decompose_softmax, pushed_posterior
from folkprobe.provenance.job import run_job


def main(
    *, checkpoint_path: Path, figure_paths: list[Path], table_path: Path, decomposition: str, n_top_tokens: int
) -> None:
    """Write softmax(v) and softmax(v +- s_i u_i), and the probabilities with a row for each token."""
    checkpoint = read_checkpoint(checkpoint_path)
    u, s, _ = decompose_softmax(checkpoint, gauge_fixed=DECOMPOSITIONS[decomposition])
    shifts = {"v": np.zeros(len(u))}
    for k in range(1, min(N_LEADING, len(s)) + 1):
        shifts |= {f"v{sign}s{k}u{k}": float(f"{sign}1") * s[k - 1] * u[:, k - 1] for sign in "-+"}
    order = order_by_class(checkpoint.vocabulary)
    tokens = [checkpoint.vocabulary[index] for index in order]
    posteriors = np.stack([pushed_posterior(checkpoint, shift)[order] for shift in shifts.values()], axis=1)
    top = np.argsort(-posteriors, axis=0, kind="stable")[:n_top_tokens]
    shown = np.unique(top)
    others = np.delete(posteriors, shown, axis=0)
    labels = [*(tokens[row] for row in shown), f"{len(others)} others"]
    with new_figure(height_mm=30 + 4 * len(labels)) as figure:
        ax = figure.subplots()
        columns = [re.sub(r"(\d)u(\d)", r"_\1 u_\2", name) for name in shifts]
        image = draw_token_image(
            ax, np.vstack([posteriors[shown], others.sum(axis=0)]), [f"${name}$" for name in columns], labels
        )
        bar = figure.colorbar(image, ax=ax, location="bottom", shrink=0.5, aspect=40, pad=0.02, extend="min")
        bar.set_label(f"log₁₀ of the probability, {decomposition.replace('_', ' ')}")
        write_figure(figure, *figure_paths)
    table = pd.DataFrame(posteriors, columns=list(shifts))
    table.insert(0, "token", tokens)
    table.insert(1, "token_class", [class_of(token) for token in tokens])
    write_table(table, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
