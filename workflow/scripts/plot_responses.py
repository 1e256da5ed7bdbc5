"""Draw the mean response of the strongest unit of each layer around bars at the input."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.events import draw_response
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job
from folkprobe.signal.selection import strongest_unit
from folkprobe.signal.spectra_file import read_spectra


def main(
    *,
    responses_path: Path,
    curves_path: Path,
    spectra_path: Path,
    figure_paths: list[Path],
    table_path: Path,
    period_steps: list[float],
) -> None:
    """Write a panel a layer, and the curves that they show."""
    responses, curves = pd.read_csv(responses_path), pd.read_csv(curves_path)
    shown = []
    layers = read_spectra(spectra_path, "shown_tune_padded").layers
    with new_figure(height_mm=40 + 40 * len(layers)) as figure:
        axes = figure.subplots(len(layers), sharex=True, squeeze=False)[:, 0]
        for number, (ax, layer) in enumerate(zip(axes, layers, strict=True), start=1):
            column = strongest_unit(layer.spectrum, tuple(period_steps))
            if column is None:
                ax.set_title("no unit left")
                continue
            key = {"layer": number, "unit_index": layer.unit_index[column]}
            of_unit = responses[_matches(responses, key)].iloc[0]
            curve = curves[_matches(curves, key)]
            title = (
                f"layer {number}, unit {key['unit_index']}: at most {abs(of_unit['effect_size']):.2f} standard "
                f"deviations, follows {of_unit['follows']}"
            )
            lags, mean = curve["lag_steps"].to_numpy(), curve["mean_response"].to_numpy()
            draw_response(ax, lags, mean, null_bound=of_unit["null_bound"], layer=number, title=title)
            shown.append(curve.assign(null_bound=of_unit["null_bound"]))
        axes[-1].set_xlabel("steps after a bar token is read")
        write_figure(figure, *figure_paths)
    write_table(pd.concat(shown) if shown else curves.head(0), table_path)


def _matches(table: pd.DataFrame, key: dict) -> pd.Series:
    return (table[list(key)] == pd.Series(key)).all(axis=1)


if __name__ == "__main__":
    run_job(main, snakemake)
