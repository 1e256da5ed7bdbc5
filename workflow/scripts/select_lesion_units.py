"""Choose the units that each lesion of the study excises: targeted, random, activity-matched and bottom."""

import logging
from functools import partial
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.signal.activity import estimate_activity
from folkprobe.signal.lesion_sets import choose_units, resolve_n_units

log = logging.getLogger("folkprobe.select_lesion_units")


def main(*, units_path: Path, trajectories_path: Path, sets_path: Path, rng_seed: int, sets: list[dict]) -> None:
    """Write one row a unit of a set, with its power fraction and activity."""
    power_fractions = pd.read_csv(units_path).set_index("layer")["power_fraction"]
    tables = []
    with read_trajectories(trajectories_path) as stored:
        for layer in range(1, stored.n_layers + 1):
            activity = estimate_activity(map(partial(stored.hidden_state, layer), range(stored.n_tunes)))
            power_fraction = power_fractions.loc[[layer]].to_numpy()
            layer_units = pd.DataFrame(
                {
                    "unit_index": stored.unit_index(layer),
                    "power_fraction": power_fraction,
                    "mean_hidden_state": activity.mean,
                    "mean_absolute_hidden_state": activity.mean_absolute,
                    "variance": activity.variance,
                }
            )
            for each in (each for each in sets if each["layer"] == layer):
                n_units = resolve_n_units(
                    len(layer_units), n_units=each["n_units"], share_of_layer=each["share_of_layer"]
                )
                head = {key: each[key] for key in ("layer", "kind", "set_index")} | {"n_units": n_units}
                place = choose_units(power_fraction, activity, **head, rng_seed=rng_seed)
                chosen = layer_units.iloc[place]
                tables.append(chosen.assign(**head)[[*head, *chosen.columns]])
                means = chosen[["power_fraction", "mean_absolute_hidden_state", "variance"]].mean()
                log.info(
                    "layer %d, %s %d: %d of %d units, on average power fraction %.4f, |h| %.3f, variance %.4f",
                    *(layer, each["kind"], each["set_index"], n_units, len(layer_units), *means),
                )
    columns = ["layer", "kind", "set_index", "n_units", "unit_index"]
    # Two sizes may be the same number of units in a small layer.
    table = pd.concat(tables).drop_duplicates(columns) if tables else pd.DataFrame(columns=columns)
    write_table(table, sets_path)


if __name__ == "__main__":
    run_job(main, snakemake)
