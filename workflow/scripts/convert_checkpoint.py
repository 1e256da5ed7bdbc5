"""Read a foreign checkpoint into named arrays."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from folkprobe.evidence.job import job_log
from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.formats import convert_checkpoint

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.convert_checkpoint")


def main(*, source_path: Path, checkpoint_path: Path, model: str) -> None:
    """Convert `source_path` to a checkpoint.h5 that bears the study's name."""
    checkpoint = replace(convert_checkpoint(source_path), name=model)
    write_checkpoint(checkpoint, checkpoint_path)
    for number, layer in enumerate(checkpoint.layers, start=1):
        log.info("layer %d: %d inputs, %d units", number, layer.W_x.shape[1], layer.n_units)
    log.info("%d tokens, %d parameters", len(checkpoint.vocabulary), checkpoint.n_parameters)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            source_path=Path(snakemake.input.source),
            checkpoint_path=Path(snakemake.output.checkpoint),
            **snakemake.params.job["config"],
        )
