"""Draw the share of correctly counted bars by condition."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.bars import draw_bar_shares
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.provenance.job import run_job
from folkprobe.statistics.shares import Estimate

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    effects_path: Path,
    selection_path: Path,
    figure_paths: list[Path],
    table_path: Path,
    conditions: list[str],
    lesions: dict[str, dict],
) -> None:
    """Write the figure and the rows of the effects that it shows."""
    effects = pd.read_csv(effects_path)
    selection = pd.read_csv(selection_path).set_index("layer")
    is_share = effects["outcome"] == "share_of_correct_bars"
    shares = effects[is_share & effects["contrast"].isin(conditions)].rename(columns={"estimate": "value"})
    estimates = {
        _label(row["contrast"], lesions, selection): Estimate(
            **{name: row[name] for name in Estimate.__dataclass_fields__}
        )
        for row in shares.to_dict("records")
    }
    with new_figure(height_mm=25 + 18 * len(estimates)) as figure:
        draw_bar_shares(figure.subplots(), estimates)
        write_figure(figure, *figure_paths)
    write_table(shares, table_path)


def _label(condition: str, lesions: dict[str, dict], selection: pd.DataFrame) -> str:
    if condition not in lesions:
        return condition
    row = selection.loc[lesions[condition]["layer"]]
    unit_index, n_units = lesions[condition]["unit_index"], int(row["n_units"])
    n_cut = int(row["n_selected"]) if unit_index is None else len(unit_index)
    remark = {0: ", the same as intact", n_units: ", the whole layer"}.get(n_cut, "")
    return f"{condition}: {n_cut} of {n_units} units cut{remark}"


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            effects_path=Path(snakemake.input.effects),
            selection_path=Path(snakemake.input.selection),
            figure_paths=[Path(path) for path in snakemake.output.figure],
            table_path=Path(snakemake.output.table),
            **snakemake.params.job["config"],
        )
