"""Draw one table of a comparison of networks."""

from functools import partial
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.counting.layer_names import name_layers
from folkprobe.figures.networks import draw_forest, draw_singular_values, draw_spectra, forest_height_mm
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job
from folkprobe.statistics.lesion_design import PRIMARY_OUTCOME

# Of the forests: how a row is called besides its network, and what is estimated.
_FORESTS = {
    "outcomes": (lambda _: "", "share of wrong bars"),
    "contrasts": (lambda row: f"layer {row.layer}", "wrong bars, targeted minus random"),
    "interchange": (lambda row: f"{name_layers(row.layers)}, {row.mode}", "shift of the count"),
    "bar_ends": (
        lambda row: f"{row.replay}, bar {row.first_bar:g}" + (" on" if row.last_bar > row.first_bar else ""),
        "AUC of P(bar) at the ends of bars",
    ),
}


def main(
    *,
    table_path: Path,
    figure_paths: list[Path],
    output_table_path: Path,
    figure: str,
    networks: list[str],
    reference: str,
    words: dict[str, str],
    period_steps: list[float],
) -> None:
    """Write the figure that is named after its table, and the rows that it shows; `words` are of replays."""
    table = pd.read_csv(table_path, dtype={"layers": str})
    if figure in _FORESTS:
        rows, unit = _FORESTS[figure]
        if figure == "outcomes":
            table = table[table["outcome"] == PRIMARY_OUTCOME]
        with new_figure(height_mm=forest_height_mm(table)) as page:
            named = table.replace({"replay": words})
            draw_forest(page, named, networks, rows=rows, unit=unit, reference=reference)
            write_figure(page, *figure_paths)
    else:
        draw, height_mm = {
            "spectra": (
                partial(draw_spectra, period_steps=period_steps),
                20 + 45 * table.get("curve", table.iloc[:, 0]).nunique(),
            ),
            "singular_values": (draw_singular_values, 80),
        }[figure]
        with new_figure(height_mm=height_mm) as page:
            draw(page, table, networks)
            write_figure(page, *figure_paths)
    write_table(table, output_table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
