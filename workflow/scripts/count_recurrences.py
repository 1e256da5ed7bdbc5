"""Count the steps after which the tokens of the shown tune recur, singly, by class and as phrases."""

import logging
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.music.recurrence import recurrence_intervals, repeated_phrases
from folkprobe.music.tunes import read_tunes
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.count_recurrences")


def main(*, tunes_path: Path, recurrences_path: Path, phrases_path: Path, tune_index: int) -> None:
    """Write a row for each token or class and interval, and a row for each repeated phrase."""
    # The last token was drawn and never read.
    tokens = read_tunes(tunes_path).tokens(tune_index)[:-1]
    intervals = pd.DataFrame(
        [
            {"kind": kind, "name": name, "interval_steps": interval}
            for (kind, name), steps in recurrence_intervals(tokens).items()
            for interval in steps
        ],
        columns=["kind", "name", "interval_steps"],
    )
    recurrences = intervals.groupby(["kind", "name", "interval_steps"], sort=True).size().reset_index(name="n_times")
    write_table(recurrences, recurrences_path)
    phrases = pd.DataFrame(
        [
            {"first_step": phrase.first_step, "again_step": phrase.again_step, "lag_steps": phrase.lag_steps}
            | {"n_tokens": len(phrase.tokens), "phrase": " ".join(phrase.tokens)}
            for phrase in repeated_phrases(tokens)
        ],
        columns=["first_step", "again_step", "lag_steps", "n_tokens", "phrase"],
    )
    write_table(phrases, phrases_path)
    log.info("%d intervals, %d repeated phrases among %d tokens", len(intervals), len(phrases), len(tokens))


if __name__ == "__main__":
    run_job(main, snakemake)
