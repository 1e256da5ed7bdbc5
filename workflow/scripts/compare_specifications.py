"""Select the units of each layer under every reading of the article's criterion."""

import logging
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.signal.specification import specified_selections

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.compare_specifications")


def main(
    *,
    trajectories_path: Path,
    specifications_path: Path,
    tune_index: int,
    windows: list[str],
    n_fft: list[int | None],
    bands_steps: list[list[float]],
    power_fractions_above: list[float],
) -> None:
    """Write one row for each layer, combination of choices and threshold."""
    choices = {"windows": windows, "n_fft": n_fft, "bands_steps": bands_steps}
    choices["power_fractions_above"] = power_fractions_above
    tables = []
    with read_trajectories(trajectories_path) as stored:
        for layer in range(1, stored.n_layers + 1):
            rows = pd.DataFrame(
                [asdict(row) for row in specified_selections(stored.hidden_state(layer, tune_index), **choices)]
            )
            bands = pd.DataFrame(rows.pop("period_steps").tolist(), columns=["shortest_steps", "longest_steps"])
            table = pd.concat([rows, bands], axis=1).assign(layer=layer)
            table["share_selected"] = table["n_selected"] / table["n_units"].where(table["n_units"] > 0)
            for threshold, of_threshold in table.groupby("power_fraction_above"):
                span = of_threshold["share_selected"].quantile([0, 0.5, 1]).round(3).tolist()
                log.info("layer %d above %g: share selected min, median, max %s", layer, threshold, span)
            tables.append(table)
    table = pd.concat(tables)
    table["n_selected"] = table["n_selected"].astype("Int64")
    front = ["layer", "window", "n_fft", "dc", "sides", "shortest_steps", "longest_steps", "power_fraction_above"]
    write_table(
        table[[*front, "n_units", "n_selected", "share_selected", "median_power_fraction", "remark"]],
        specifications_path,
    )


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            trajectories_path=Path(snakemake.input.trajectories),
            specifications_path=Path(snakemake.output.specifications),
            **snakemake.params.job["config"],
        )
