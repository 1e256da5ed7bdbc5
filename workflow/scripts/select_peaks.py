"""List the peaks of the mean spectra, and what may explain each."""

import logging
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.provenance.job import run_job
from folkprobe.signal.peaks import find_peaks
from folkprobe.signal.spectra_file import read_spectra
from folkprobe.signal.window import main_lobe_support

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.select_peaks")


def main(
    *,
    spectra_path: Path,
    recurrences_path: Path,
    phrases_path: Path,
    peaks_path: Path,
    prominence_db_min: float,
) -> None:
    """Write the peaks under both windows, each with the recurrences of tokens inside its main lobe."""
    recurrences, phrases = pd.read_csv(recurrences_path), pd.read_csv(phrases_path)
    rows = []
    for group in ("shown_tune_padded", "shown_tune_rect", "shown_tune_absolute_rect", "shown_tune_positive_rect"):
        spectra = read_spectra(spectra_path, group)
        curves = {f"layer {number}": layer for number, layer in enumerate(spectra.layers, start=1)}
        for name, of_curve in (curves | {"softmax": spectra.softmax}).items():
            window, n_steps = of_curve.spectrum.window, of_curve.spectrum.n_steps
            for peak in find_peaks(of_curve.curve, window=window, n_steps=n_steps):
                if peak.prominence_db < prominence_db_min:
                    continue
                lower, upper = main_lobe_support(window, n_steps, peak.period_steps)
                inside = recurrences[recurrences["interval_steps"].between(lower, upper)]
                by_class = inside[inside["kind"] == "class"].groupby("name")["n_times"].sum()
                lags = sorted(set(phrases.loc[phrases["lag_steps"].between(lower, upper), "lag_steps"]))
                rows.append(
                    {"spectrum": group, "window": window, "curve": name}
                    | asdict(peak)
                    | {"recurring_classes": "; ".join(f"{key} {n}" for key, n in by_class.items())}
                    | {"phrase_lags_steps": "; ".join(map(str, lags))}
                )
        log.info("%s: %d peaks", group, sum(row["spectrum"] == group for row in rows))
    write_table(pd.DataFrame(rows), peaks_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            spectra_path=Path(snakemake.input.spectra),
            recurrences_path=Path(snakemake.input.recurrences),
            phrases_path=Path(snakemake.input.phrases),
            peaks_path=Path(snakemake.output.peaks),
            **snakemake.params.job["config"],
        )
