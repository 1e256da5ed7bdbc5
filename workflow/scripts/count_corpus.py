"""Judge every tune of the training corpus by the same rule as generated tunes."""

import logging
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.music.bars import count_bars
from folkprobe.music.form import describe_tune
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.count_corpus")


def main(*, corpus_path: Path, tunes_path: Path) -> None:
    """Write one row a tune, with the columns of the study's tunes.csv except the stop reason."""
    tunes = [line.split() for line in corpus_path.read_text(encoding="utf-8").splitlines()]
    rows = [{"tune_index": k} | describe_tune(tokens, count_bars(tokens)) for k, tokens in enumerate(tunes)]
    table = pd.DataFrame(rows)
    write_table(table, tunes_path)
    log.info("%d tunes: %d ok, %d strictly", len(table), (table["ok"] == 1).sum(), (table["strict_ok"] == 1).sum())


if __name__ == "__main__":
    run_job(main, snakemake)
