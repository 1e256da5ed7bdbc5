"""Join the tunes of the lesions that several jobs have drawn."""

import logging
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from folkprobe.music.lesion_tunes import read_lesion_tunes, write_lesion_tunes
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.gather_lesions")


def main(*, batch_paths: list[Path], tunes_path: Path) -> None:
    """Write the batches one after the other: how many there were leaves no trace."""
    write_lesion_tunes(chain.from_iterable(map(read_lesion_tunes, batch_paths)), tunes_path)
    log.info("%d batches", len(batch_paths))


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            batch_paths=[Path(path) for path in snakemake.input.batches],
            tunes_path=Path(snakemake.output.tunes),
            **snakemake.params.job["config"],
        )
