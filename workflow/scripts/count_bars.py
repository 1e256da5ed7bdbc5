"""Judge every bar of every tune."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.evidence.job import job_log
from folkprobe.music.bars import OK_VERDICTS, count_bars
from folkprobe.music.tunes import read_tunes

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.count_bars")

COLUMNS = (
    "tune_index",
    "bar_index",
    "start",
    "end",
    "duration_eighths",
    "expected_eighths",
    "verdict",
    "is_ok",
    "flags",
)


def main(*, tunes_path: Path, bars_path: Path) -> None:
    """Write one row a bar; durations are exact fractions, as 8 or 17/2."""
    tunes = read_tunes(tunes_path)
    rows, n_ok, n_wellformed = [], 0, 0
    for k in range(len(tunes)):
        tokens = tunes.tokens(k)
        count = count_bars(tokens)
        n_ok += bool(count.ok)
        n_wellformed += count.wellformed
        for number, bar in enumerate(count.bars):
            is_ok = bar.verdict in OK_VERDICTS
            where = (tunes.first_tune + k, number, bar.start, bar.end)
            flags = "; ".join(f"{tokens[flag.token_index]}: {flag.reason}" for flag in bar.flags)
            rows.append((*where, bar.duration, bar.expected, bar.verdict, is_ok, flags))
    write_table(pd.DataFrame(rows, columns=COLUMNS), bars_path)
    log.info("%d tunes, %d bars: %d tunes ok, %d well formed", len(tunes), len(rows), n_ok, n_wellformed)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            tunes_path=Path(snakemake.input.tunes),
            bars_path=Path(snakemake.output.bars),
            **snakemake.params.job["config"],
        )
