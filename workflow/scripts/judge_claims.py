"""Judge every published claim."""

import csv
import logging
from collections import Counter
from pathlib import Path

import pandas as pd

from folkprobe.artefact import whole_file, write_table
from folkprobe.claims.claim import read_claims
from folkprobe.claims.judging import VERDICTS, judge_claims, tune_checks
from folkprobe.claims.page import claim_rows, claims_page, quantity_rows
from folkprobe.network.source import git_blob_id, read_source
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.judge_claims")


def main(
    *,
    claims_path: Path,
    schema_path: Path,
    values_paths: list[Path],
    source_path: Path,
    output_claims_path: Path,
    quantities_path: Path,
    page_path: Path,
    model: str,
    transform: str | None,
) -> None:
    """Write a row for each claim, a row for each of its quantities, and the page."""
    listed = read_claims(claims_path, schema_path)
    values: dict[tuple[str, str], tuple[str, str]] = {}
    for path in values_paths:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                values[row["claim"], row["quantity"]] = (row["value"], row.get("value_opposite_sign", ""))
    # The weights are identified by their file's content, not by the study's name for them.
    blob_id = git_blob_id(read_source(source_path))
    is_v2 = blob_id == listed.git_blob_id and transform is None
    verdicts = judge_claims(listed.claims, values, is_v2=is_v2)
    write_table(pd.DataFrame(claim_rows(verdicts)), output_claims_path)
    write_table(pd.DataFrame(quantity_rows(verdicts)), quantities_path)
    checks = tune_checks(listed.claims, values)
    page = claims_page(verdicts, model=model, git_blob_id=blob_id, is_v2=is_v2, tune_checks=checks)
    with whole_file(page_path) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="\n")
    counts = Counter(each.verdict for each in verdicts)
    log.info("%s", ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS))


if __name__ == "__main__":
    run_job(main, snakemake)
