"""Draw tunes from a network."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from folkprobe.music.tunes import write_tunes
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.sampling import generate_tunes
from folkprobe.network.stimulus import stimulus_of
from folkprobe.provenance.closure import sha256_of_file
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.generate_tunes")


def main(*, checkpoint_path: Path, tunes_path: Path, stimulus: dict | None, **generation: object) -> None:
    """Draw tunes; `generation` goes to `generate_tunes` as it is."""
    checkpoint = read_checkpoint(checkpoint_path)
    tunes = generate_tunes(checkpoint, **generation, stimulus=stimulus and stimulus_of(stimulus))
    tunes = replace(tunes, checkpoint_sha256=sha256_of_file(checkpoint_path))
    write_tunes(tunes, tunes_path)
    n_cut = sum(tunes.stop_reason(k) == "max_steps" for k in range(len(tunes)))
    log.info("%d tunes, %d tokens, %d tunes cut at max_steps", len(tunes), len(tunes.token_index), n_cut)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            checkpoint_path=Path(snakemake.input.checkpoint),
            tunes_path=Path(snakemake.output.tunes),
            **snakemake.params.job["config"],
        )
