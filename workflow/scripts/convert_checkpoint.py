"""Read a foreign checkpoint into named arrays."""

import logging
from dataclasses import replace
from pathlib import Path

from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.formats import convert_checkpoint
from folkprobe.network.formats.description import read_vocabulary
from folkprobe.network.summary import summarise_checkpoint
from folkprobe.provenance.job import run_job
from folkprobe.refusal import Refusal

log = logging.getLogger("folkprobe.convert_checkpoint")


def main(*, source_path: Path, vocabulary_path: Path | None, checkpoint_path: Path, model: str, n_layers: int) -> None:
    """Convert `source_path` to a checkpoint.h5 that bears the study's name; the rules were planned for `n_layers`."""
    vocabulary = read_vocabulary(vocabulary_path) if vocabulary_path else None
    checkpoint = replace(convert_checkpoint(source_path, vocabulary), name=model)
    # A network that was downloaded could not be asked before.
    if len(checkpoint.layers) != n_layers:
        raise Refusal(
            f"config key checkpoint.n_layers: the network has {len(checkpoint.layers)} LSTM layers, and its study was "
            f"planned for {n_layers}: set the key to {len(checkpoint.layers)}"
        )
    write_checkpoint(checkpoint, checkpoint_path)
    for line in summarise_checkpoint(checkpoint):
        log.info("%s", line)


if __name__ == "__main__":
    run_job(main, snakemake)
