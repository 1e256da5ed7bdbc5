"""Estimate what eighth notes and steps since the bar token each add to the prediction of every unit's state."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.counting.clocks import CLOCKS, clock_gains, clocked_steps, gain_intervals
from folkprobe.counting.states import states_at
from folkprobe.music.tunes import read_tunes
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.provenance.job import run_job
from folkprobe.statistics.resampling import resample_weights

log = logging.getLogger("folkprobe.estimate_clocks")
OF_CLOCK = ("gain", "null", "lower", "upper")
UNIT_COLUMNS = ["layer", "unit_index", "state", *(f"{name}_{clock}" for clock in CLOCKS for name in OF_CLOCK)]
SUMMARY_COLUMNS = ["layer", "state", "clock", "n_units", "gain", "null", "beyond_null", "lower", "upper"]
SUMMARY_COLUMNS += ["share_of_units_above_null", "share_of_steps_apart", "n_steps", "n_tunes"]


def main(
    *,
    checkpoint_path: Path,
    tunes_path: Path,
    clocks_path: Path,
    summary_path: Path,
    n_tunes: int,
    ridge_penalty_steps: float,
    n_permutations: int,
    share_of_steps_apart_min: float,
    rng_seed: int,
    confidence_level: float,
    n_resamples: int,
) -> None:
    """Write a row for each unit and state, and one for each layer, state and clock; empty tables where undefined."""
    checkpoint, tunes = read_checkpoint(checkpoint_path), read_tunes(tunes_path)
    read = clocked_steps(tunes, n_tunes)
    apart = {clock: read.share_apart(clock) for clock in CLOCKS}
    units, summary = [], []
    if read.n_tunes < 2 or min(apart.values()) < share_of_steps_apart_min:
        shares = " and ".join(f"{clock} at {share:.2%}" for clock, share in apart.items() if len(read))
        log.warning("the clocks are not told apart: of %d steps that read both, %s vary", len(read), shares or "none")
    else:
        n_tunes = read.tune.max() + 1
        states, p_bar = states_at(checkpoint, tunes, read.steps_of_tunes(n_tunes))
        weights = resample_weights(n_tunes, rng_seed=rng_seed, n_resamples=n_resamples)
        for (layer, state), values in [*states.items(), ((None, "p_bar"), p_bar)]:
            gains = clock_gains(
                read, values, penalty=ridge_penalty_steps, n_permutations=n_permutations, rng_seed=rng_seed
            )
            unit_index = checkpoint.layers[layer - 1].unit_index if layer else [None]
            rows = pd.DataFrame({"layer": layer, "unit_index": unit_index, "state": state})
            for clock in CLOCKS:
                found = gain_intervals(gains, clock, weights, level=confidence_level)
                rows = rows.assign(**{f"{name}_{clock}": getattr(found, name) for name in OF_CLOCK})
                above = float(np.mean(found.lower > 0)) if len(rows) else np.nan
                row = [layer, state, clock, len(rows), np.nanmedian(found.gain), np.nanmedian(found.null)]
                row += [found.median_beyond, found.median_lower, found.median_upper, above, apart[clock]]
                summary.append([*row, len(read), read.n_tunes])
            units.append(rows.astype({"layer": "Int64", "unit_index": "Int64"}))
            log.info("layer %s, %s: %d units", layer, state, len(rows))
    write_table(pd.concat(units) if units else pd.DataFrame(columns=UNIT_COLUMNS), clocks_path)
    write_table(pd.DataFrame(summary, columns=SUMMARY_COLUMNS).astype({"layer": "Int64"}), summary_path)


if __name__ == "__main__":
    run_job(main, snakemake)
