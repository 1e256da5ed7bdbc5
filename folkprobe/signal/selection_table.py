"""The selection of a layer's units beside others: by the article's threshold, of a flat spectrum, without the means."""

import logging
from collections.abc import Mapping

import pandas as pd

from folkprobe.signal.selection import flat_power_fraction, power_fraction, select_units, threshold_of_share
from folkprobe.signal.spectrum import Spectrum

log = logging.getLogger("folkprobe.select_units")


def tabulate_selection(
    spectra: Mapping[str, Spectrum],
    period_steps: tuple[float, float],
    *,
    include_dc: bool,
    share_of_layer: float,
    power_fraction_above: float | None,
    article_power_fraction_above: float,
) -> tuple[pd.DataFrame, dict]:
    """Select the units of a layer and compare the selection with others.

    Parameters
    ----------
    spectra : mapping of str to Spectrum
        The suffix of columns to the layer's spectrum: "" as estimated, "_mean_removed" without each unit's mean.
    period_steps, include_dc
        As for `power_fraction`.
    share_of_layer : float
        What share of the units is selected if no threshold is given.
    power_fraction_above : float or None
        The threshold, or None for that of the share.
    article_power_fraction_above : float
        The article's threshold, whose selection is counted.

    Returns
    -------
    DataFrame
        One row a unit: power_fraction and selected, with each suffix.
    dict
        The row of `selection.csv`, except for the layer and its size.

    Raises
    ------
    Refusal
        As `band_bins`.
    """
    flat = flat_power_fraction(spectra[""], period_steps, include_dc=include_dc)
    of_units = {}
    row = {
        "share_of_layer": share_of_layer if power_fraction_above is None else None,
        "flat_power_fraction": flat,
        "article_power_fraction_above": article_power_fraction_above,
    }
    for way, spectrum in spectra.items():
        fraction = power_fraction(spectrum, period_steps, include_dc=include_dc)
        fixed = power_fraction_above
        above = threshold_of_share(fraction, share_of_layer) if fixed is None else fixed
        selected = select_units(fraction, power_fraction_above=above)
        by_article = select_units(fraction, power_fraction_above=article_power_fraction_above)
        of_units |= {f"power_fraction{way}": fraction, f"selected{way}": selected}
        row[f"power_fraction_above{way}"] = above
        row[f"n_selected{way}"] = int(selected.sum())
        row[f"n_selected_by_article{way}"] = int(by_article.sum())
    row["n_selected_both_ways"] = int((of_units["selected"] & of_units["selected_mean_removed"]).sum())
    return pd.DataFrame(of_units), row


def report_selection(row: Mapping) -> None:
    """Log a row of `selection.csv`, with a warning where the threshold selects all, none, or less than white noise."""
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
