"""Make the softmax blind to a direction of the hidden state, or to random ones that carry as much variance."""

import logging
from pathlib import Path

from folkprobe.network.checkpoint import read_checkpoint, write_checkpoint
from folkprobe.network.projection import read_projections
from folkprobe.network.softmax import decompose_softmax, require_direction
from folkprobe.network.steering import carried_variance, random_directions, remove_directions
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.remove_directions")


def main(
    *,
    checkpoint_path: Path,
    projections_path: Path,
    output_checkpoint_path: Path,
    direction: int,
    gauge_fixed: bool,
    keep_mean: bool,
    control_rng_seed: int | None,
) -> None:
    """Remove w_k, or with a `control_rng_seed` random directions matched to it."""
    checkpoint, projections = read_checkpoint(checkpoint_path), read_projections(projections_path)
    directions = decompose_softmax(checkpoint, gauge_fixed=gauge_fixed)
    removed = directions.w[:, [require_direction(directions, direction)]]
    if control_rng_seed is not None:
        removed = random_directions(checkpoint, projections.covariance, removed[:, 0], rng_seed=control_rng_seed)
    mean = projections.mean if keep_mean else None
    steered = remove_directions(checkpoint, removed, hidden_state_mean=mean)
    write_checkpoint(steered, output_checkpoint_path)
    carried = carried_variance(checkpoint, projections.covariance, removed)
    log.info("%d directions removed, which carry a visible logit variance of %.4g", removed.shape[1], carried)


if __name__ == "__main__":
    run_job(main, snakemake)
