"""Gather the records of a comparison's jobs, and of the studies' that it compares, into one manifest."""

import logging
from pathlib import Path

from folkprobe.artefact import whole_file
from folkprobe.provenance.job import run_job
from folkprobe.provenance.manifest import gather_records, join_manifests
from folkprobe.provenance.record import read_sealed, sealed_text

log = logging.getLogger("folkprobe.write_comparison_provenance")


def main(
    *,
    records_paths: list[Path],
    figures_paths: list[Path],
    manifests_paths: list[Path],
    manifest_path: Path,
    configuration: dict,
    networks: list[str],
) -> None:
    """Write the manifest: the comparison's own records and figures, and the studies' records under their names."""
    studies = {name: read_sealed(path) for name, path in zip(networks, manifests_paths, strict=True)}
    manifest = join_manifests(gather_records(records_paths, figures_paths), studies)
    with whole_file(manifest_path) as temporary:
        temporary.write_text(sealed_text(manifest | {"configuration": configuration}), encoding="utf-8")
    log.info("%d jobs of %d studies", len(manifest["jobs"]), len(studies))


if __name__ == "__main__":
    run_job(main, snakemake)
