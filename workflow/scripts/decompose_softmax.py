"""Singular directions of the softmax layer, as trained and gauge-fixed."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.projection import DECOMPOSITIONS
from folkprobe.network.softmax import decompose_softmax
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.decompose_softmax")


def main(*, checkpoint_path: Path, directions_path: Path) -> None:
    """Write one row for each decomposition and direction."""
    checkpoint = read_checkpoint(checkpoint_path)
    tables = []
    for name, gauge_fixed in DECOMPOSITIONS.items():
        directions = decompose_softmax(checkpoint, gauge_fixed=gauge_fixed)
        u, s, w = directions
        columns = {
            "decomposition": name,
            "direction": np.arange(1, len(s) + 1),
            "singular_value": s,
            "is_within_rank": np.arange(len(s)) < directions.rank,
            "cosine_with_constant": directions.constant_cosine,
            "largest_entry_of_w": np.abs(w).max(axis=0),
            "largest_entry_of_u": np.abs(u).max(axis=0),
            # 3 for a normal distribution, 1 for entries of one size.
            "kurtosis_of_w": len(w) * (w**4).sum(axis=0),
        }
        tables.append(pd.DataFrame(columns))
        seen = 1 - directions.constant_cosine[0] ** 2
        log.info("%s: rank %d of %s, s_1 = %.2f", name, directions.rank, checkpoint.softmax.V.shape, s[0])
        log.info("%s: the softmax sees %.1f %% of s_1 squared", name, 100 * seen)
    write_table(pd.concat(tables), directions_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            checkpoint_path=Path(snakemake.input.checkpoint),
            directions_path=Path(snakemake.output.directions),
            **snakemake.params.job["config"],
        )
