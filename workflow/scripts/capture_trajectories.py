"""Replay tunes through the network that drew them."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from folkprobe.music.tunes import read_tunes
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.trajectory import capture_tunes
from folkprobe.network.trajectory_file import write_trajectories
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.capture_trajectories")


def main(*, checkpoint_path: Path, tunes_path: Path, trajectories_path: Path, n_tunes: int, arrays: list[str]) -> None:
    """Replay the first `n_tunes` tunes and keep some arrays of each step."""
    checkpoint, tunes = read_checkpoint(checkpoint_path), read_tunes(tunes_path)
    trajectories = capture_tunes(checkpoint, tunes, n_tunes=n_tunes, arrays=arrays)
    n_written = write_trajectories(checkpoint, trajectories, trajectories_path)
    log.info("%d tunes replayed", n_written)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            checkpoint_path=Path(snakemake.input.checkpoint),
            tunes_path=Path(snakemake.input.tunes),
            trajectories_path=Path(snakemake.output.trajectories),
            **snakemake.params.job["config"],
        )
