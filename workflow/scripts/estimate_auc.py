"""Estimate how well a projection separates the steps before a section token or the end from all others."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.music.token_classes import SECTION_TOKENS
from folkprobe.network.projection import DECOMPOSITIONS, read_projections
from folkprobe.provenance.job import run_job
from folkprobe.statistics.resampling import area_under_curve, resample_weights

log = logging.getLogger("folkprobe.estimate_auc")


def main(*, projections_path: Path, auc_path: Path, confidence_level: float, n_resamples: int, rng_seed: int) -> None:
    """Write one row for each decomposition, direction and event; steps before the prompt's tokens are left out."""
    projections = read_projections(projections_path)
    drawn = projections.is_drawn
    next_token, tune_index = projections.next_token[drawn], projections.tune_index[drawn]
    n_tunes = len(projections.tune_offsets) - 1
    weights = resample_weights(n_tunes, rng_seed=rng_seed, n_resamples=n_resamples)
    events = {token: next_token == token for token in SECTION_TOKENS}
    events[" or ".join(SECTION_TOKENS)] = np.isin(next_token, SECTION_TOKENS)
    rows = []
    for name in DECOMPOSITIONS:
        for direction, values in enumerate(projections.projection[name].T, start=1):
            for event, is_event in events.items():
                auc, lower, upper = area_under_curve(
                    values[drawn], is_event, tune_index, weights, level=confidence_level
                )
                where = {"decomposition": name, "direction": direction, "next_token": event}
                interval = {"auc": auc, "lower": lower, "upper": upper, "level": confidence_level}
                made = {"method": f"percentile bootstrap over tunes, {n_resamples} resamples, rng_seed {rng_seed}"}
                counts = {"n_events": int(is_event.sum()), "n_steps": len(is_event), "n_tunes": n_tunes}
                rows.append(where | interval | counts | made)
                log.info("%s, w_%d before %s: AUC %.3f [%.3f, %.3f]", name, direction, event, auc, lower, upper)
    write_table(pd.DataFrame(rows), auc_path)


if __name__ == "__main__":
    run_job(main, snakemake)
