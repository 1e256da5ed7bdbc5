"""Join the shards of a condition's tunes."""

import logging
from pathlib import Path

from folkprobe.music.tunes import gather_tunes, read_tunes, write_tunes
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.gather_tunes")


def main(*, shards_paths: list[Path], tunes_path: Path) -> None:
    """Write the shards' tunes as one set."""
    tunes = gather_tunes([read_tunes(path) for path in shards_paths])
    write_tunes(tunes, tunes_path)
    log.info("%d tunes of %d shards", len(tunes), len(shards_paths))


if __name__ == "__main__":
    run_job(main, snakemake)
