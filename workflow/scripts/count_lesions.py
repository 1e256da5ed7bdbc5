"""Count the outcomes of every tune under every lesion: bars, length, end, token classes, probability."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.music.lesion_tunes import LesionTunes, read_lesion_tunes
from folkprobe.music.outcomes import tabulate_outcomes
from folkprobe.music.tunes import read_tunes
from folkprobe.network.checkpoint import Checkpoint, read_checkpoint
from folkprobe.network.scoring import score_tunes
from folkprobe.provenance.job import run_job
from folkprobe.signal.lesion_sets import resolve_n_units

log = logging.getLogger("folkprobe.count_lesions")

INTACT = {"condition": "intact", "kind": "intact"}
DESCRIBED = ("condition", "layer", "family", "n_units", "kind", "set_index")


def main(
    *,
    checkpoint_path: Path,
    intact_tunes_path: Path,
    lesion_tunes_path: Path,
    outcomes_path: Path,
    conditions: list[dict],
) -> None:
    """Write one row for each condition and tune; the intact network comes first, without layer, family and set."""
    intact = read_checkpoint(checkpoint_path)
    described = {each["condition"]: _resolved(each, intact) for each in conditions} | {"intact": INTACT}
    tables = []
    for each in _all_conditions(intact, intact_tunes_path, lesion_tunes_path):
        what = {key: described[each.condition].get(key) for key in DESCRIBED}
        table = tabulate_outcomes(each.tunes).assign(intact_log_probability=each.intact_log_probability, **what)
        tables.append(table[[*DESCRIBED, *table.columns.difference(DESCRIBED, sort=False)]])
        n_wrong, n_measured = table["n_wrong_bars"].sum(), table["n_measured_bars"].sum()
        log.info("%s: %d of %d bars wrong", each.condition, n_wrong, n_measured)
    whole = dict.fromkeys(("layer", "n_units", "set_index"), "Int64")
    write_table(pd.concat([table.astype(whole) for table in tables]), outcomes_path)


def _all_conditions(intact: Checkpoint, intact_tunes_path: Path, lesion_tunes_path: Path) -> Iterator[LesionTunes]:
    tunes = read_tunes(intact_tunes_path)
    yield LesionTunes(INTACT["condition"], tunes, score_tunes(intact, tunes))
    yield from read_lesion_tunes(lesion_tunes_path)


def _resolved(condition: dict, intact: Checkpoint) -> dict:
    n_layer_units = intact.layers[condition["layer"] - 1].n_units
    size = {key: condition[key] for key in ("n_units", "share_of_layer")}
    return condition | {"n_units": resolve_n_units(n_layer_units, **size)}


if __name__ == "__main__":
    run_job(main, snakemake)
