"""Compute the numbers of part 7 of the articles (and parts 5 and 6) for this model and its shown tune."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.claims.part7 import compute_part7_claims
from folkprobe.claims.part7_tune import compute_tune_claims
from folkprobe.claims.printed_tunes import compute_printed_claims, read_printed_tunes
from folkprobe.claims.values import Values
from folkprobe.music.tunes import read_tunes
from folkprobe.network.formats.description import read_vocabulary
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.signal.selection import power_fraction
from folkprobe.signal.spectra_file import read_spectra

log = logging.getLogger("folkprobe.compute_claims")


def main(
    *,
    tables_paths: list[Path],
    spectra_path: Path,
    trajectories_path: Path,
    tunes_path: Path,
    printed_path: Path,
    vocabulary_path: Path,
    claims_path: Path,
    tune_index: int,
) -> None:
    """Write one row a number, by claim."""
    # A token may be called `nan` or `NA`; an empty cell of a number is still nan.
    tables = {path.stem: pd.read_csv(path, keep_default_na=False, na_values=[""]) for path in tables_paths}
    values = compute_part7_claims(tables) | _power_above_8_steps(spectra_path)
    with read_trajectories(trajectories_path) as stored:
        layers = range(1, stored.n_layers + 1)
        states = [stored.hidden_state(layer, tune_index) for layer in layers]
        units = [stored.unit_index(layer) for layer in layers]
    n_steps, tokens = len(states[0]), read_tunes(tunes_path).tokens(tune_index)
    values |= compute_tune_claims(tokens[:n_steps], tokens[1 : n_steps + 1], states, units)
    printed = read_printed_tunes(printed_path)
    values |= compute_printed_claims(printed, read_vocabulary(vocabulary_path), tokens[1:])
    rows = [(claim, quantity, value) for (claim, quantity), (value,) in values.items()]
    table = pd.DataFrame(rows, columns=["claim", "quantity", "value"])
    write_table(table.sort_values("claim", kind="stable"), claims_path)
    log.info("%d numbers for %d claims", len(rows), len({claim for claim, _ in values}))


def _power_above_8_steps(spectra_path: Path) -> Values:
    mean = {
        (number, dc): np.mean(power_fraction(layer.spectrum, (8, np.inf), include_dc=dc == "counted")) if n else np.nan
        for number, layer in enumerate(read_spectra(spectra_path, "shown_tune").layers, start=1)
        for dc in ("counted", "dropped")
        for n in [len(layer.unit_index)]
    }
    named = {f"mean share of power above 8 steps, layer {layer}, DC {dc}": value for (layer, dc), value in mean.items()}
    deepest = max(layer for layer, _ in mean)
    named["that share over layer 3's"] = mean[1, "counted"] / mean[deepest, "counted"]
    return {("p7.num.spec1", quantity): (value,) for quantity, value in named.items()}


if __name__ == "__main__":
    run_job(main, snakemake)
