"""Spectra of hidden states and softmax output, for one tune and for the population."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from folkprobe.network.trajectory_file import StoredTrajectories, read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.signal.spectra_file import PADDED_GROUPS, LayerSpectra, NetworkSpectra, write_spectra
from folkprobe.signal.spectrum import MeanCurve, PopulationSpectrum, Spectrum, mean_over_units, power_spectrum

log = logging.getLogger("folkprobe.estimate_spectra")


def main(
    *,
    trajectories_path: Path,
    spectra_path: Path,
    window: str,
    population_n_fft: int,
    population_segment_steps: int | None,
    shown_tune_index: int,
    shown_tune_n_fft: int | None,
) -> None:
    """Estimate the spectra of each layer and of the posterior."""

    def shown_tune_spectra(
        sequences: Callable[[int], np.ndarray], window: str, n_fft: int | None, rectify: Callable = np.asarray
    ) -> tuple[Spectrum, MeanCurve]:
        spectrum = power_spectrum(rectify(sequences(shown_tune_index)), window=window, n_fft=n_fft)
        return spectrum, mean_over_units(spectrum)

    def population_spectra(sequences: Callable[[int], np.ndarray]) -> tuple[Spectrum, MeanCurve]:
        population = PopulationSpectrum(window=window, n_fft=population_n_fft, n_segment_steps=population_segment_steps)
        for k in range(stored.n_tunes):
            population.add(sequences(k))
        return population.spectrum(), population.mean_curve()

    estimators = {
        "population": population_spectra,
        "shown_tune": partial(shown_tune_spectra, window=window, n_fft=shown_tune_n_fft),
    }
    for group, rectify in PADDED_GROUPS.items():
        of_group = {"window": "rect" if group.endswith("_rect") else window, "n_fft": population_n_fft}
        estimators[group] = partial(shown_tune_spectra, **of_group, rectify=rectify)
    with read_trajectories(trajectories_path) as stored:
        write_spectra({name: _network_spectra(stored, each) for name, each in estimators.items()}, spectra_path)
        log.info("window %s: %d tunes at n_fft %d", window, stored.n_tunes, population_n_fft)


def _network_spectra(stored: StoredTrajectories, estimate: Callable[..., tuple[Spectrum, MeanCurve]]) -> NetworkSpectra:
    layers = tuple(
        LayerSpectra(stored.unit_index(layer), *estimate(partial(stored.hidden_state, layer)))
        for layer in range(1, stored.n_layers + 1)
    )
    n_vocabulary = stored.posterior(0).shape[1]
    return NetworkSpectra(layers, LayerSpectra(np.arange(n_vocabulary), *estimate(stored.posterior)))


if __name__ == "__main__":
    run_job(main, snakemake)
