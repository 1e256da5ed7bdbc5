"""Draw the spectra of the article's two windows, with the sidelobes of DC."""

from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.axes import LONG_PERIOD_MAX_FREQUENCY
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.windows import draw_window_spectra
from folkprobe.provenance.job import run_job
from folkprobe.signal.window import MAIN_LOBE_EDGE_DB, window_spectrum_db

# The lobes that the article marks, and one that it mentions without explaining it: rect's second.
_MARKED = {"rect": (1, 2), "hanning": (1,)}


def main(*, tables_path: Path, figure_paths: list[Path], table_path: Path, n_steps: int) -> None:
    """Write the figure, and its curves with a row for each window and frequency."""
    tables = pd.read_csv(tables_path)
    tables = tables[tables["n_steps"] == n_steps].set_index(["window", "quantity"])["value"]
    frequency = np.linspace(0, LONG_PERIOD_MAX_FREQUENCY, 2001)
    levels = {window: window_spectrum_db(window, n_steps, frequency) for window in _MARKED}
    lobes = []
    for window, numbers in _MARKED.items():
        half_width = tables.loc[(window, "half_width_cycles_per_step")]
        lobes.append((f"{window}: edge of the main lobe", half_width, MAIN_LOBE_EDGE_DB))
        for number in numbers:
            at, level_db = (
                tables.loc[(window, f"sidelobe_{number}_{name}")] for name in ("cycles_per_step", "level_db")
            )
            lobes.append((f"{window}: sidelobe {number} of DC", at, level_db))
    lobes.sort(key=lambda lobe: lobe[1])
    with new_figure(height_mm=115) as figure:
        draw_window_spectra(figure.subplots(), frequency, levels, lobes, n_steps=n_steps)
        write_figure(figure, *figure_paths)
    with np.errstate(divide="ignore"):
        columns = {"frequency_cycles_per_step": frequency, "period_steps": 1 / frequency}
    rows = [pd.DataFrame({"window": window} | columns | {"level_db": level}) for window, level in levels.items()]
    write_table(pd.concat(rows), table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
