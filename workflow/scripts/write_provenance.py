"""Gather the records of all jobs into the manifest of a study."""

import logging
from functools import partial
from pathlib import Path

from folkprobe.artefact import whole_file
from folkprobe.provenance.job import run_job
from folkprobe.provenance.manifest import gather_records
from folkprobe.provenance.record import recorded_path, sealed_text
from folkprobe.redaction import without_secrets

log = logging.getLogger("folkprobe.write_provenance")


def main(*, records_paths: list[Path], figures_paths: list[Path], manifest_path: Path, configuration: dict) -> None:
    """Write the manifest: the jobs' records and the configuration, if all figures are as their jobs wrote them."""
    name_of = partial(recorded_path, folder=manifest_path.parents[2])
    manifest = gather_records(records_paths, figures_paths, name_of)
    manifest["configuration"] = without_secrets(configuration)
    with whole_file(manifest_path) as temporary:
        temporary.write_text(sealed_text(manifest), encoding="utf-8")
    log.info("%d jobs, %d figures", len(manifest["jobs"]), len(manifest["figures"]))


if __name__ == "__main__":
    run_job(main, snakemake)
