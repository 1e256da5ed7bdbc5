"""Average every unit's hidden state around the bar tokens, and test whether it follows input or output."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.music.tunes import read_tunes
from folkprobe.music.vocabulary import token_class
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.provenance.job import run_job
from folkprobe.signal.events import EventResponse, compare_events, events_apart, whole_periods

log = logging.getLogger("folkprobe.estimate_responses")


def main(
    *,
    trajectories_path: Path,
    tunes_path: Path,
    jittered_path: Path,
    jittered_tunes_path: Path,
    responses_path: Path,
    curves_path: Path,
    lag_steps_max: int,
    n_surrogates: int,
    rng_seed: int,
) -> None:
    """Write a row for each unit, and one for each unit and lag."""
    tunes, jittered_tunes = read_tunes(tunes_path), read_tunes(jittered_tunes_path)
    of_bars = [index for index, token in enumerate(tunes.vocabulary) if token_class(token) == "bar"]
    averaging = {"lag_steps_max": lag_steps_max, "n_surrogates": n_surrogates, "rng_seed": rng_seed}
    rows, curves = [], []
    with read_trajectories(trajectories_path) as stored, read_trajectories(jittered_path) as jittered:
        read = [np.isin(jittered_tunes.indices(k), of_bars) for k in range(jittered.n_tunes)]
        put_out = [jittered.posterior(k)[:, of_bars].sum(axis=1) > 0.5 for k in range(jittered.n_tunes)]
        apart = [events_apart(*steps) for steps in zip(read, put_out, strict=True)]
        for layer in range(1, stored.n_layers + 1):
            unit_index = stored.unit_index(layer)
            events = EventResponse(len(unit_index), **averaging)
            for k in range(stored.n_tunes):
                # The last token was drawn and not read.
                is_bar = np.isin(tunes.indices(k)[:-1], of_bars)
                whole_bars = whole_periods(is_bar)
                events.add(stored.hidden_state(layer, k)[whole_bars], is_bar[whole_bars])
            found = events.response()
            lag_steps, value, rank = found.largest()
            effect_size = np.full(len(value), np.nan)
            np.divide(value, found.standard_deviation, out=effect_size, where=found.standard_deviation > 0)
            states = [jittered.hidden_state(layer, k) for k in range(jittered.n_tunes)]
            following = compare_events(list(zip(states, apart, strict=True)))
            of_unit = {"layer": layer, "unit_index": unit_index}
            of_response = {"largest_lag_steps": lag_steps, "largest_response": value, "effect_size": effect_size}
            of_response |= {"rank_among_surrogates": rank, "null_bound": found.null_bound}
            of_response["exceeds_null"] = np.abs(value) > found.null_bound
            follows = {"follows": following.follows("input", "output"), "follows_difference": following.difference}
            follows["follows_standard_error"] = following.standard_error
            rows.append(pd.DataFrame(of_unit | of_response | follows))
            of_lags = pd.DataFrame(found.mean.T, columns=found.lag_steps).assign(**of_unit)
            curves.append(of_lags.melt(list(of_unit), var_name="lag_steps", value_name="mean_response"))
            log.info(
                "layer %d: %d of %d units exceed their null; median |effect size| %.2f standard deviations",
                layer,
                of_response["exceeds_null"].sum(),
                len(unit_index),
                np.nanmedian(np.abs(effect_size)) if np.isfinite(effect_size).any() else np.nan,
            )
            log.info("layer %d: units follow %s", layer, pd.Series(follows["follows"]).value_counts().to_dict())
    write_table(pd.concat(rows), responses_path)
    write_table(pd.concat(curves), curves_path)


if __name__ == "__main__":
    run_job(main, snakemake)
