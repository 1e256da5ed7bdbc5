"""List the peaks of the mean spectra, what may explain each, and which are higher than those of noise."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.signal.nulls import autoregressive, shuffled
from folkprobe.signal.peaks import find_peaks, largest_prominence, prominence_bound
from folkprobe.signal.spectra_file import PADDED_GROUPS, LayerSpectra, NetworkSpectra, read_spectra
from folkprobe.signal.spectrum import mean_over_units, power_spectrum
from folkprobe.signal.window import main_lobe_support

log = logging.getLogger("folkprobe.select_peaks")


def main(
    *,
    spectra_path: Path,
    trajectories_path: Path,
    recurrences_path: Path,
    phrases_path: Path,
    peaks_path: Path,
    tune_index: int,
    prominence_db_min: float,
    n_surrogates: int,
    rng_seed: int,
) -> None:
    """Write the peaks under both windows, each with noise's highest and the recurrences of tokens in its main lobe."""
    recurrences, phrases = pd.read_csv(recurrences_path), pd.read_csv(phrases_path)
    spectra = {group: read_spectra(spectra_path, group) for group in PADDED_GROUPS}
    with read_trajectories(trajectories_path) as stored:
        sequences = {
            f"layer {layer}": stored.hidden_state(layer, tune_index) for layer in range(1, stored.n_layers + 1)
        }
        sequences["softmax"] = stored.posterior(tune_index)
    bounds = {
        name: _prominence_bounds(
            sequence,
            {group: _curves(each)[name] for group, each in spectra.items()},
            n_surrogates=n_surrogates,
            rng_seed=[rng_seed, number],
        )
        for number, (name, sequence) in enumerate(sequences.items())
    }
    rows = []
    for group, of_group in spectra.items():
        for name, of_curve in _curves(of_group).items():
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
                    | bounds[name][group]
                    | {"above_noise": peak.is_tested and peak.prominence_db > max(bounds[name][group].values())}
                    | {"recurring_classes": "; ".join(f"{key} {n}" for key, n in by_class.items())}
                    | {"phrase_lags_steps": "; ".join(map(str, lags))}
                )
        listed = [row["above_noise"] for row in rows if row["spectrum"] == group]
        log.info("%s: %d peaks, %d above those of noise", group, len(listed), sum(listed))
    write_table(pd.DataFrame(rows), peaks_path)


def _curves(spectra: NetworkSpectra) -> dict[str, LayerSpectra]:
    return {f"layer {number}": layer for number, layer in enumerate(spectra.layers, start=1)} | {
        "softmax": spectra.softmax
    }


def _prominence_bounds(
    sequence: np.ndarray, curves: Mapping[str, LayerSpectra], *, n_surrogates: int, rng_seed: Sequence[int]
) -> dict[str, dict[str, float]]:
    """Return the bound of each kind of surrogate by group; a surrogate goes through all that the data go through."""
    bounds = {group: {} for group in curves}
    for number, surrogate in enumerate((shuffled, autoregressive)):
        rng = np.random.default_rng([*rng_seed, number])
        largest = np.empty((n_surrogates, len(curves)))
        for row in largest:
            drawn = surrogate(sequence, rng)
            for place, (group, each) in enumerate(curves.items()):
                window, n_fft = each.spectrum.window, each.spectrum.n_fft
                curve = mean_over_units(power_spectrum(PADDED_GROUPS[group](drawn), window=window, n_fft=n_fft))
                row[place] = largest_prominence(find_peaks(curve, window=window, n_steps=len(drawn)))
        for group, bound in zip(curves, prominence_bound(largest), strict=True):
            bounds[group][f"prominence_bound_{surrogate.__name__}_db"] = float(bound)
    return bounds


if __name__ == "__main__":
    run_job(main, snakemake)
