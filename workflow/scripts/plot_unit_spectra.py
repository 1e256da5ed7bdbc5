"""Draw the spectra of all units of one layer as an image."""

from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.spectra import draw_unit_spectra
from folkprobe.provenance.job import run_job
from folkprobe.signal.spectra_file import read_spectra


def main(
    *,
    spectra_path: Path,
    units_path: Path,
    figure_paths: list[Path],
    table_path: Path,
    layer: int,
    spectrum: str,
    period_steps: list[float],
) -> None:
    """Write the image, its rows ordered by power fraction, and its numbers with a row for each unit and frequency."""
    of_layer = read_spectra(spectra_path, spectrum).layers[layer - 1]
    units = pd.read_csv(units_path)
    power_fraction = units.loc[units["layer"] == layer, "power_fraction"].to_numpy()
    with new_figure(height_mm=120) as figure:
        marks = {"power_fraction": power_fraction, "unit_index": of_layer.unit_index}
        draw_unit_spectra(figure.subplots(), of_layer.spectrum, layer=layer, period_steps=period_steps, **marks)
        write_figure(figure, *figure_paths)
    frequency = of_layer.spectrum.frequency_cycles_per_step
    n_units = len(of_layer.unit_index)
    columns = {
        "unit_index": np.repeat(of_layer.unit_index, len(frequency)),
        "frequency_cycles_per_step": np.tile(frequency, n_units),
        "magnitude": of_layer.spectrum.magnitude.T.ravel().astype(np.float32),
    }
    write_table(pd.DataFrame(columns), table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
