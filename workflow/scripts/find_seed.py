"""Draw the tunes of the seeds that were found, and compare each with what is known of the unprinted tune."""

import logging
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.claims.claim import read_claims
from folkprobe.claims.judging import tune_checks
from folkprobe.claims.part7_tune import compute_token_claims
from folkprobe.music.vocabulary import END_TOKEN
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.sampling import generate_tunes
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.find_seed")


def main(
    *,
    checkpoint_path: Path,
    claims_path: Path,
    schema_path: Path,
    shards_paths: list[Path],
    seeds_path: Path,
    prompt: str,
    temperature: float,
) -> None:
    """Write a row for each seed, the likeliest first."""
    checkpoint, claims = read_checkpoint(checkpoint_path), read_claims(claims_path, schema_path).claims
    found = sorted(seed for path in shards_paths for seed in pd.read_csv(path)["rng_seed"])
    rows = []
    for rng_seed in found:
        drawn = generate_tunes(
            checkpoint, rng_seed=rng_seed, n_tunes=1, temperature=temperature, prompt=prompt, sampler="folk-rnn"
        )
        tokens = drawn.tokens(0)
        read = tokens[:-1] if tokens[-1] == END_TOKEN else tokens
        values = {key: (str(value), "") for key, (value,) in compute_token_claims(read).items()}
        n_fit, n_facts = tune_checks(claims, values)
        row = {"rng_seed": rng_seed, "n_facts_fit": n_fit, "n_facts": n_facts, "n_steps": len(read)}
        rows.append(row | {"stop_reason": drawn.stop_reason(0), "tokens": " ".join(tokens[1:])})
        if n_fit == n_facts:
            log.info("seed %d draws the unprinted tune: set generation.rng_seed to it", rng_seed)
    columns = ["rng_seed", "n_facts_fit", "n_facts", "n_steps", "stop_reason", "tokens"]
    table = pd.DataFrame(rows, columns=columns).sort_values("n_facts_fit", ascending=False, kind="stable")
    write_table(table, seeds_path)
    log.info("%d seeds", len(table))


if __name__ == "__main__":
    run_job(main, snakemake)
