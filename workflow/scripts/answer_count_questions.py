"""Say in words where the count is held, and which open questions of the articles that answers for this network."""

import logging
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.claims.count_answers import answer_questions, claim_answers
from folkprobe.claims.judging import ANSWER
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.answer_count_questions")


def main(*, tables_paths: list[Path], answers_path: Path, claims_path: Path, has_claims: bool) -> None:
    """Write a row for each question, and one for each claim that is answered, if the network has claims."""
    tables = {path.stem: pd.read_csv(path, dtype={"layers": str}) for path in tables_paths}
    answers = answer_questions(tables)
    for answer in answers:
        log.info("%s", answer.sentence)
    write_table(pd.DataFrame(answers), answers_path)
    rows = [(claim, ANSWER, sentence) for claim, sentence in claim_answers(answers) if has_claims]
    write_table(pd.DataFrame(rows, columns=["claim", "quantity", "value"]), claims_path)


if __name__ == "__main__":
    run_job(main, snakemake)
