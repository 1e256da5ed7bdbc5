"""Estimate shares that describe the tunes of each condition, and tunes that people wrote."""

import logging
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.provenance.job import run_job
from folkprobe.refusal import Refusal
from folkprobe.statistics.population import estimate_population

log = logging.getLogger("folkprobe.estimate_population")

# Lists that pandas would read as numbers if they have one member.
LISTS = {"section_bars": str, "section_plays": str, "wrong_bars": str}


def main(
    *,
    tunes_paths: list[Path],
    human_tunes_path: Path,
    population_path: Path,
    conditions: list[str],
    human_label: str,
    prompt: str,
    confidence_level: float,
    n_resamples: int,
    rng_seed: int,
) -> None:
    """Write one row an estimate; people's tunes are restricted to the prompt's metre, where it has one."""
    tables = {name: pd.read_csv(path, dtype=LISTS) for name, path in zip(conditions, tunes_paths, strict=True)}
    human = pd.read_csv(human_tunes_path, dtype=LISTS)
    meter = next((token for token in prompt.split() if token.startswith("M:")), None)
    if meter:
        human = human[human["meter"] == meter]
        human_label = f"{human_label}, {meter}"
    if human.empty:
        raise Refusal(f"{human_tunes_path}: no tune is in {meter}, the prompt's metre, give baseline.tunes with some")
    rows = []
    for name, table in (tables | {human_label: human}).items():
        estimates = estimate_population(table, rng_seed=rng_seed, level=confidence_level, n_resamples=n_resamples)
        rows += [{"population": name, **row} for row in estimates]
        log.info("%s: %d tunes, %d of them ok", name, len(table), (table["ok"] == 1).sum())
    write_table(pd.DataFrame(rows), population_path)


if __name__ == "__main__":
    run_job(main, snakemake)
