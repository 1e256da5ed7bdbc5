"""Test the shown tune's units for lines."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.signal.multitaper import find_lines
from folkprobe.statistics.multiplicity import benjamini_hochberg

log = logging.getLogger("folkprobe.estimate_lines")


def main(
    *,
    trajectories_path: Path,
    lines_path: Path,
    unit_lines_path: Path,
    tune_index: int,
    time_half_bandwidth: float,
    false_discovery_rate: float,
) -> None:
    """Write a row for each layer and frequency, and a row for each line of a unit that is significant."""
    lines, unit_lines = [], []
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
            has_line = q_value <= false_discovery_rate
            of_layer["share_with_line"] = has_line.mean(axis=1) if len(unit_index) else np.nan
            lines.append(pd.DataFrame({"layer": layer, "n_units": len(unit_index)} | of_layer))
            log.info("layer %d: %d significant lines in %d units", layer, len(places), len(set(columns)))
    write_table(pd.concat(lines), lines_path)
    write_table(pd.concat(unit_lines), unit_lines_path)


if __name__ == "__main__":
    run_job(main, snakemake)
