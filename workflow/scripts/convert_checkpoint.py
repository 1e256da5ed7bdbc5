"""Read a foreign checkpoint into named arrays."""

import logging
from dataclasses import replace
from pathlib import Path

from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.formats import convert_checkpoint
from folkprobe.network.formats.description import read_vocabulary
from folkprobe.network.summary import summarise_checkpoint
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.convert_checkpoint")


def main(
    *,
    source_path: Path,
    vocabulary_path: Path | None,
    description_path: Path | None,
    checkpoint_path: Path,
    model: str,
) -> None:
    """Convert `source_path` to a checkpoint.h5 that bears the study's name."""
    vocabulary = read_vocabulary(vocabulary_path) if vocabulary_path else None
    checkpoint = replace(convert_checkpoint(source_path, vocabulary, description_path=description_path), name=model)
    write_checkpoint(checkpoint, checkpoint_path)
    for line in summarise_checkpoint(checkpoint):
        log.info("%s", line)


if __name__ == "__main__":
    run_job(main, snakemake)
