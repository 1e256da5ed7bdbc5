"""Tabulate the windows' lobes, and compare the article's printed tables with them."""

import logging
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.claims.claim import read_claims
from folkprobe.claims.rounding import explaining_roundings, named_explanation, verdict_on_cell
from folkprobe.provenance.job import run_job
from folkprobe.signal.window_tables import interval_candidates, lobe_rows

log = logging.getLogger("folkprobe.compare_windows")


def main(*, claims_path: Path, schema_path: Path, tables_path: Path, printed_tables_path: Path, n_steps: int) -> None:
    """Write the exact tables, and a row for each printed cell with the roundings that give it."""
    claims = read_claims(claims_path, schema_path)
    # A period in the article's text follows the rule of the table that also lists it.
    printed = pd.DataFrame(claims.printed_cells())
    periods = [float(period) for period in sorted(set(printed["period_steps"]))]
    # The study's windows, and the article's where theirs is another length.
    lengths = dict.fromkeys((n_steps, claims.window_n_steps))
    tables = [pd.DataFrame(lobe_rows(length, periods)).assign(n_steps=length) for length in lengths]
    write_table(pd.concat(tables), tables_path)
    rows, n_steps = [], claims.window_n_steps
    for table, cells in printed.groupby(["table", "window"], sort=False):
        ends = cells[["lower", "upper"]].astype(object).where(cells[["lower", "upper"]].notna(), None)
        candidates = [
            interval_candidates(cell.table, cell.window, n_steps, cell.period_steps) for cell in cells.itertuples()
        ]
        explanations = list(map(explaining_roundings, ends.to_numpy(), candidates))
        rule = claims.rounding_rules[table]
        n_explained = sum(rule in of_cell for of_cell in explanations)
        log.info("%s %s: %s explains %d of %d cells", *table, named_explanation(rule), n_explained, len(cells))
        for cell, exact, of_cell in zip(cells.itertuples(), candidates, explanations, strict=True):
            exact_lower, exact_upper = next(iter(exact.values()))
            row = {
                "claim": cell.claim,
                "quantity": cell.table,
                "window": cell.window,
                "period_steps": cell.period_steps,
                "printed_lower_steps": cell.lower,
                "printed_upper_steps": cell.upper,
                "exact_lower_steps": exact_lower,
                "exact_upper_steps": exact_upper,
                "rule_of_table": named_explanation(rule),
                "verdict": verdict_on_cell(rule, of_cell),
                "explanations": "; ".join(map(named_explanation, of_cell)),
                "n_steps": n_steps,
            }
            if row["verdict"] != "its table's rule":
                log.warning("%s %s %g: %s (%s)", *table, cell.period_steps, row["verdict"], row["explanations"])
            rows.append(row)
    write_table(pd.DataFrame(rows), printed_tables_path)


if __name__ == "__main__":
    run_job(main, snakemake)
