"""Join the interchanges of all layers, and adjust the tests of the single layers for their number."""

import logging
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.counting.interchange import judge_layers
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.gather_interchanges")


def main(*, batches_paths: list[Path], interchange_path: Path) -> None:
    """Write the rows of all layers."""
    tables = [pd.read_csv(path, dtype={"layers": str, "rank": "Int64"}) for path in batches_paths]
    tables = [table for table in tables if len(table)] or tables[:1]
    table = judge_layers(pd.concat(tables))
    for row in table[table["role"] == "primary"].itertuples():
        log.info(
            "layer %s holds %.3f [%.3f, %.3f] of the count, p = %.3g",
            *(row.layers, row.shift, row.lower, row.upper, row.p_value_adjusted),
        )
    write_table(table, interchange_path)


if __name__ == "__main__":
    run_job(main, snakemake)
