"""Join the shares of a condition's tunes."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from folkprobe.music.tunes import gather_tunes, read_tunes, write_tunes
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.gather_tunes")


def main(*, shard_paths: list[Path], tunes_path: Path) -> None:
    """Write the shards' tunes as one set."""
    tunes = gather_tunes([read_tunes(path) for path in shard_paths])
    write_tunes(tunes, tunes_path)
    log.info("%d tunes of %d shards", len(tunes), len(shard_paths))


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            shard_paths=[Path(path) for path in snakemake.input.shards],
            tunes_path=Path(snakemake.output.tunes),
            **snakemake.params.job["config"],
        )
