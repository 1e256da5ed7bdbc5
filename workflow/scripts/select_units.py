"""Mark the units whose power is concentrated in a band of periods."""

import logging
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.refusal import Refusal
from folkprobe.signal.selection import flat_power_fraction, power_fraction, select_units, threshold_of_share
from folkprobe.signal.spectra_file import read_spectra
from folkprobe.signal.spectrum import PopulationSpectrum, Spectrum

log = logging.getLogger("folkprobe.select_units")


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
            try:
                flat = flat_power_fraction(layer.spectrum, tuple(period_steps), include_dc=include_dc)
            except Refusal as refusal:
                # A tune's own length is known only now; every other length was checked before anything ran.
                keys = f"config keys selection.period_steps, spectra.{spectrum}_n_fft and spectra.shown_tune_index"
                raise Refusal(f"{keys}: {refusal}") from None
            share, fixed = share_of_layer[number - 1], power_fraction_above[number - 1]
            states = (stored.hidden_state(number, k) for k in tunes)
            ways = {"": layer.spectrum, "_mean_removed": _without_mean(layer.spectrum, states, n_segment_steps)}
            of_units = {"layer": number, "unit_index": layer.unit_index}
            row = {"layer": number, "n_units": len(layer.unit_index), "n_tunes": layer.spectrum.n_tunes}
            row["share_of_layer"] = share if fixed is None else None
            row["flat_power_fraction"] = flat
            row["article_power_fraction_above"] = article_power_fraction_above
            for way, of_layer in ways.items():
                fraction = power_fraction(of_layer, tuple(period_steps), include_dc=include_dc)
                above = threshold_of_share(fraction, share) if fixed is None else fixed
                selected = select_units(fraction, power_fraction_above=above)
                by_article = select_units(fraction, power_fraction_above=article_power_fraction_above)
                of_units |= {f"power_fraction{way}": fraction, f"selected{way}": selected}
                row[f"power_fraction_above{way}"] = above
                row[f"n_selected{way}"] = int(selected.sum())
                row[f"n_selected_by_article{way}"] = int(by_article.sum())
            units.append(pd.DataFrame(of_units))
            row["n_selected_both_ways"] = int((of_units["selected"] & of_units["selected_mean_removed"]).sum())
            selections.append(row)
            _report(row)
    write_table(pd.concat(units), units_path)
    write_table(pd.DataFrame(selections), selection_path)


def _without_mean(estimated: Spectrum, hidden_states: Iterable[np.ndarray], n_segment_steps: int | None) -> Spectrum:
    """Estimate a spectrum again, with each unit's mean over a tune removed before windowing."""
    population = PopulationSpectrum(window=estimated.window, n_fft=estimated.n_fft, n_segment_steps=n_segment_steps)
    for states in hidden_states:
        # The mean of equal float32 values is exact in float64: of a constant, no rounding errors are left.
        population.add((states - states.mean(axis=0, dtype=np.float64)).astype(states.dtype))
    return population.spectrum()


def _report(row: dict) -> None:
    layer, n_units, flat = row["layer"], row["n_units"], row["flat_power_fraction"]
    share = row["share_of_layer"]
    log.info(
        "layer %d: threshold %s", layer, "as configured" if share is None else f"that a share of {share:g} exceeds"
    )
    for way, name in (("", "as estimated"), ("_mean_removed", "means removed")):
        log.info(
            "layer %d, %s: %d of %d units above %.6g, which is %.3g times the %.4g of a flat spectrum; "
            "the article's %g selects %d",
            *(layer, name, row[f"n_selected{way}"], n_units),
            *(row[f"power_fraction_above{way}"], row[f"power_fraction_above{way}"] / flat, flat),
            *(row["article_power_fraction_above"], row[f"n_selected_by_article{way}"]),
        )
    log.info("layer %d: %d units are selected both ways", layer, row["n_selected_both_ways"])
    if row["n_selected"] in (0, n_units):
        log.warning("the selection of layer %d takes %s of its units", layer, "all" if row["n_selected"] else "none")
    if row["power_fraction_above"] < flat:
        log.warning("layer %d: the threshold is below the power fraction of a flat spectrum", layer)


if __name__ == "__main__":
    run_job(main, snakemake)
