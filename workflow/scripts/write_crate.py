"""Describe a study as an RO-Crate."""

import json
import shutil
from pathlib import Path

import yaml

from folkprobe.artefact import whole_file
from folkprobe.provenance.crate import describe_crate
from folkprobe.provenance.job import run_job
from folkprobe.provenance.record import digest_of, read_sealed, recorded_path


def main(
    *,
    manifest_path: Path,
    kept_paths: list[Path],
    snakefile_path: Path,
    citation_path: Path,
    crate_path: Path,
    workflow_path: Path,
    model: str,
) -> None:
    """Write the metadata of a crate that also contains the results and the Snakefile."""
    crate = describe_crate(
        read_sealed(manifest_path),
        model=model,
        kept=[recorded_path(path, manifest_path.parents[2]) for path in kept_paths],
        workflow_sha256=digest_of(snakefile_path),
        citation=yaml.safe_load(citation_path.read_text(encoding="utf-8")),
    )
    with whole_file(workflow_path) as temporary:
        shutil.copyfile(snakefile_path, temporary)
    with whole_file(crate_path) as temporary:
        temporary.write_text(json.dumps(crate, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run_job(main, snakemake)
