"""Draw how well the count can be decoded from each layer, beside what the layer holds."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.counting.sites import METER
from folkprobe.figures.clocks import draw_beside
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job


def main(*, probe_path: Path, interchange_path: Path, figure_paths: list[Path], table_path: Path) -> None:
    """Write a panel of what is decoded and held in 4/4 and one of the other metres, and their numbers."""
    probe = pd.read_csv(probe_path).rename(columns={"r2": "estimate"})
    interchange = pd.read_csv(interchange_path, dtype={"layers": str}).rename(columns={"shift": "estimate"})
    whole = (interchange["set"] == "all") & (interchange["mode"] == "holds") & (interchange["donor"] == "other_count")
    holds = interchange[whole & interchange["layers"].str.fullmatch(r"\d+")].assign(target="holds")
    shown = pd.concat([probe, holds.rename(columns={"layers": "layer"})])
    shown = shown[["layer", "meter", "target", "estimate", "lower", "upper", "n_tunes"]].astype({"layer": int})
    is_own = shown["meter"].isna() | (shown["meter"] == METER)
    others = shown[~is_own].assign(target=lambda rows: rows["target"] + ", " + rows["meter"])
    with new_figure(height_mm=95) as figure:
        axes = figure.subplots(1, 2)
        own = shown[is_own].replace({"elapsed": "decoded (R²)", "control": "control (R²)", "holds": "holds (shift)"})
        draw_beside(axes[0], own, title="decoded and held")
        draw_beside(axes[1], others, title="the same probe in other metres (R²)")
        write_figure(figure, *figure_paths)
    write_table(shown, table_path)


if __name__ == "__main__":
    run_job(main, snakemake)
