"""Draw the share of units that each reading of the article's criterion selects."""

from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.specification import draw_choices, draw_shares
from folkprobe.provenance.job import run_job

_CHOICES = ("threshold", "dc", "sides", "window", "n_fft", "band_steps")


def main(*, specifications_path: Path, figure_paths: list[Path], table_path: Path, article_share: float) -> None:
    """Write the curve of each layer over the choices that make layer 1's, and the rows in their order."""
    table = pd.read_csv(specifications_path, keep_default_na=False, na_values={"share_selected": [""]})
    table["band_steps"] = [
        f"{low:g} to {high:g}" for low, high in table[["shortest_steps", "longest_steps"]].to_numpy()
    ]
    table["threshold"] = table["power_fraction_above"]
    keys = list(_CHOICES)
    shares = table.dropna(subset="share_selected").pivot_table("share_selected", keys, "layer")
    shares = shares.sort_values(list(shares.columns), kind="stable")
    choices = shares.index.to_frame(index=False)
    labels = {
        "threshold": [f"{100 * value:g} %" for value in choices["threshold"]],
        "constant": choices["dc"],
        "sides": choices["sides"],
        "window": choices["window"],
        "length": choices["n_fft"],
        "band": [f"{value} steps" for value in choices["band_steps"]],
    }
    with new_figure(height_mm=200) as figure:
        upper, lower = figure.subplots(2, sharex=True, height_ratios=[1, 1.4])
        draw_shares(upper, {layer: shares[layer].to_numpy() for layer in shares}, article_share=article_share)
        draw_choices(lower, {name: np.asarray(values) for name, values in labels.items()})
        write_figure(figure, *figure_paths)
    order = table.set_index(keys).loc[shares.index].reset_index()
    write_table(order[["layer", *keys, "n_units", "n_selected", "share_selected"]], table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
