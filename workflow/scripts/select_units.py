"""Mark the units whose power is concentrated in a band of periods."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.provenance.job import run_job
from folkprobe.refusal import Refusal
from folkprobe.signal.selection import power_fraction, select_units
from folkprobe.signal.spectra_file import read_spectra
from folkprobe.signal.spectrum import Spectrum

log = logging.getLogger("folkprobe.select_units")


def main(
    *,
    spectra_path: Path,
    units_path: Path,
    selection_path: Path,
    spectrum: str,
    period_steps: list[float],
    include_dc: bool,
    power_fraction_above: dict[str, float],
    article_power_fraction_above: float,
) -> None:
    """Write one row a unit, and one row a layer that includes the selection by the article's threshold."""
    units, selections = [], []
    for number, layer in enumerate(read_spectra(spectra_path, spectrum).layers, start=1):
        fraction = _power_fraction(layer.spectrum, spectrum, period_steps, include_dc)
        threshold = power_fraction_above[f"layer_{number}"]
        selected = select_units(fraction, power_fraction_above=threshold)
        by_article = select_units(fraction, power_fraction_above=article_power_fraction_above)
        columns = {"layer": number, "unit_index": layer.unit_index, "power_fraction": fraction, "selected": selected}
        units.append(pd.DataFrame(columns))
        selections.append(
            {
                "layer": number,
                "n_units": len(fraction),
                "n_tunes": layer.spectrum.n_tunes,
                "power_fraction_above": threshold,
                "n_selected": int(selected.sum()),
                "article_power_fraction_above": article_power_fraction_above,
                "n_selected_by_article": int(by_article.sum()),
            }
        )
        log.info("layer %d: %d of %d units above %g", number, selected.sum(), len(fraction), threshold)
        if selected.sum() in (0, len(fraction)):
            log.warning("the selection of layer %d takes %s of its units", number, "all" if selected.any() else "none")
        log.info("layer %d: the article's %g selects %d", number, article_power_fraction_above, by_article.sum())
    write_table(pd.concat(units), units_path)
    write_table(pd.DataFrame(selections), selection_path)


def _power_fraction(spectrum: Spectrum, name: str, period_steps: list[float], include_dc: bool) -> np.ndarray:
    try:
        return power_fraction(spectrum, tuple(period_steps), include_dc=include_dc)
    except Refusal as refusal:
        # A tune's own length is known only now; every other length was checked before anything ran.
        keys = f"config keys selection.period_steps, spectra.{name}_n_fft and spectra.shown_tune_index"
        raise Refusal(f"{keys}: {refusal}") from None


if __name__ == "__main__":
    run_job(main, snakemake)
