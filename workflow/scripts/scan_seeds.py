"""Find the seeds of a range whose first tune begins with given tokens."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.seeds import find_intervals, scan_seeds
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.scan_seeds")


def main(
    *,
    checkpoint_path: Path,
    seeds_path: Path,
    progress_path: Path,
    prefix: str,
    prompt: str,
    temperature: float,
    first_rng_seed: int,
    n_seeds: int,
) -> None:
    """Write the seeds, one a row; where an earlier scan of the range was cut off, go on from there."""
    checkpoint = read_checkpoint(checkpoint_path)
    intervals = find_intervals(checkpoint, prefix, prompt=prompt, temperature=temperature)
    found = scan_seeds(intervals, first_rng_seed, n_seeds, progress_path)
    write_table(pd.DataFrame({"rng_seed": found}), seeds_path)
    log.info("%d of the %d seeds from %d on", len(found), n_seeds, first_rng_seed)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            checkpoint_path=Path(snakemake.input.checkpoint),
            seeds_path=Path(snakemake.output.seeds),
            # Not declared: Snakemake deletes a job's outputs and logs before it runs again.
            progress_path=Path(snakemake.log[0]).with_suffix(".progress.json"),
            **snakemake.params.job["config"],
        )
