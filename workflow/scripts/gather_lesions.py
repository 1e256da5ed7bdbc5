"""Join the tunes of the lesions that several jobs have drawn."""

import logging
from itertools import chain
from pathlib import Path

from folkprobe.music.lesion_tunes import read_lesion_tunes, write_lesion_tunes
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.gather_lesions")


def main(*, batches_paths: list[Path], tunes_path: Path) -> None:
    """Write the batches one after the other: their number does not affect the output."""
    write_lesion_tunes(chain.from_iterable(map(read_lesion_tunes, batches_paths)), tunes_path)
    log.info("%d batches", len(batches_paths))


if __name__ == "__main__":
    run_job(main, snakemake)
