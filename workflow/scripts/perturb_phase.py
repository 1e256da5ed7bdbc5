"""Insert and omit bar tokens, and lengthen notes, in what the intact network reads: how its count moves."""

import logging
from pathlib import Path

import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.counting.evidence import Counter, Undefined, count_sites
from folkprobe.counting.phase import Estimator, insert_bars, omit_bars, substitute_tokens
from folkprobe.counting.sites import BAR_EIGHTHS, find_sites, sample_sites
from folkprobe.music.tunes import read_tunes
from folkprobe.music.vocabulary import token_class
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.perturb_phase")
COLUMNS = ["perturbation", "elapsed_eighths", "quantity", "estimate", "lower", "upper", "n_sites", "n_tunes"]


def main(
    *,
    checkpoint_path: Path,
    tunes_path: Path,
    phase_response_path: Path,
    elapsed_eighths: list[int],
    n_sites_per_count: int,
    n_eighths: int,
    n_omitted_bars: int,
    added_tokens: list[str],
    rng_seed: int,
    n_resamples: int,
    confidence_level: float,
) -> None:
    """Write one row a perturbation, count and quantity; none for a perturbation that is undefined."""
    checkpoint, tunes = read_checkpoint(checkpoint_path), read_tunes(tunes_path)
    estimate = Estimator(n_resamples, confidence_level, rng_seed)
    sites, first, last = find_sites(tunes), elapsed_eighths[0], elapsed_eighths[1]
    added_tokens = [token for token in added_tokens if token in tunes.vocabulary]
    # The longest must not fill the bar.
    longest = max([1, *(int(token) - 1 for token in added_tokens)])
    is_due = sites["next_token"].map(token_class) == "bar"

    def sample(chosen: pd.DataFrame, *counts: int) -> pd.DataFrame:
        found = count_sites(chosen, range(counts[0], counts[-1] + 1))
        return sample_sites(found, n_per_count=n_sites_per_count, rng_seed=rng_seed)

    def insert(counter: Counter) -> list[dict]:
        perturbed, bars = sample(sites, first, last), sample(sites, 0)
        states = counter.states(perturbed), perturbed, counter.states(bars), bars
        return [*insert_bars(counter, *states, n_eighths=n_eighths, rng_seed=rng_seed, estimate=estimate)]

    def omit(counter: Counter) -> list[dict]:
        due = sample(sites[is_due], BAR_EIGHTHS)
        states = counter.states(due), due
        return [*omit_bars(counter, *states, n_omitted_bars=n_omitted_bars, rng_seed=rng_seed, estimate=estimate)]

    def substitute(counter: Counter) -> list[dict]:
        if not added_tokens:
            raise Undefined("the vocabulary has none of the lengths that are added")
        after_pitch = sample(sites[sites["after"] == "pitch"], first, min(last, BAR_EIGHTHS - 1 - longest))
        states, given = (counter.states(after_pitch), after_pitch), {"n_eighths": n_eighths, "rng_seed": rng_seed}
        return [*substitute_tokens(counter, *states, added_tokens=added_tokens, estimate=estimate, **given)]

    rows = []
    for perturb in (insert, omit, substitute):
        try:
            rows += perturb(Counter.of(checkpoint, tunes))
        except Undefined as reason:
            log.warning("No phase response (%s): %s.", perturb.__name__, reason)
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"elapsed_eighths": "Int64"})
    for row in table[table["quantity"].isin(["reset_index", "prominence", "slope"])].itertuples():
        log.info("%s, %s: %.3f [%.3f, %.3f]", row.perturbation, row.quantity, row.estimate, row.lower, row.upper)
    write_table(table, phase_response_path)


if __name__ == "__main__":
    run_job(main, snakemake)
