"""Gather the records of all jobs into the manifest of a study."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from folkprobe.artefact import whole_file
from folkprobe.provenance.job import run_job
from folkprobe.provenance.manifest import gather_records
from folkprobe.provenance.record import sealed_text

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.write_provenance")


def main(*, record_paths: list[Path], figure_paths: list[Path], manifest_path: Path, configuration: dict) -> None:
    """Write what the jobs wrote, and the contents of the figures."""
    manifest = gather_records(record_paths, figure_paths) | {"configuration": configuration}
    with whole_file(manifest_path) as temporary:
        temporary.write_text(sealed_text(manifest), encoding="utf-8")
    log.info("%d jobs, %d figures", len(manifest["jobs"]), len(manifest["figures"]))


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            record_paths=[Path(path) for path in snakemake.input.records],
            figure_paths=[Path(path) for path in snakemake.input.figures],
            manifest_path=Path(snakemake.output.manifest),
            **snakemake.params.job["config"],
        )
