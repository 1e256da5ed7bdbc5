"""Judge every bar of every tune, and every tune."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.music.bars import OK_VERDICTS, count_bars
from folkprobe.music.form import describe_tune
from folkprobe.music.tunes import read_tunes
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.count_bars")

BAR_COLUMNS = (
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


def main(*, tunes_path: Path, bars_path: Path, table_path: Path) -> None:
    """Write one row a bar and one row a tune; durations are exact fractions, as 8 or 17/2."""
    tunes = read_tunes(tunes_path)
    bar_rows, tune_rows = [], []
    for k in range(len(tunes)):
        tokens = tunes.tokens(k)
        count = count_bars(tokens)
        where = {"tune_index": tunes.first_tune + k, "stop_reason": tunes.stop_reason(k)}
        tune_rows.append(where | describe_tune(tokens, count))
        for number, bar in enumerate(count.bars):
            is_ok = bar.verdict in OK_VERDICTS
            place = (tunes.first_tune + k, number, bar.start, bar.end)
            flags = "; ".join(f"{tokens[flag.token_index]}: {flag.reason}" for flag in bar.flags)
            bar_rows.append((*place, bar.duration, bar.expected, bar.verdict, is_ok, flags))
    table = pd.DataFrame(tune_rows)
    write_table(pd.DataFrame(bar_rows, columns=BAR_COLUMNS), bars_path)
    write_table(table, table_path)
    n_ok, n_wellformed = (int((table[column] == 1).sum()) for column in ("ok", "wellformed"))
    log.info("%d tunes, %d bars: %d tunes ok, %d well formed", len(tunes), len(bar_rows), n_ok, n_wellformed)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            tunes_path=Path(snakemake.input.tunes),
            bars_path=Path(snakemake.output.bars),
            table_path=Path(snakemake.output.tunes),
            **snakemake.params.job["config"],
        )
