"""Draw the mean spectra at long periods under both windows, and of the rectified sequences."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.axes import LONG_PERIOD_MAX_FREQUENCY, LONG_PERIOD_TICKS, mark_periods
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.spectra import draw_long_periods
from folkprobe.provenance.job import run_job
from folkprobe.signal.spectra_file import read_spectra
from folkprobe.signal.spectrum import normalise_curves
from folkprobe.signal.window import sidelobe

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

_PANELS = {
    "shown_tune_padded": "hidden states h",
    "shown_tune_rect": "hidden states h",
    "shown_tune_absolute_rect": "rectified, |h|",
    "shown_tune_positive_rect": "rectified, max(h, 0)",
}


def main(*, spectra_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write a panel for each kind of sequence and window, and the numbers that it shows."""
    tables = []
    with new_figure(height_mm=45 * len(_PANELS) + 15) as figure:
        axes = figure.subplots(len(_PANELS), sharex=True)
        for ax, (group, sequences) in zip(axes, _PANELS.items(), strict=True):
            spectra = read_spectra(spectra_path, group)
            layers, softmax = normalise_curves([layer.curve for layer in spectra.layers], spectra.softmax.curve)
            curves = {f"layer {number}": curve for number, curve in enumerate(layers, start=1)} | {"softmax": softmax}
            spectrum = spectra.layers[0].spectrum
            lobes = [sidelobe(spectrum.window, spectrum.n_steps, number) for number in (1, 2)]
            title = f"{sequences}, {spectrum.window} of {spectrum.n_steps} steps"
            draw_long_periods(ax, curves, title=title, sidelobes_of_dc=lobes)
            for name, curve in curves.items():
                inside = (frequency := curve.frequency_cycles_per_step) <= LONG_PERIOD_MAX_FREQUENCY
                columns = {"frequency_cycles_per_step": frequency, "level_db": curve.level_db()[0]}
                tables.append(pd.DataFrame({"spectrum": group, "curve": name} | columns)[inside])
        mark_periods(
            axes[-1],
            period_ticks_steps=LONG_PERIOD_TICKS,
            frequency_max_cycles_per_step=LONG_PERIOD_MAX_FREQUENCY,
            top=False,
        )
        axes[0].legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=4)
        write_figure(figure, *figure_paths)
    write_table(pd.concat(tables), table_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            spectra_path=Path(snakemake.input.spectra),
            figure_paths=[Path(path) for path in snakemake.output.figure],
            table_path=Path(snakemake.output.table),
            **snakemake.params.job["config"],
        )
