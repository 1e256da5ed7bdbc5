"""Draw the mean spectra of the layers and of the softmax output, with their standard errors."""

from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.spectra import draw_mean_spectra
from folkprobe.provenance.job import run_job
from folkprobe.signal.spectra_file import read_spectra
from folkprobe.signal.spectrum import Spectrum, normalise_curves


def main(
    *, spectra_path: Path, figure_paths: list[Path], table_path: Path, spectrum: str, period_steps: list[float]
) -> None:
    """Write the figure, and its numbers with a row for each curve and frequency."""
    spectra = read_spectra(spectra_path, spectrum)
    layers, softmax = normalise_curves([layer.curve for layer in spectra.layers], spectra.softmax.curve)
    curves = {f"layer {number}": curve for number, curve in enumerate(layers, start=1)} | {"softmax output": softmax}
    with new_figure(height_mm=100) as figure:
        ax = figure.subplots()
        draw_mean_spectra(ax, curves, period_steps=period_steps)
        ax.set_title(_title(spectra.layers[0].spectrum))
        write_figure(figure, *figure_paths)
    tables = []
    for name, curve in curves.items():
        level_db, lower_db, upper_db = curve.level_db()
        with np.errstate(divide="ignore"):
            period_steps = 1 / curve.frequency_cycles_per_step
        columns = {
            "curve": name,
            "frequency_cycles_per_step": curve.frequency_cycles_per_step,
            "period_steps": period_steps,
            "level_db": level_db,
            "lower_db": lower_db,
            "upper_db": upper_db,
            "standard_error_kind": curve.kind,
            "n": curve.n,
        }
        tables.append(pd.DataFrame(columns))
    write_table(pd.concat(tables), table_path)


def _title(spectrum: Spectrum) -> str:
    tunes = f"{spectrum.n_tunes} tunes" if spectrum.n_tunes > 1 else f"one tune of {spectrum.n_steps} steps"
    return f"{tunes}, window {spectrum.window}, n_fft = {spectrum.n_fft}"


if __name__ == "__main__":
    run_job(main, snakemake)
