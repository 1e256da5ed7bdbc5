"""Excise units of one layer from a network: those selected, or a list."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.network.checkpoint import read_checkpoint, write_checkpoint
from folkprobe.network.excision import excise_units
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.excise_units")


def main(
    *,
    checkpoint_path: Path,
    units_path: Path,
    output_checkpoint_path: Path,
    layer: int,
    unit_index: list[int] | None,
    value: float,
    scope: str,
) -> None:
    """Excise units of `layer`: those given, or where they are None those that `units_path` marks as selected."""
    checkpoint = read_checkpoint(checkpoint_path)
    if unit_index is None:
        units = pd.read_csv(units_path)
        chosen = units.loc[(units["layer"] == layer) & units["selected"], "unit_index"].to_numpy()
    else:
        chosen = np.array(unit_index, dtype=np.int64)
    n_units = checkpoint.layers[layer - 1].n_units
    if chosen.size in (0, n_units):
        log.warning("%s of the units of layer %d are excised", "all" if chosen.size else "none", layer)
    write_checkpoint(excise_units(checkpoint, layer, chosen, value=value, scope=scope), output_checkpoint_path)
    log.info("layer %d: %d of %d units excised, scope %s, value %g", layer, chosen.size, n_units, scope, value)


if __name__ == "__main__":
    run_job(main, snakemake)
