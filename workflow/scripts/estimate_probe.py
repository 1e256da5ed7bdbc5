"""Decode the eighths since the bar token from every layer, in 4/4 and in other metres, beside a control target."""

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.counting.clocks import ClockedSteps, clocked_steps
from folkprobe.counting.probe import Probe, decode_held_out, offset_counts, share_decoded
from folkprobe.counting.sites import BAR_EIGHTHS, METER
from folkprobe.counting.states import states_at
from folkprobe.music.durations import bar_eighths
from folkprobe.music.tunes import Tunes, read_tunes
from folkprobe.music.vocabulary import token_class
from folkprobe.network.checkpoint import Checkpoint, read_checkpoint
from folkprobe.network.sampling import generate_tunes
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
    read = clocked_steps(tunes, n_tunes)
    rows = []

    def add(layer: int, meter: str, at: ClockedSteps, targets: dict[str, np.ndarray], decoded: np.ndarray) -> None:
        weights = resample_weights(at.tune.max() + 1, rng_seed=rng_seed, n_resamples=n_resamples)
        for (name, target), found in zip(targets.items(), decoded.T, strict=True):
            shares = share_decoded(target, found, at.tune, weights, level=confidence_level)
            rows.append([layer, meter, name, *shares, len(at), at.n_tunes])

    if read.n_tunes < 2:
        log.warning("no probe: %d tunes have a bar of %s after the first, 2 are needed", read.n_tunes, METER)
    else:
        others = dict(_other_meters(checkpoint, tunes, transfer_prompts, n_transfer_tunes))
        numbers = tunes.first_tune + read.tune
        control = offset_counts(read.eighths, numbers, bar_eighths=BAR_EIGHTHS, rng_seed=rng_seed)
        targets = {"elapsed": read.eighths, "control": control}
        for layer, states in _by_layer(checkpoint, tunes, read).items():
            stacked = np.column_stack(list(targets.values())).astype(np.float64)
            decoded = decode_held_out(states, stacked, read.is_second_fold, penalty=ridge_penalty)
            add(layer, METER, read, targets, decoded)
            probe = Probe.fit(states, stacked[:, :1], penalty=ridge_penalty)
            for meter, (at, of_layers) in others.items():
                elapsed = probe.decode(of_layers[layer])
                # The same probe read as a count down to the bar line.
                both = {"elapsed": at.eighths, "remaining": int(bar_eighths(meter)) - at.eighths}
                add(layer, meter, at, both, np.hstack([elapsed, BAR_EIGHTHS - elapsed]))
            log.info("layer %d: R2 %.3f, control %.3f", layer, *(row[3] for row in rows if row[:2] == [layer, METER]))
    write_table(pd.DataFrame(rows, columns=COLUMNS), probe_path)


def _by_layer(checkpoint: Checkpoint, tunes: Tunes, read: ClockedSteps) -> dict[int, np.ndarray]:
    states, _ = states_at(checkpoint, tunes, read.steps_of_tunes(read.tune.max() + 1))
    layers = sorted({layer for layer, _ in states})
    return {layer: np.hstack([states[layer, "h"], states[layer, "tanh_c"]]) for layer in layers}


def _other_meters(
    checkpoint: Checkpoint, tunes: Tunes, prompts: list[str], n_tunes: int
) -> Iterator[tuple[str, tuple[ClockedSteps, dict[int, np.ndarray]]]]:
    for prompt in prompts:
        (meter,) = (token for token in prompt.split() if token_class(token) == "meter")
        if meter not in checkpoint.vocabulary:
            log.warning("no transfer to %s: the vocabulary has no such token", meter)
            continue
        drawn = generate_tunes(
            checkpoint,
            rng_seed=tunes.rng_seed,
            n_tunes=n_tunes,
            temperature=tunes.temperature,
            prompt=prompt,
            max_steps=tunes.max_steps,
            dtype=tunes.dtype,
        )
        at = clocked_steps(drawn, n_tunes, meter=meter)
        if at.n_tunes < 2:
            log.warning("no transfer to %s: %d of %d tunes have a bar of it", meter, at.n_tunes, n_tunes)
            continue
        yield meter, (at, _by_layer(checkpoint, drawn, at))


if __name__ == "__main__":
    run_job(main, snakemake)
