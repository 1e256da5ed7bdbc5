"""Compare the intact network's states with its bar tokens, without them, and with them moved."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.music.manipulation import note_ends
from folkprobe.music.tunes import Tunes, read_tunes
from folkprobe.music.vocabulary import token_class
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.signal.selection import move_band, power_fraction
from folkprobe.signal.spectra_file import read_spectra
from folkprobe.statistics.resampling import area_under_curve, resample_weights

log = logging.getLogger("folkprobe.compare_replays")

# Bars since the last bar token read are taken together where there are few, first and last.
_BARS = ((1, 1), (2, 2), (3, 4), (5, 9), (10, np.inf))


def main(
    *,
    spectra_paths: list[Path],
    trajectories_paths: list[Path],
    tunes_paths: list[Path],
    replays_path: Path,
    auc_path: Path,
    replays: list[str],
    finished: list[str],
    period_steps: list[float],
    include_dc: bool,
    confidence_level: float,
    n_resamples: int,
    rng_seed: int,
) -> None:
    """Write one row for each replay and sequence (a layer's units, or the probability of a token `|`), and the AUCs.

    The first of the replays is that of the tunes as they are; `finished` names those that are of the same tunes but for
    the bar tokens.
    """
    original = read_tunes(tunes_paths[0])
    bar_steps_intact = _bar_steps(original)
    rows, areas = [], []
    for replay, spectra_path, trajectories_path, tunes_path in zip(
        replays, spectra_paths, trajectories_paths, tunes_paths, strict=True
    ):
        spectra, tunes = read_spectra(spectra_path, "population"), read_tunes(tunes_path)
        with read_trajectories(trajectories_path) as stored:
            posteriors = [stored.posterior(k) for k in range(stored.n_tunes)]
        is_bar = _is_bar(tunes)
        common = {"replay": replay, "n_tunes": spectra.softmax.spectrum.n_tunes}
        common["share_of_bar_tokens_read"] = float(is_bar[tunes.token_index].mean())
        # Without bar tokens, a bar is shorter by one.
        common["bar_steps"] = _bar_steps(tunes) if is_bar[tunes.token_index].any() else bar_steps_intact - 1
        band = move_band(
            tuple(period_steps),
            from_steps=bar_steps_intact,
            to_steps=common["bar_steps"],
            n_fft=spectra.softmax.spectrum.n_fft,
        )
        common |= dict(zip(("shortest_steps", "longest_steps"), band or (np.nan, np.nan), strict=True))
        sequences = {f"layer {number}": layer.spectrum for number, layer in enumerate(spectra.layers, start=1)}
        for name, spectrum in (sequences | {"softmax": spectra.softmax.spectrum}).items():
            mean_probability = np.nan
            root_mean_square_dc = spectrum.magnitude[0]
            fraction = np.full(len(root_mean_square_dc), np.nan)
            if band:
                fraction = power_fraction(spectrum, band, include_dc=include_dc)
            if name == "softmax":
                name = "P(|)"
                column = tunes.column("|")
                fraction, root_mean_square_dc = fraction[[column]], root_mean_square_dc[[column]]
                of_bar = np.concatenate([posterior[:, column] for posterior in posteriors])
                mean_probability = of_bar.mean(dtype=np.float64)
            row = {"sequence": name, "n_units": len(fraction)}
            row["median_power_fraction"] = np.median(fraction) if len(fraction) else np.nan
            row["mean_level_at_dc"] = root_mean_square_dc.mean() if len(fraction) else np.nan
            row["mean_probability"] = mean_probability
            rows.append(common | row)
            log.info("%s, %s: median power fraction %.4g", replay, name, row["median_power_fraction"])
        if replay in finished:
            of_bars = [posterior[:, is_bar].sum(axis=1, dtype=np.float64) for posterior in posteriors]
            weights = resample_weights(len(of_bars), rng_seed=rng_seed, n_resamples=n_resamples)
            made = {"method": f"percentile bootstrap over tunes, {n_resamples} resamples, rng_seed {rng_seed}"}
            for row in _areas(of_bars, tunes, original, weights, confidence_level):
                areas.append({"replay": replay} | row | made)
                log.info("%s, bar %g: AUC of P(bar) %.3f", replay, row["first_bar"], row["auc"])
    write_table(pd.DataFrame(rows), replays_path)
    write_table(pd.DataFrame(areas), auc_path)


def _is_bar(tunes: Tunes) -> np.ndarray:
    return np.array([token_class(token) == "bar" for token in tunes.vocabulary])


def _bar_steps(tunes: Tunes) -> float:
    """Return the median number of steps from a bar token to the next; nan if no tune has two."""
    is_bar = _is_bar(tunes)[tunes.token_index]
    ends = zip(tunes.tune_offsets[:-1], tunes.tune_offsets[1:], strict=True)
    steps = np.concatenate([np.diff(np.flatnonzero(is_bar[start:stop])) for start, stop in ends])
    return float(np.median(steps)) if len(steps) else np.nan


def _areas(
    of_bars: list[np.ndarray], tunes: Tunes, original: Tunes, weights: np.ndarray, level: float
) -> list[dict[str, float]]:
    """Return how well the probability of a bar token tells the ends of bars from the other ends of notes."""
    score, is_bar_end, bar, tune_index = [], [], [], []
    for k, probability in enumerate(of_bars):
        ends = note_ends(tunes.tokens(k), original.tokens(k))
        # The last token of a tune may not have been read.
        was_read = ends.step < len(probability)
        score.append(probability[ends.step[was_read]])
        is_bar_end.append(ends.is_bar_end[was_read])
        bar.append(ends.bar[was_read])
        tune_index.append(np.full(was_read.sum(), k))
    score, is_bar_end, bar, tune_index = map(np.concatenate, (score, is_bar_end, bar, tune_index))
    rows = []
    for first, last in _BARS:
        here = (first <= bar) & (bar <= last)
        auc, lower, upper = area_under_curve(score[here], is_bar_end[here], tune_index[here], weights, level=level)
        counts = {"n_bar_ends": int(is_bar_end[here].sum()), "n_note_ends": int(here.sum()), "n_tunes": len(of_bars)}
        interval = {"auc": auc, "lower": lower, "upper": upper, "level": level}
        rows.append({"first_bar": first, "last_bar": last} | interval | counts)
    return rows


if __name__ == "__main__":
    run_job(main, snakemake)
