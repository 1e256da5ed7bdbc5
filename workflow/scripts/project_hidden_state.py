"""Project what the softmax reads on the directions of V, for every captured step."""

import logging
from pathlib import Path

import numpy as np

from folkprobe.music.tunes import read_tunes
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.projection import project_hidden_state, write_projections
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.project_hidden_state")


def main(*, checkpoint_path: Path, trajectories_path: Path, tunes_path: Path, projections_path: Path) -> None:
    """Project the last layer's hidden state of every captured tune."""
    tunes = read_tunes(tunes_path)
    with read_trajectories(trajectories_path) as stored:
        steps = (
            (stored.hidden_state(stored.n_layers, k), tunes.indices(k)[1:], ~np.isnan(tunes.log_probability(k)[1:]))
            for k in range(stored.n_tunes)
        )
        projections = project_hidden_state(read_checkpoint(checkpoint_path), steps)
    write_projections(projections, projections_path)
    log.info("%d steps of %d tunes", len(projections.next_token_index), len(projections.tune_offsets) - 1)


if __name__ == "__main__":
    run_job(main, snakemake)
