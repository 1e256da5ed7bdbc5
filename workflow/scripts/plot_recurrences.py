"""Draw the peaks of the units' mean spectra above the recurrences of the tokens."""

from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.axes import mark_periods, shade_band
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.recurrence import draw_class_spectra, draw_peaks, draw_phrase_lags
from folkprobe.music.recurrence import RECURRENCE_CLASSES, class_indicators
from folkprobe.music.tunes import read_tunes
from folkprobe.provenance.job import run_job
from folkprobe.signal.spectra_file import read_spectra
from folkprobe.signal.spectrum import normalise_curves, power_spectrum

_GROUP = "shown_tune_padded"


def main(
    *,
    spectra_path: Path,
    peaks_path: Path,
    phrases_path: Path,
    tunes_path: Path,
    figure_paths: list[Path],
    table_path: Path,
    tune_index: int,
    period_steps: list[float],
) -> None:
    """Write the figure, and the peaks that it shows."""
    spectra, peaks, phrases = read_spectra(spectra_path, _GROUP), pd.read_csv(peaks_path), pd.read_csv(phrases_path)
    layers, _ = normalise_curves([layer.curve for layer in spectra.layers], spectra.softmax.curve)
    curves = {f"layer {number}": curve for number, curve in enumerate(layers, start=1)}
    shown = peaks[(peaks["spectrum"] == _GROUP) & peaks["curve"].isin(curves)]
    marks = []
    for row in shown.itertuples():
        of_layer, normalised = spectra.layers[int(row.curve.split()[1]) - 1].curve.mean, curves[row.curve].mean
        scale_db = 20 * np.log10(np.nanmax(normalised) / np.nanmax(of_layer))
        kind = "above noise" if row.above_noise else row.verdict
        marks.append((row.frequency_cycles_per_step, row.level_db + scale_db, f"{row.period_steps:.3g}", kind))
    spectrum = spectra.layers[0].spectrum
    indicators = class_indicators(read_tunes(tunes_path).tokens(tune_index)[:-1])
    magnitude = power_spectrum(
        indicators - indicators.mean(axis=0), window=spectrum.window, n_fft=spectrum.n_fft
    ).magnitude
    present = indicators.any(axis=0) & (magnitude.max(axis=0) > 1e-12)
    levels = {
        name: 20 * np.log10(np.maximum(magnitude[:, column] / magnitude[:, column].max(), 1e-9))
        for column, name in enumerate(RECURRENCE_CLASSES)
        if present[column]
    }
    lags = phrases[phrases["lag_steps"] >= 2]
    with new_figure(height_mm=170) as figure:
        upper, middle, lower = figure.subplots(3, sharex=True, height_ratios=[2, 1.4, 1])
        draw_peaks(upper, curves, marks)
        draw_class_spectra(middle, spectrum.frequency_cycles_per_step, levels)
        draw_phrase_lags(lower, lags["lag_steps"].to_numpy(), lags["n_tokens"].to_numpy())
        for ax in (upper, middle, lower):
            shade_band(ax, period_steps)
        upper.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=4)
        mark_periods(lower, top=False)
        write_figure(figure, *figure_paths)
    write_table(shown, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
