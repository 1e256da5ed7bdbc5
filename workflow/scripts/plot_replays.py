"""Draw the spectra of the intact network with its bar tokens deleted or moved, in its own tunes or while it draws."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.axes import mark_periods
from folkprobe.figures.bar_ends import draw_areas
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.spectra import draw_levels_above_median, level_above_median_db
from folkprobe.music.tunes import read_tunes
from folkprobe.provenance.job import run_job
from folkprobe.signal.spectra_file import read_spectra


def main(
    *,
    spectra_paths: list[Path],
    tunes_path: Path,
    bar_ends_path: Path,
    figure_paths: list[Path],
    table_path: Path,
    replays: list[str],
    words: dict[str, str],
    period_steps: list[float],
) -> None:
    """Write a panel a layer and one for the probability of `|`, with a curve a replay; below, the ends of bars."""
    spectra = {replay: read_spectra(path, "population") for replay, path in zip(replays, spectra_paths, strict=True)}
    first = next(iter(spectra.values()))
    bar = read_tunes(tunes_path).column("|")
    panels = {
        f"layer {number}: mean magnitude over units and tunes": {
            replay: each.layers[number - 1].curve.mean for replay, each in spectra.items()
        }
        for number in range(1, len(first.layers) + 1)
    }
    panels["probability of | at the output: root mean square over tunes"] = {
        replay: each.softmax.spectrum.magnitude[:, bar] for replay, each in spectra.items()
    }
    frequency = first.softmax.spectrum.frequency_cycles_per_step
    areas, tables = pd.read_csv(bar_ends_path), []
    with new_figure(height_mm=42 * len(panels) + 80) as figure:
        upper, lower = figure.subfigures(2, height_ratios=[42 * len(panels) + 20, 60])
        axes = upper.subplots(len(panels), sharex=True)
        for ax, (title, magnitudes) in zip(axes, panels.items(), strict=True):
            named = {words[replay]: magnitude for replay, magnitude in magnitudes.items()}
            draw_levels_above_median(ax, frequency, named, title=title, period_steps=period_steps)
            for replay, magnitude in magnitudes.items():
                columns = {"frequency_cycles_per_step": frequency, "magnitude": magnitude}
                columns["level_above_median_db"] = level_above_median_db(magnitude)
                tables.append(pd.DataFrame({"sequence": title.split(":")[0], "replay": replay} | columns))
        upper.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
        mark_periods(axes[-1], top=False)
        of_replays = dict(iter(areas.groupby("replay", sort=False)[["auc", "lower", "upper"]]))
        bars = [
            f"{row.first_bar:g}" if row.first_bar == row.last_bar else f"{row.first_bar:g} to {row.last_bar:g}"
            for row in areas.drop_duplicates("first_bar").itertuples()
        ]
        draw_areas(
            lower.subplots(),
            {words[name]: rows.to_numpy().T for name, rows in of_replays.items()},
            ["pickup" if each == "0" else each.replace("to inf", "and later") for each in bars],
        )
        write_figure(figure, *figure_paths)
    write_table(pd.concat(tables), table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
