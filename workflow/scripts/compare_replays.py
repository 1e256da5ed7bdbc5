"""Compare the intact network's states with its bar tokens, without them, and with them moved."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.music.bar_ends import median_bar_steps
from folkprobe.music.tunes import read_tunes
from folkprobe.music.vocabulary import token_class
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.signal.selection import move_band, power_fraction
from folkprobe.signal.spectra_file import read_spectra

log = logging.getLogger("folkprobe.compare_replays")


def main(
    *,
    spectra_paths: list[Path],
    trajectories_paths: list[Path],
    tunes_paths: list[Path],
    replays_path: Path,
    replays: list[str],
    period_steps: list[float],
    include_dc: bool,
) -> None:
    """Write one row for each replay and sequence: a layer's units, or the probability of a token `|`.

    The first of the replays is the tunes as they are.
    """
    rows, bar_steps_intact = [], median_bar_steps(read_tunes(tunes_paths[0]))
    for replay, spectra_path, trajectories_path, tunes_path in zip(
        replays, spectra_paths, trajectories_paths, tunes_paths, strict=True
    ):
        spectra, tunes = read_spectra(spectra_path, "population"), read_tunes(tunes_path)
        is_bar = np.array([token_class(token) == "bar" for token in tunes.vocabulary])
        common = {"replay": replay, "n_tunes": spectra.softmax.spectrum.n_tunes}
        common["share_of_bar_tokens_read"] = float(is_bar[tunes.token_index].mean())
        # Without its bar token, a bar is a step shorter.
        common["bar_steps"] = median_bar_steps(tunes) if common["share_of_bar_tokens_read"] else bar_steps_intact - 1
        n_fft = spectra.softmax.spectrum.n_fft
        band = move_band(period_steps, from_steps=bar_steps_intact, to_steps=common["bar_steps"], n_fft=n_fft)
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
                with read_trajectories(trajectories_path) as stored:
                    of_bar = np.concatenate([stored.posterior(k)[:, column] for k in range(stored.n_tunes)])
                mean_probability = of_bar.mean(dtype=np.float64)
            row = {"sequence": name, "n_units": len(fraction)}
            row["median_power_fraction"] = np.median(fraction) if len(fraction) else np.nan
            row["mean_level_at_dc"] = root_mean_square_dc.mean() if len(fraction) else np.nan
            row["mean_probability"] = mean_probability
            rows.append(common | row)
            log.info("%s, %s: median power fraction %.4g", replay, name, row["median_power_fraction"])
    write_table(pd.DataFrame(rows), replays_path)


if __name__ == "__main__":
    run_job(main, snakemake)
