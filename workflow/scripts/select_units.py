"""Mark the units whose power is concentrated in a band of periods."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.refusal import Refusal
from folkprobe.signal.selection_table import report_selection, tabulate_selection
from folkprobe.signal.spectra_file import read_spectra
from folkprobe.signal.spectrum import PopulationSpectrum, Spectrum


def main(
    *,
    spectra_path: Path,
    trajectories_path: Path,
    units_path: Path,
    selection_path: Path,
    spectrum: str,
    period_steps: list[float],
    include_dc: bool,
    share_of_layer: list[float],
    power_fraction_above: list[float | None],
    article_power_fraction_above: float,
    population_segment_steps: int | None,
    shown_tune_index: int,
) -> None:
    """Write one row a unit, and one row a layer that compares its selection with others."""
    units, selections = [], []
    with read_trajectories(trajectories_path) as stored:
        tunes, n_segment_steps = {
            "population": (range(stored.n_tunes), population_segment_steps),
            "shown_tune": ([shown_tune_index], None),
        }[spectrum]
        for number, layer in enumerate(read_spectra(spectra_path, spectrum).layers, start=1):
            states = (stored.hidden_state(number, k) for k in tunes)
            spectra = {"": layer.spectrum, "_mean_removed": _without_mean(layer.spectrum, states, n_segment_steps)}
            try:
                of_units, row = tabulate_selection(
                    spectra,
                    tuple(period_steps),
                    include_dc=include_dc,
                    share_of_layer=share_of_layer[number - 1],
                    power_fraction_above=power_fraction_above[number - 1],
                    article_power_fraction_above=article_power_fraction_above,
                )
            except Refusal as refusal:
                # A tune's own length is known only now; every other length was checked before anything ran.
                keys = f"config keys selection.period_steps, spectra.{spectrum}_n_fft and spectra.shown_tune_index"
                raise Refusal(f"{keys}: {refusal}") from None
            of_units.insert(0, "layer", number)
            of_units.insert(1, "unit_index", layer.unit_index)
            units.append(of_units)
            selections.append({"layer": number, "n_units": len(of_units), "n_tunes": layer.spectrum.n_tunes} | row)
            report_selection(selections[-1])
    write_table(pd.concat(units), units_path)
    write_table(pd.DataFrame(selections), selection_path)


def _without_mean(estimated: Spectrum, hidden_states: Iterable[np.ndarray], n_segment_steps: int | None) -> Spectrum:
    """Estimate a spectrum again, with each unit's mean over a tune removed before windowing."""
    population = PopulationSpectrum(window=estimated.window, n_fft=estimated.n_fft, n_segment_steps=n_segment_steps)
    for states in hidden_states:
        # The mean of equal float32 values is exact in float64: of a constant, no rounding errors are left.
        population.add((states - states.mean(axis=0, dtype=np.float64)).astype(states.dtype))
    return population.spectrum()


if __name__ == "__main__":
    run_job(main, snakemake)
