"""Compute the numbers of part 7 beside those that the article prints."""

import logging
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.evidence.job import run_job
from folkprobe.evidence.part7 import Computed, compute_claims, compute_printed_tune
from folkprobe.music.bars import OK_VERDICTS, count_bars
from folkprobe.music.tunes import read_token_lines
from folkprobe.signal.selection import power_fraction
from folkprobe.signal.spectra_file import read_spectra

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.compute_claims")


def main(*, table_paths: dict[str, Path], spectra_path: Path, printed_tunes_path: Path, claims_path: Path) -> None:
    """Write one row a number, by claim."""
    # A token may be called `nan` or `NA`; an empty cell of a number is still nan.
    tables = {name: pd.read_csv(path, keep_default_na=False, na_values=[""]) for name, path in table_paths.items()}
    computed = compute_claims(tables)
    for number, layer in enumerate(read_spectra(spectra_path, "shown_tune").layers, start=1):
        for include_dc in (True, False):
            fraction = power_fraction(layer.spectrum, (8, np.inf), include_dc=include_dc)
            quantity = f"mean share of power above 8 steps, layer {number}, DC {'counted' if include_dc else 'dropped'}"
            mean = float(fraction.mean()) if len(fraction) else np.nan
            computed.append(Computed("p7.num.spec1", quantity, "most, in layer 1", mean))
    tokens = read_token_lines(printed_tunes_path)[0]
    bars = count_bars(tokens).bars
    is_ok = [bar.verdict in OK_VERDICTS for bar in bars]
    computed += compute_printed_tune(len(tokens), [bar.duration for bar in bars], is_ok)
    computed.sort(key=lambda each: each.claim)
    write_table(pd.DataFrame([asdict(each) for each in computed]), claims_path)
    log.info("%d numbers for %d claims", len(computed), len({each.claim for each in computed}))


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            table_paths={path.stem: path for path in map(Path, snakemake.input.tables)},
            spectra_path=Path(snakemake.input.spectra),
            printed_tunes_path=Path(snakemake.input.printed_tunes),
            claims_path=Path(snakemake.output.claims),
            **snakemake.params.job["config"],
        )
