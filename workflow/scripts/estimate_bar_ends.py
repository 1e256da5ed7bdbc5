"""Estimate how well the output tells where a bar ends, by the number of bars since the last bar token read."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.music.bar_ends import note_ends
from folkprobe.music.tunes import read_tunes
from folkprobe.music.vocabulary import token_class
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.statistics.resampling import area_under_curve, resample_weights

log = logging.getLogger("folkprobe.estimate_bar_ends")

# Bars are taken together where fewer tunes reach them: first and last; 0 is a pickup.
_BARS = ((0, 0), (1, 1), (2, 2), (3, 4), (5, 9), (10, np.inf))


def main(
    *,
    trajectories_paths: list[Path],
    tunes_paths: list[Path],
    bar_ends_path: Path,
    replays: list[str],
    confidence_level: float,
    n_resamples: int,
    rng_seed: int,
) -> None:
    """Write one row for each replay and group of bars; the first of the replays is the tunes as they are."""
    original, rows = read_tunes(tunes_paths[0]), []
    for replay, trajectories_path, tunes_path in zip(replays, trajectories_paths, tunes_paths, strict=True):
        tunes, of_tunes = read_tunes(tunes_path), []
        is_bar = np.array([token_class(token) == "bar" for token in tunes.vocabulary])
        with read_trajectories(trajectories_path) as stored:
            for k in range(stored.n_tunes):
                probability = stored.posterior(k)[:, is_bar].sum(axis=1, dtype=np.float64)
                ends = pd.DataFrame(note_ends(tunes.tokens(k), original.tokens(k))._asdict())
                # The last token of a tune may not have been read.
                ends = ends[ends["step"] < len(probability)]
                of_tunes.append(ends.assign(tune=k, probability=probability[ends["step"]]))
        ends, n_tunes = pd.concat(of_tunes), len(of_tunes)
        weights = resample_weights(n_tunes, rng_seed=rng_seed, n_resamples=n_resamples)
        for first, last in _BARS:
            here = ends[ends["bar"].between(first, last)]
            columns = (here[name].to_numpy() for name in ("probability", "is_bar_end", "tune"))
            auc, lower, upper = area_under_curve(*columns, weights, level=confidence_level)
            where = {"replay": replay, "first_bar": first, "last_bar": last}
            interval = {"auc": auc, "lower": lower, "upper": upper, "level": confidence_level}
            counts = {"n_bar_ends": here["is_bar_end"].sum(), "n_note_ends": len(here), "n_tunes": n_tunes}
            made = {"method": f"percentile bootstrap over tunes, {n_resamples} resamples, rng_seed {rng_seed}"}
            rows.append(where | interval | counts | made)
            log.info("%s, bars from %d on: AUC %.3f [%.3f, %.3f]", replay, first, auc, lower, upper)
    write_table(pd.DataFrame(rows), bar_ends_path)


if __name__ == "__main__":
    run_job(main, snakemake)
