"""Copy or download a checkpoint file."""

from pathlib import Path

from folkprobe.network.source import fetch_checkpoint
from folkprobe.provenance.job import run_job


def main(*, given_path: Path | None, source_path: Path, source: str, git_blob_id: str | None) -> None:
    """Copy `given_path`, or download `source`, to `source_path`."""
    fetch_checkpoint(str(given_path or source), source_path, expected_git_blob_id=git_blob_id)


if __name__ == "__main__":
    run_job(main, snakemake)
