"""Bring a checkpoint file, by path or URL."""

from pathlib import Path
from typing import TYPE_CHECKING

from folkprobe.network.source import fetch_checkpoint
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, source_path: Path, source: str, git_blob_id: str | None) -> None:
    """Copy or download `source` to `source_path`."""
    fetch_checkpoint(source, source_path, expected_git_blob_id=git_blob_id)


if __name__ == "__main__":
    with run_job(snakemake):
        main(source_path=Path(snakemake.output.source), **snakemake.params.job["config"])
