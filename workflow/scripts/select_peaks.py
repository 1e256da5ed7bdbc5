"""List the peaks of the mean spectra, what may explain each, and which are higher than those of noise."""

import logging
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.signal.nulls import autoregressive, shuffled
from folkprobe.signal.peaks import Peak, find_peaks, largest_prominences, prominence_bound
from folkprobe.signal.spectra_file import PADDED_GROUPS, read_spectra
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
    of_groups = {group: read_spectra(spectra_path, group) for group in PADDED_GROUPS}
    with read_trajectories(trajectories_path) as stored:
        sequences = {f"layer {n}": stored.hidden_state(n, tune_index) for n in range(1, stored.n_layers + 1)}
        sequences["softmax"] = stored.posterior(tune_index)
    rows = []
    for number, (name, of_curve) in enumerate(sequences.items()):
        spectra = {group: [*each.layers, each.softmax][number].spectrum for group, each in of_groups.items()}

        def peaks_of(group: str, sequence: np.ndarray, spectra: dict = spectra) -> list[Peak]:
            window, n_fft = spectra[group].window, spectra[group].n_fft
            spectrum = power_spectrum(PADDED_GROUPS[group](sequence), window=window, n_fft=n_fft)
            return find_peaks(mean_over_units(spectrum), window=window, n_steps=len(sequence))

        ways = [partial(peaks_of, group) for group in spectra]
        bounds = {}
        for kind, surrogate in enumerate((shuffled, autoregressive)):
            rng = np.random.default_rng([rng_seed, number, kind])
            largest = largest_prominences(of_curve, surrogate, ways, n_surrogates=n_surrogates, rng=rng)
            bounds[f"prominence_bound_{surrogate.__name__}_db"] = prominence_bound(largest)
        for place, (group, spectrum) in enumerate(spectra.items()):
            of_group = {key: bound[place] for key, bound in bounds.items()}
            for peak in peaks_of(group, of_curve):
                if peak.prominence_db < prominence_db_min:
                    continue
                lower, upper = main_lobe_support(spectrum.window, spectrum.n_steps, peak.period_steps)
                inside = recurrences[recurrences["interval_steps"].between(lower, upper)]
                by_class = inside[inside["kind"] == "class"].groupby("name")["n_times"].sum()
                lags = sorted(set(phrases.loc[phrases["lag_steps"].between(lower, upper), "lag_steps"]))
                rows.append(
                    {"spectrum": group, "window": spectrum.window, "curve": name}
                    | asdict(peak)
                    | of_group
                    | {"above_noise": peak.is_tested and peak.prominence_db > max(of_group.values())}
                    | {"recurring_classes": "; ".join(f"{key} {n}" for key, n in by_class.items())}
                    | {"phrase_lags_steps": "; ".join(map(str, lags))}
                )
                log.info("%s, %s: %.4g steps, above noise: %s", name, group, peak.period_steps, rows[-1]["above_noise"])
    write_table(pd.DataFrame(rows), peaks_path)


if __name__ == "__main__":
    run_job(main, snakemake)
