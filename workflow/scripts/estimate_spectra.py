"""Spectra of hidden states and softmax output, for one tune and for the population."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from folkprobe.evidence.job import job_log
from folkprobe.network.trajectory_file import StoredTrajectories, read_trajectories
from folkprobe.signal.spectra_file import LayerSpectra, NetworkSpectra, write_spectra
from folkprobe.signal.spectrum import PopulationSpectrum, mean_over_units, power_spectrum

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.estimate_spectra")


def main(
    *,
    trajectories_path: Path,
    spectra_path: Path,
    window: str,
    population_n_fft: int,
    shown_tune_index: int,
    shown_tune_n_fft: int | None,
) -> None:
    """Estimate the spectra of each layer and of the posterior."""

    def of_shown_tune(unit_index: np.ndarray, sequences: Callable[[int], np.ndarray]) -> LayerSpectra:
        spectrum = power_spectrum(sequences(shown_tune_index), window=window, n_fft=shown_tune_n_fft)
        return LayerSpectra(unit_index, spectrum, mean_over_units(spectrum))

    def of_population(unit_index: np.ndarray, sequences: Callable[[int], np.ndarray]) -> LayerSpectra:
        population = PopulationSpectrum(window=window, n_fft=population_n_fft)
        for k in range(stored.n_tunes):
            population.add(sequences(k))
        return LayerSpectra(unit_index, population.spectrum(), population.mean_curve())

    with read_trajectories(trajectories_path) as stored:
        estimators = {"population": of_population, "shown_tune": of_shown_tune}
        write_spectra({name: _network_spectra(stored, each) for name, each in estimators.items()}, spectra_path)
        log.info("window %s: %d tunes at n_fft %d", window, stored.n_tunes, population_n_fft)


def _network_spectra(stored: StoredTrajectories, estimate: Callable[..., LayerSpectra]) -> NetworkSpectra:
    layers = tuple(
        estimate(stored.unit_index(layer), lambda k, layer=layer: stored.hidden_state(layer, k))
        for layer in range(1, stored.n_layers + 1)
    )
    return NetworkSpectra(layers, estimate(np.arange(stored.posterior(0).shape[1]), stored.posterior))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            trajectories_path=Path(snakemake.input.trajectories),
            spectra_path=Path(snakemake.output.spectra),
            **snakemake.params.job["config"],
        )
