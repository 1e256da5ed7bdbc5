"""Compute the numbers of part 3 of the articles (and parts 1, 2 and 9) for this model."""

import logging
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.claims.equations import check_equations
from folkprobe.claims.part3 import compare_vocabulary, compute_part3_claims, count_parameters
from folkprobe.music.tunes import read_tunes
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.formats.description import read_vocabulary
from folkprobe.network.projection import read_projections
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.compute_claims_part3")


def main(
    *,
    checkpoint_path: Path,
    projections_path: Path,
    auc_path: Path,
    trajectories_path: Path,
    tunes_path: Path,
    vocabulary_path: Path,
    claims_path: Path,
    tune_index: int,
) -> None:
    """Write one row a quantity; one that depends on a sign that the article leaves open has a value under each sign."""
    checkpoint, vocabulary = read_checkpoint(checkpoint_path), read_vocabulary(vocabulary_path)
    values = compute_part3_claims(checkpoint, read_projections(projections_path))
    values |= count_parameters(vocabulary) | compare_vocabulary(checkpoint, vocabulary)
    with read_trajectories(trajectories_path) as stored:
        states = [stored.hidden_state(layer, tune_index) for layer in range(1, stored.n_layers + 1)]
        posterior = stored.posterior(tune_index)
    tokens = read_tunes(tunes_path).tokens(tune_index)[: len(posterior)]
    values |= check_equations(checkpoint, tokens, states, posterior)
    auc = pd.read_csv(auc_path).query("decomposition == 'as_trained' and direction == 1")
    for row in auc.itertuples():
        for name in ("auc", "lower", "upper"):
            values["p3.q.exploit", f"{name} of h . w_1 before {row.next_token}"] = (getattr(row, name),)
    rows = [(*key, value[0], value[1] if len(value) > 1 else None) for key, value in values.items()]
    columns = ["claim", "quantity", "value", "value_opposite_sign"]
    write_table(pd.DataFrame(rows, columns=columns).sort_values("claim", kind="stable"), claims_path)
    log.info("%d quantities of %d claims", len(rows), len({claim for claim, _ in values}))


if __name__ == "__main__":
    run_job(main, snakemake)
