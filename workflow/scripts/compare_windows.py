"""Tabulate the windows' lobes, and compare the article's printed tables with them."""

import logging
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.evidence.job import run_job
from folkprobe.evidence.rounding import explaining_roundings
from folkprobe.signal.window_tables import interval_candidates, lobe_rows

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.compare_windows")


def main(*, printed_path: Path, tables_path: Path, printed_tables_path: Path, n_steps: int) -> None:
    """Write the exact tables, and a row for each printed cell with the roundings that give it."""
    printed = pd.read_csv(printed_path, dtype={"lower": str, "upper": str})
    # What the text says of a period is judged by the rule of the table that has it too.
    printed["table"] = printed["quantity"].str.removesuffix("_in_text")
    periods = [float(period) for period in sorted(set(printed["period_steps"]))]
    write_table(pd.DataFrame(lobe_rows(n_steps, periods)).assign(n_steps=n_steps), tables_path)
    rows = []
    for table, cells in printed.groupby(["table", "window"], sort=False):
        ends = cells[["lower", "upper"]].astype(object).where(cells[["lower", "upper"]].notna(), None)
        candidates = [
            interval_candidates(cell.table, cell.window, n_steps, cell.period_steps) for cell in cells.itertuples()
        ]
        explanations = list(map(explaining_roundings, ends.to_numpy(), candidates))
        n_explained = Counter(each for of_cell in explanations for each in of_cell)
        # Of equally good rules the first: exact before rounded, nearest before outward before cut.
        rule = max(n_explained, key=n_explained.get)
        log.info("%s %s: %s explains %d of %d cells", *table, _named(rule), n_explained[rule], len(cells))
        for cell, exact, of_cell in zip(cells.itertuples(), candidates, explanations, strict=True):
            exact_lower, exact_upper = next(iter(exact.values()))
            row = {
                "quantity": cell.quantity,
                "window": cell.window,
                "period_steps": cell.period_steps,
                "printed_lower_steps": cell.lower,
                "printed_upper_steps": cell.upper,
                "exact_lower_steps": exact_lower,
                "exact_upper_steps": exact_upper,
                "rule_of_table": _named(rule),
                "verdict": _verdict(rule, of_cell),
                "explanations": "; ".join(map(_named, of_cell)),
            }
            if row["verdict"] != "its table's rule":
                log.warning("%s %s %g: %s (%s)", *table, cell.period_steps, row["verdict"], row["explanations"])
            rows.append(row)
    write_table(pd.DataFrame(rows), printed_tables_path)


def _verdict(rule: tuple[str, str], explanations: list[tuple[str, str]]) -> str:
    if rule in explanations:
        return "its table's rule"
    if any(rounding != "cut" for _, rounding in explanations):
        return "another rounding than its table's"
    return "no rounding, only digits cut off" if explanations else "no rounding"


def _named(explanation: tuple[str, str]) -> str:
    candidate, rounding = explanation
    return f"{rounding}, {candidate}"


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            printed_path=Path(snakemake.input.printed),
            tables_path=Path(snakemake.output.tables),
            printed_tables_path=Path(snakemake.output.printed_tables),
            **snakemake.params.job["config"],
        )
