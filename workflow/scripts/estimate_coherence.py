"""Estimate every unit's coherence with the bar tokens over all replayed tunes, against other tunes' bar tokens."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.music.tunes import read_tunes
from folkprobe.music.vocabulary import token_class
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.signal.multitaper import pooled_coherence

log = logging.getLogger("folkprobe.estimate_coherence")


def main(
    *,
    trajectories_path: Path,
    tunes_path: Path,
    coherence_path: Path,
    time_half_bandwidth: float,
    n_surrogates: int,
    rng_seed: int,
) -> None:
    """Write a row for each layer and frequency."""
    tunes, tables = read_tunes(tunes_path), []
    of_bars = [index for index, token in enumerate(tunes.vocabulary) if token_class(token) == "bar"]
    with read_trajectories(trajectories_path) as stored:
        # The last token was drawn and not read.
        is_bar = [np.isin(tunes.indices(k)[:-1], of_bars).astype(float) for k in range(stored.n_tunes)]
        for layer in range(1, stored.n_layers + 1):
            found = pooled_coherence(
                (stored.hidden_state(layer, k) for k in range(stored.n_tunes)),
                is_bar,
                time_half_bandwidth=time_half_bandwidth,
                n_surrogates=n_surrogates,
                rng_seed=rng_seed,
            )
            n_units = len(stored.unit_index(layer))
            of_layer = {"layer": layer, "n_units": n_units, "n_tunes": found.n_tunes, "n_steps": found.n_steps}
            of_layer["frequency_cycles_per_step"] = found.frequency_cycles_per_step
            of_layer["period_steps"] = 1 / found.frequency_cycles_per_step
            of_layer["mean_coherence_with_bars"] = found.coherence.mean(axis=1) if n_units else np.nan
            of_layer["share_coherent_with_bars"] = (found.p_value <= 0.05).mean(axis=1) if n_units else np.nan
            tables.append(pd.DataFrame(of_layer))
            log.info("layer %d: %d tunes, %d steps of each", layer, found.n_tunes, found.n_steps)
    write_table(pd.concat(tables), coherence_path)


if __name__ == "__main__":
    run_job(main, snakemake)
