"""Shares of correct bars by condition, and the lesion study's effects: every number that a text would quote."""

import logging
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.provenance.job import run_job
from folkprobe.statistics.effects import EFFECT_COLUMNS, compare_lesions
from folkprobe.statistics.shares import Estimate, compare_shares, estimate_share

log = logging.getLogger("folkprobe.compare_conditions")

NAMED_OUTCOME = "share_of_correct_bars"


def main(
    *,
    bars_paths: list[Path],
    outcomes_path: Path,
    effects_path: Path,
    conditions: list[str],
    confidence_level: float,
    n_resamples: int,
    rng_seed: int,
    lesion_study: dict,
) -> None:
    """Write the shares of the named conditions, their differences from the first one, and the lesion study's rows."""
    settings = {"rng_seed": rng_seed, "level": confidence_level, "n_resamples": n_resamples}
    counts = {name: _counts(path) for name, path in zip(conditions, bars_paths, strict=True)}
    # A tune without a measured bar has no row under that condition.
    tunes = sorted(set().union(*(table.index for table in counts.values())))
    counts = {name: table.reindex(tunes, fill_value=0) for name, table in counts.items()}
    reference = counts[conditions[0]]
    rows = []
    for name, table in counts.items():
        share = estimate_share(table["n_ok"], table["n_bars"], **settings)
        rows.append(_row(name, share))
        if name != conditions[0]:
            pairs = (table["n_ok"], table["n_bars"], reference["n_ok"], reference["n_bars"])
            rows.append(_row(f"{name} - {conditions[0]}", compare_shares(*pairs, **settings)))
        log.info("%s: %.3f of %d bars correct, [%.3f, %.3f]", name, share.value, share.n_bars, share.lower, share.upper)
    study = compare_lesions(pd.read_csv(outcomes_path), level=confidence_level, **lesion_study)
    for row in study[study["role"] == "primary"].to_dict("records"):
        log.info(
            "layer %d, %s, %s: %+.3f [%+.3f, %+.3f], %d random sets, p %.3g, adjusted %.3g",
            *(row[name] for name in ("layer", "contrast", "outcome", "estimate", "lower", "upper", "n_sets")),
            *(row[name] for name in ("p_value", "p_value_adjusted")),
        )
    write_table(pd.concat([pd.DataFrame(rows, columns=EFFECT_COLUMNS).astype(study.dtypes), study]), effects_path)


def _counts(bars_path: Path) -> pd.DataFrame:
    bars = pd.read_csv(bars_path)
    measured = bars[bars["verdict"] != "unmeasured"]
    return measured.groupby("tune_index")["is_ok"].agg(n_ok="sum", n_bars="count")


def _row(contrast: str, estimate: Estimate) -> dict:
    what = {"contrast": contrast, "role": "descriptive", "outcome": NAMED_OUTCOME, "estimate": estimate.value}
    return what | {"n_sets": 1} | vars(estimate)


if __name__ == "__main__":
    run_job(main, snakemake)
