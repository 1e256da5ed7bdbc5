"""Push the softmax along a singular direction: v + alpha s_k u_k."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from folkprobe.network.checkpoint import read_checkpoint, write_checkpoint
from folkprobe.network.softmax import decompose_softmax, require_direction
from folkprobe.network.steering import push_bias
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.push_bias")


def main(*, checkpoint_path: Path, steered_path: Path, direction: int, gauge_fixed: bool, alpha: float) -> None:
    """Add to the bias what a hidden state of alpha w_k more would add to the logits."""
    checkpoint = read_checkpoint(checkpoint_path)
    directions = decompose_softmax(checkpoint, gauge_fixed=gauge_fixed)
    k = require_direction(directions, direction)
    shift = alpha * directions.s[k] * directions.u[:, k]
    write_checkpoint(push_bias(checkpoint, shift), steered_path)
    log.info("bias pushed by %.3g to %.3g logits, %.3g apart", shift.min(), shift.max(), np.ptp(shift))


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            checkpoint_path=Path(snakemake.input.checkpoint),
            steered_path=Path(snakemake.output.checkpoint),
            **snakemake.params.job["config"],
        )
