"""Draw tunes from a network."""

import logging
from dataclasses import replace
from pathlib import Path

from folkprobe.music.tunes import write_tunes
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.sampling import generate_tunes
from folkprobe.network.stimulus import stimulus_of
from folkprobe.provenance.closure import sha256_of_file
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.generate_tunes")


def main(*, checkpoint_path: Path, tunes_path: Path, stimulus: dict | None, **generation: object) -> None:
    """Draw tunes; `generation` is passed to `generate_tunes` unchanged."""
    checkpoint = read_checkpoint(checkpoint_path)
    tunes = generate_tunes(checkpoint, **generation, stimulus=stimulus and stimulus_of(stimulus))
    tunes = replace(tunes, checkpoint_sha256=sha256_of_file(checkpoint_path))
    write_tunes(tunes, tunes_path)
    n_cut = sum(tunes.stop_reason(k) == "max_steps" for k in range(len(tunes)))
    log.info("%d tunes, %d tokens, %d tunes cut at max_steps", len(tunes), len(tunes.token_index), n_cut)


if __name__ == "__main__":
    run_job(main, snakemake)
