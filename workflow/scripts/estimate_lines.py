"""Test the shown tune's units for lines, and for coherence with the bar tokens."""

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.music.tunes import read_tunes
from folkprobe.music.vocabulary import token_class
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.signal.multitaper import coherence, find_lines
from folkprobe.signal.nulls import circular_shift, phase_randomised, surrogate_p_values
from folkprobe.statistics.multiplicity import benjamini_hochberg

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.estimate_lines")


def main(
    *,
    trajectories_path: Path,
    tunes_path: Path,
    lines_path: Path,
    unit_lines_path: Path,
    tune_index: int,
    time_half_bandwidth: float,
    false_discovery_rate: float,
    n_surrogates: int,
    rng_seed: int,
) -> None:
    """Write a row for each layer and frequency, and a row for each line of a unit that is significant."""
    tokens, lines, unit_lines = read_tunes(tunes_path).tokens(tune_index), [], []
    with read_trajectories(trajectories_path) as stored:
        for layer in range(1, stored.n_layers + 1):
            hidden_state, unit_index = stored.hidden_state(layer, tune_index), stored.unit_index(layer)
            found = find_lines(hidden_state, time_half_bandwidth=time_half_bandwidth)
            q_value = benjamini_hochberg(found.p_value)
            places, columns = np.nonzero(q_value <= false_discovery_rate)
            period_steps = 1 / found.frequency_cycles_per_step
            of_lines = {"unit_index": unit_index[columns], "period_steps": period_steps[places]}
            of_lines |= {"f_statistic": found.f_statistic[places, columns], "q_value": q_value[places, columns]}
            unit_lines.append(pd.DataFrame({"layer": layer} | of_lines))
            of_layer = {"frequency_cycles_per_step": found.frequency_cycles_per_step, "period_steps": period_steps}
            of_layer["share_with_line"] = _share(q_value <= false_discovery_rate)
            is_bar = np.array([token_class(token) == "bar" for token in tokens[: len(hidden_state)]], dtype=float)
            with_bars = partial(coherence, reference=is_bar, time_half_bandwidth=time_half_bandwidth)
            observed = with_bars(hidden_state)
            of_layer["mean_coherence_with_bars"] = observed.mean(axis=1) if len(unit_index) else np.nan
            for number, surrogate in enumerate((circular_shift, phase_randomised)):
                rng = np.random.default_rng([rng_seed, layer, number])
                drawn = (with_bars(surrogate(hidden_state, rng)) for _ in range(n_surrogates))
                of_layer[f"share_coherent_{surrogate.__name__}"] = _share(surrogate_p_values(observed, drawn) <= 0.05)
            lines.append(pd.DataFrame({"layer": layer, "n_units": len(unit_index)} | of_layer))
            log.info("layer %d: %d significant lines in %d units", layer, len(places), len(set(columns)))
    write_table(pd.concat(lines), lines_path)
    write_table(pd.concat(unit_lines), unit_lines_path)


def _share(is_true: np.ndarray) -> np.ndarray:
    return is_true.mean(axis=1) if is_true.shape[1] else np.full(len(is_true), np.nan)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            trajectories_path=Path(snakemake.input.trajectories),
            tunes_path=Path(snakemake.input.tunes),
            lines_path=Path(snakemake.output.lines),
            unit_lines_path=Path(snakemake.output.unit_lines),
            **snakemake.params.job["config"],
        )
