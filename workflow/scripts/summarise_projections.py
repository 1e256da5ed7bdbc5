"""Distributions of the projections by the token that follows, and the logit variance that each direction carries."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.music.token_classes import SECTION_TOKENS, class_of
from folkprobe.music.vocabulary import TOKEN_CLASSES
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.projection import DECOMPOSITIONS, read_projections, variance_shares
from folkprobe.network.softmax import decompose_softmax
from folkprobe.provenance.job import run_job
from folkprobe.signal.distribution import describe_values

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, checkpoint_path: Path, projections_path: Path, summary_path: Path, shares_path: Path) -> None:
    """Write two tables, each with rows for both decompositions."""
    checkpoint, projections = read_checkpoint(checkpoint_path), read_projections(projections_path)
    next_token, drawn = projections.next_token, projections.is_drawn
    next_class = np.array([class_of(token) for token in next_token], dtype=object)
    groups = {"any token": np.ones(len(drawn), dtype=bool)}
    groups |= {name: drawn & (next_class == name) for name in TOKEN_CLASSES}
    groups |= {token: drawn & (next_token == token) for token in SECTION_TOKENS}
    summary, shares = [], []
    for name, gauge_fixed in DECOMPOSITIONS.items():
        for direction, values in enumerate(projections.projection[name].T, start=1):
            for group, members in groups.items():
                where = {"decomposition": name, "direction": direction, "next_token": group}
                summary.append(where | describe_values(values[members]))
        directions = decompose_softmax(checkpoint, gauge_fixed=gauge_fixed)
        of_logits, of_visible = variance_shares(checkpoint, directions, projections.covariance)
        where = {"decomposition": name, "direction": np.arange(1, len(directions.s) + 1)}
        shares.append(pd.DataFrame(where | {"share_of_logits": of_logits, "share_of_visible_logits": of_visible}))
    write_table(pd.DataFrame(summary), summary_path)
    write_table(pd.concat(shares), shares_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            checkpoint_path=Path(snakemake.input.checkpoint),
            projections_path=Path(snakemake.input.projections),
            summary_path=Path(snakemake.output.summary),
            shares_path=Path(snakemake.output.shares),
            **snakemake.params.job["config"],
        )
