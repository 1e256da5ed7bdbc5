"""Find the seeds of a range whose first tune begins with given tokens."""

import logging
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.seeds import find_intervals, scan_seeds
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.scan_seeds")


def main(
    *,
    checkpoint_path: Path,
    seeds_path: Path,
    log_path: Path,
    prefix: str,
    prompt: str,
    temperature: float,
    first_rng_seed: int,
    n_seeds: int,
) -> None:
    """Write the seeds, one a row; an interrupted scan of the same range resumes."""
    # Not declared: Snakemake deletes a job's outputs and logs before it runs again.
    progress_path = log_path.with_suffix(".progress.json")
    checkpoint = read_checkpoint(checkpoint_path)
    intervals = find_intervals(checkpoint, prefix, prompt=prompt, temperature=temperature)
    found = scan_seeds(intervals, first_rng_seed, n_seeds, progress_path)
    write_table(pd.DataFrame({"rng_seed": found}), seeds_path)
    log.info("%d of the %d seeds from %d on", len(found), n_seeds, first_rng_seed)


if __name__ == "__main__":
    run_job(main, snakemake)
