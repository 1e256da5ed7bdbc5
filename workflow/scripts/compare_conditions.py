"""Shares of correctly counted bars by condition, and their paired differences from the first condition."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.evidence.job import run_job
from folkprobe.evidence.statistics import Estimate, compare_shares, estimate_share

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.compare_conditions")


def main(
    *,
    bars_paths: list[Path],
    effects_path: Path,
    conditions: list[str],
    confidence_level: float,
    n_resamples: int,
    rng_seed: int,
) -> None:
    """Write one row for each share and for each difference from the first condition."""
    settings = {"rng_seed": rng_seed, "level": confidence_level, "n_resamples": n_resamples}
    counts = {name: _counts(path) for name, path in zip(conditions, bars_paths, strict=True)}
    # A tune in which no bar was measured has no row of its own under that condition.
    tunes = sorted(set().union(*(table.index for table in counts.values())))
    counts = {name: table.reindex(tunes, fill_value=0) for name, table in counts.items()}
    reference = counts[conditions[0]]
    rows = []
    for name, table in counts.items():
        share = estimate_share(table["n_ok"], table["n_bars"], **settings)
        rows.append(_row(name, "share_of_correct_bars", share))
        if name != conditions[0]:
            pairs = (table["n_ok"], table["n_bars"], reference["n_ok"], reference["n_bars"])
            difference = compare_shares(*pairs, **settings)
            rows.append(_row(name, f"share_of_correct_bars_minus_{conditions[0]}", difference))
        log.info("%s: %.3f of %d bars correct, [%.3f, %.3f]", name, share.value, share.n_bars, share.lower, share.upper)
    write_table(pd.DataFrame(rows), effects_path)


def _counts(bars_path: Path) -> pd.DataFrame:
    bars = pd.read_csv(bars_path)
    measured = bars[bars["verdict"] != "unmeasured"]
    return measured.groupby("tune_index")["is_ok"].agg(n_ok="sum", n_bars="count")


def _row(condition: str, outcome: str, estimate: Estimate) -> dict:
    return {"condition": condition, "outcome": outcome, **vars(estimate)}


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            bars_paths=[Path(path) for path in snakemake.input.bars],
            effects_path=Path(snakemake.output.effects),
            **snakemake.params.job["config"],
        )
