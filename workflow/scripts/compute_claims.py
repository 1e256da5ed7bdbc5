"""What part 7 of the articles (and parts 5 and 6) says in numbers, computed for this model and its shown tune."""

import logging
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.claims.part7 import Computed, compute_claims
from folkprobe.claims.part7_tune import compute_tune_claims
from folkprobe.claims.printed_tunes import compute_printed_claims, read_printed_tunes
from folkprobe.music.tunes import read_tunes
from folkprobe.network.formats.description import read_vocabulary
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.signal.selection import power_fraction
from folkprobe.signal.spectra_file import read_spectra

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.compute_claims")


def main(
    *,
    table_paths: dict[str, Path],
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
    tables = {name: pd.read_csv(path, keep_default_na=False, na_values=[""]) for name, path in table_paths.items()}
    computed = compute_claims(tables) + _power_above_8_steps(spectra_path)
    with read_trajectories(trajectories_path) as stored:
        layers = range(1, stored.n_layers + 1)
        states = [stored.hidden_state(layer, tune_index) for layer in layers]
        units = [stored.unit_index(layer) for layer in layers]
    n_steps, tokens = len(states[0]), read_tunes(tunes_path).tokens(tune_index)
    computed += compute_tune_claims(tokens[:n_steps], tokens[1 : n_steps + 1], states, units)
    printed = compute_printed_claims(read_printed_tunes(printed_path), read_vocabulary(vocabulary_path), tokens[1:])
    computed += [Computed(*key, value) for key, value in printed.items()]
    computed.sort(key=lambda each: each.claim)
    write_table(pd.DataFrame([asdict(each) for each in computed]), claims_path)
    log.info("%d numbers for %d claims", len(computed), len({each.claim for each in computed}))


def _power_above_8_steps(spectra_path: Path) -> list[Computed]:
    mean = {
        (number, dc): np.mean(power_fraction(layer.spectrum, (8, np.inf), include_dc=dc == "counted")) if n else np.nan
        for number, layer in enumerate(read_spectra(spectra_path, "shown_tune").layers, start=1)
        for dc in ("counted", "dropped")
        for n in [len(layer.unit_index)]
    }
    named = {f"mean share of power above 8 steps, layer {layer}, DC {dc}": value for (layer, dc), value in mean.items()}
    deepest = max(layer for layer, _ in mean)
    named["that share over layer 3's"] = mean[1, "counted"] / mean[deepest, "counted"]
    return [Computed("p7.num.spec1", quantity, value) for quantity, value in named.items()]


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            table_paths={path.stem: path for path in map(Path, snakemake.input.tables)},
            spectra_path=Path(snakemake.input.spectra),
            trajectories_path=Path(snakemake.input.trajectories),
            tunes_path=Path(snakemake.input.tunes),
            printed_path=Path(snakemake.input.printed),
            vocabulary_path=Path(snakemake.input.vocabulary),
            claims_path=Path(snakemake.output.claims),
            **snakemake.params.job["config"],
        )
