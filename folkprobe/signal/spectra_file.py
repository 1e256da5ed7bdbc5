"""The file that holds the spectra of a network's layers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import h5py
import numpy as np

from folkprobe.hdf5 import open_result, write_result
from folkprobe.signal.spectrum import MeanCurve, Spectrum


@dataclass(frozen=True)
class LayerSpectra:
    """Spectra of one layer, or of the softmax output, whose "units" are the tokens' probabilities.

    Attributes
    ----------
    unit_index : ndarray of int, shape (n_units,)
        Original unit numbers; token numbers for the softmax output.
    spectrum : Spectrum
    curve : MeanCurve
        Over units for one tune, over tunes for a population.
    """

    unit_index: np.ndarray
    spectrum: Spectrum
    curve: MeanCurve


@dataclass(frozen=True)
class NetworkSpectra:
    """Spectra of all layers over the same tunes.

    Attributes
    ----------
    layers : tuple of LayerSpectra
        ``layers[l - 1]`` is layer l's.
    softmax : LayerSpectra
    """

    layers: tuple[LayerSpectra, ...]
    softmax: LayerSpectra


# The spectra of the shown tune that are padded to the population's frequency grid, and what is done to its sequences.
# Without padding, neither peaks between the bins of the tune's own length show, nor DC's sidelobes under a rectangle,
# whose nulls are those bins. The articles rectify without saying how.
PADDED_GROUPS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "shown_tune_padded": np.asarray,
    "shown_tune_rect": np.asarray,
    "shown_tune_absolute_rect": np.abs,
    "shown_tune_positive_rect": partial(np.maximum, 0),
}
# What a spectra.h5 holds, by group.
GROUPS = ("population", "shown_tune", *PADDED_GROUPS)


def write_spectra(spectra: dict[str, NetworkSpectra], path: Path | str) -> None:
    """Write spectra by group to a `spectra.h5` atomically; `estimate_spectra` writes each of `GROUPS`.

    The same spectra give the same bytes.
    """
    with write_result(path) as file:
        for name, network in spectra.items():
            file.create_group(name).attrs["n_layers"] = len(network.layers)
            for number, layer in enumerate(network.layers, start=1):
                _write_layer(file.create_group(f"{name}/layers/{number}"), layer)
            _write_layer(file.create_group(f"{name}/softmax"), network.softmax)


def read_spectra(path: Path | str, name: str) -> NetworkSpectra:
    """Read one group, of `GROUPS`, of a `spectra.h5`, or raise a Refusal if that is missing or incomplete."""
    with open_result(path, kind="spectra.h5", maker="the rule estimate_spectra") as file:
        group = file[name]
        numbers = range(1, int(group.attrs["n_layers"]) + 1)
        return NetworkSpectra(
            layers=tuple(_read_layer(group[f"layers/{number}"]) for number in numbers),
            softmax=_read_layer(group["softmax"]),
        )


def _write_layer(group: h5py.Group, layer: LayerSpectra) -> None:
    spectrum, curve = layer.spectrum, layer.curve
    group["unit_index"] = layer.unit_index
    group["frequency_cycles_per_step"] = spectrum.frequency_cycles_per_step
    group["power"] = spectrum.power
    group["mean_magnitude"] = curve.mean
    group["standard_error"] = curve.standard_error
    group.attrs["window"] = spectrum.window
    group.attrs["n_fft"] = spectrum.n_fft
    group.attrs["n_tunes"] = spectrum.n_tunes
    group.attrs["n_steps"] = spectrum.n_steps
    group.attrs["standard_error_kind"] = curve.kind
    group.attrs["standard_error_n"] = curve.n


def _read_layer(group: h5py.Group) -> LayerSpectra:
    frequency = group["frequency_cycles_per_step"][()]
    return LayerSpectra(
        unit_index=group["unit_index"][()],
        spectrum=Spectrum(
            frequency,
            group["power"][()],
            window=str(group.attrs["window"]),
            n_fft=int(group.attrs["n_fft"]),
            n_tunes=int(group.attrs["n_tunes"]),
            n_steps=int(group.attrs["n_steps"]),
        ),
        curve=MeanCurve(
            frequency,
            group["mean_magnitude"][()],
            group["standard_error"][()],
            kind=str(group.attrs["standard_error_kind"]),
            n=int(group.attrs["standard_error_n"]),
        ),
    )
