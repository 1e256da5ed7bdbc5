"""Test every unit for a line in the band of the selection, with all replayed tunes as evidence."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.signal.multitaper import band_line_p_values
from folkprobe.statistics.multiplicity import benjamini_hochberg

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.estimate_band_lines")


def main(
    *,
    trajectories_path: Path,
    band_lines_path: Path,
    period_steps: list[float],
    time_half_bandwidth: float,
    false_discovery_rate: float,
) -> None:
    """Write one row a unit; q-values are over the units of its layer."""
    tables = []
    with read_trajectories(trajectories_path) as stored:
        for layer in range(1, stored.n_layers + 1):
            tunes = (stored.hidden_state(layer, k) for k in range(stored.n_tunes))
            p_value, n_tunes = band_line_p_values(tunes, tuple(period_steps), time_half_bandwidth=time_half_bandwidth)
            q_value = benjamini_hochberg(p_value)
            has_line = q_value <= false_discovery_rate
            columns = {"n_tunes": n_tunes, "p_value": p_value, "q_value": q_value, "has_line": has_line}
            tables.append(pd.DataFrame({"layer": layer, "unit_index": stored.unit_index(layer)} | columns))
            log.info("layer %d: %d of %d units, in %d tunes", layer, has_line.sum(), len(has_line), n_tunes)
    write_table(pd.concat(tables), band_lines_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            trajectories_path=Path(snakemake.input.trajectories),
            band_lines_path=Path(snakemake.output.band_lines),
            **snakemake.params.job["config"],
        )
