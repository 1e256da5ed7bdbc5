"""Decode the eighths since the bar token from every layer, in 4/4 and in other metres, beside a control target."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.counting.meters import OfMeter, other_meters
from folkprobe.counting.probe import Probe, decode_held_out, offset_counts, share_decoded
from folkprobe.counting.sites import BAR_EIGHTHS, METER
from folkprobe.music.tunes import read_tunes
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.provenance.job import run_job
from folkprobe.statistics.resampling import resample_weights

log = logging.getLogger("folkprobe.estimate_probe")
COLUMNS = ["layer", "meter", "target", "r2", "lower", "upper", "n_steps", "n_tunes"]


def main(
    *,
    checkpoint_path: Path,
    tunes_path: Path,
    probe_path: Path,
    n_tunes: int,
    ridge_penalty: float,
    transfer_prompts: list[str],
    n_transfer_tunes: int,
    rng_seed: int,
    confidence_level: float,
    n_resamples: int,
) -> None:
    """Write a row for each layer, metre and target; an empty table without 4/4 bars in two tunes."""
    checkpoint, tunes = read_checkpoint(checkpoint_path), read_tunes(tunes_path)
    rows = []

    def add(layer: int, of: OfMeter, targets: dict[str, np.ndarray], decoded: np.ndarray) -> None:
        weights = resample_weights(of.at.tune.max() + 1, rng_seed=rng_seed, n_resamples=n_resamples)
        for (name, target), found in zip(targets.items(), decoded.T, strict=True):
            shares = share_decoded(target, found, of.at.tune, weights, level=confidence_level)
            rows.append([layer, of.meter, name, *shares, len(of.at), of.at.n_tunes])

    own = OfMeter.of(checkpoint, tunes, n_tunes, METER)
    if own is not None:
        others = list(other_meters(checkpoint, tunes, transfer_prompts, n_transfer_tunes))
        eighths, numbers = own.at.eighths, tunes.first_tune + own.at.tune
        control = offset_counts(eighths, numbers, bar_eighths=BAR_EIGHTHS, rng_seed=rng_seed)
        targets = {"elapsed": eighths, "control": control}
        stacked = np.column_stack(list(targets.values())).astype(np.float64)
        for layer, states in own.states.items():
            add(layer, own, targets, decode_held_out(states, stacked, own.at.is_second_fold, penalty=ridge_penalty))
            log.info("layer %d: R2 %.3f, control %.3f", layer, *(row[3] for row in rows[-2:]))
            probe = Probe.fit(states, stacked[:, :1], penalty=ridge_penalty)
            for other in others:
                elapsed = probe.decode(other.states[layer])
                # The same probe read as a count down to the bar line.
                both = {"elapsed": other.at.eighths, "remaining": other.bar_eighths - other.at.eighths}
                add(layer, other, both, np.hstack([elapsed, BAR_EIGHTHS - elapsed]))
    write_table(pd.DataFrame(rows, columns=COLUMNS), probe_path)


if __name__ == "__main__":
    run_job(main, snakemake)
