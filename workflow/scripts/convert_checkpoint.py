"""Read a foreign checkpoint into named arrays."""

import logging
from dataclasses import replace
from pathlib import Path

from folkprobe.music.vocabulary import writes_bars
from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.controls import transform_checkpoint
from folkprobe.network.formats import convert_checkpoint
from folkprobe.network.formats.description import read_vocabulary
from folkprobe.network.summary import summarise_checkpoint
from folkprobe.provenance.job import run_job
from folkprobe.refusal import Refusal

log = logging.getLogger("folkprobe.convert_checkpoint")


def main(
    *,
    source_path: Path,
    vocabulary_path: Path | None,
    description_path: Path | None,
    checkpoint_path: Path,
    model: str,
    n_layers: int,
    transform: str | None,
    transform_rng_seed: int,
    is_planned_with_bars: bool,
) -> None:
    """Convert `source_path` to a checkpoint.h5 that bears the study's name; the rules were planned for `n_layers`."""
    vocabulary = read_vocabulary(vocabulary_path) if vocabulary_path else None
    checkpoint = replace(convert_checkpoint(source_path, vocabulary, description_path=description_path), name=model)
    # A network that was downloaded could not be asked before.
    if len(checkpoint.layers) != n_layers:
        raise Refusal(
            f"config key checkpoint.n_layers: the network has {len(checkpoint.layers)} LSTM layers, and its study was "
            f"planned for {n_layers}: set the key to {len(checkpoint.layers)}"
        )
    # As for its depth: the rules counted on bars where they could not know better.
    if is_planned_with_bars and not writes_bars(checkpoint.vocabulary):
        raise Refusal(
            "its vocabulary has no bar lines or no metre, and its study was planned with bars: download the file and "
            "give its path as checkpoint.source, so that what needs bars is left out"
        )
    if transform:
        checkpoint = transform_checkpoint(checkpoint, transform, rng_seed=transform_rng_seed)
        log.info("%s, rng_seed %d", transform, transform_rng_seed)
    write_checkpoint(checkpoint, checkpoint_path)
    for line in summarise_checkpoint(checkpoint):
        log.info("%s", line)


if __name__ == "__main__":
    run_job(main, snakemake)
