"""Draw the shares that describe the tunes of each condition, and people's tunes."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.palette import condition_style
from folkprobe.figures.population import draw_share_curves, draw_shares
from folkprobe.provenance.job import run_job

# Of tunes that people wrote.
_PEOPLE = {"color": "C3", "marker": "D", "linestyle": "-", "markerfacecolor": "C3"}
TUNE_SHARES = {
    "share_of_tunes_ok": "ok",
    "share_of_tunes_strict_ok": "strictly ok",
    "share_of_tunes_wellformed": "well formed",
    "share_of_tunes_is_aabb": "AABB",
}


def main(*, population_path: Path, figure_paths: list[Path], table_path: Path, conditions: dict[str, dict]) -> None:
    """Write the figure and the numbers that it shows."""
    population = pd.read_csv(population_path, dtype={"at": str})
    (level,) = population["level"].unique()
    # Of people, no condition.
    names = population["population"].unique()
    styles = {name: _style(conditions[name]) if name in conditions else _PEOPLE for name in names}
    with new_figure(height_mm=170) as figure:
        (tunes_ax, sections_ax), (bars_ax, wrong_ax) = figure.subplots(2, 2)
        shares = population[population["outcome"].isin(TUNE_SHARES)]
        labelled = shares.assign(group=shares["outcome"].map(TUNE_SHARES))
        draw_shares(tunes_ax, _by_population(labelled, "group"), list(TUNE_SHARES.values()), styles)
        tunes_ax.set_ylabel("share of tunes")
        sections = population[population["outcome"] == "share_of_sections_with_bars"]
        draw_shares(sections_ax, _by_population(sections, "at"), list(dict.fromkeys(sections["at"])), styles)
        sections_ax.set(xlabel="length of a section (bars)", ylabel="share of sections")
        for ax, outcome, label in (
            (bars_ax, "share_of_bars_correct_at", "share of bars correctly counted"),
            (wrong_ax, "share_of_tunes_wrong_by", "share of tunes with a wrong bar so far"),
        ):
            rows = population[population["outcome"] == outcome]
            draw_share_curves(ax, _by_population(rows.assign(bar=rows["at"].astype(int)), "at"), styles)
            ax.set_ylabel(label)
        handles, labels = tunes_ax.get_legend_handles_labels()
        n_tunes = population.groupby("population")["n_tunes"].max()
        labels = [f"{conditions.get(label, {}).get('words', label)} ({n_tunes[label]:,} tunes)" for label in labels]
        figure.legend(
            handles, labels, loc="outside lower center", ncols=2, title=f"lines and bands: {level:.0%} intervals"
        )
        write_figure(figure, *figure_paths)
    write_table(population, table_path)


def _style(look: dict) -> dict:
    return condition_style(layer=look["layer"], is_stimulated=look["is_stimulated"])


def _by_population(rows: pd.DataFrame, index: str) -> dict[str, pd.DataFrame]:
    return {name: table.set_index(index) for name, table in rows.groupby("population", sort=False)}


if __name__ == "__main__":
    run_job(main, snakemake)
