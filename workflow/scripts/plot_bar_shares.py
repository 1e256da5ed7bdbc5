"""Draw the share of correctly counted bars by condition."""

from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.figures.bars import draw_bar_shares
from folkprobe.figures.page import new_figure, write_figure
from folkprobe.figures.palette import condition_style
from folkprobe.provenance.job import run_job
from folkprobe.statistics.shares import Estimate


def main(
    *,
    effects_path: Path,
    selection_path: Path,
    figure_paths: list[Path],
    table_path: Path,
    conditions: dict[str, dict],
    lesions: dict[str, dict],
) -> None:
    """Write the figure and the rows of the effects that it shows."""
    effects = pd.read_csv(effects_path)
    selection = pd.read_csv(selection_path).set_index("layer")
    is_share = effects["outcome"] == "share_of_correct_bars"
    shares = effects[is_share & effects["contrast"].isin(conditions)].rename(columns={"estimate": "value"})
    estimates, styles = {}, {}
    for row in shares.to_dict("records"):
        look = conditions[row["contrast"]]
        label = look["words"] + _cut(row["contrast"], lesions, selection)
        estimates[label] = Estimate(**{name: row[name] for name in Estimate.__dataclass_fields__})
        styles[label] = condition_style(layer=look["layer"], is_stimulated=look["is_stimulated"])
    with new_figure(height_mm=22 + 9 * len(estimates)) as figure:
        draw_bar_shares(figure.subplots(), estimates, styles)
        write_figure(figure, *figure_paths)
    write_table(shares, table_path)


def _cut(condition: str, lesions: dict[str, dict], selection: pd.DataFrame) -> str:
    if condition not in lesions:
        return ""
    row = selection.loc[lesions[condition]["layer"]]
    unit_index, n_units = lesions[condition]["unit_index"], int(row["n_units"])
    n_cut = int(row["n_selected"]) if unit_index is None else len(unit_index)
    remark = {0: ", the same as intact", n_units: ", the whole layer"}.get(n_cut, "")
    return f" ({n_cut} of {n_units}{remark})"


if __name__ == "__main__":
    run_job(main, snakemake)
