"""Compare the tunes of edited softmax layers: classes of tokens, length, bars; paired differences."""

from pathlib import Path

import numpy as np
import pandas as pd

from folkprobe.artefact import write_table
from folkprobe.music.outcomes import count_outcomes
from folkprobe.music.tunes import read_tunes
from folkprobe.provenance.job import run_job
from folkprobe.statistics.resampling import ratio_difference, ratio_of_sums, resample_weights

# Columns that a control shares with the removal that it is matched to.
MATCH = ["edit", "direction", "gauge_fixed", "keep_mean"]


def main(
    *,
    tunes_paths: list[Path],
    bars_paths: list[Path],
    effects_path: Path,
    conditions: list[dict],
    confidence_level: float,
    n_resamples: int,
    rng_seed: int,
) -> None:
    """Write one row for each condition, reference and outcome; the first condition is the intact network."""
    # The intact network has no parameters: a nullable type keeps integers beside missing values.
    table = pd.DataFrame(conditions, columns=["condition", *MATCH, "control_rng_seed", "alpha"])
    table = table.astype({"direction": "Int64", "control_rng_seed": "Int64"})
    counted = [count_outcomes(read_tunes(t), pd.read_csv(b)) for t, b in zip(tunes_paths, bars_paths, strict=True)]
    outcomes, intact = list(counted[0]), table["condition"].iloc[0]
    counts = {
        name: np.stack(list(each.values()), axis=1) for name, each in zip(table["condition"], counted, strict=True)
    }
    weights = resample_weights(len(counts[intact]), rng_seed=rng_seed, n_resamples=n_resamples)
    is_control = table["control_rng_seed"].notna()
    rows = []
    for place, described in table.iterrows():
        alike = (table[MATCH] == described[MATCH]).all(axis=1)
        controls = [counts[name] for name in table.loc[alike & is_control, "condition"]]
        references = {intact: counts[intact]}
        if controls and not is_control[place]:
            # Together the controls are one reference of more tunes, tune k of each paired with tune k.
            references["matched random directions"] = np.sum(controls, axis=0)
        own = counts[described["condition"]]
        for reference, other in references.items():
            value, lower, upper = ratio_difference(own, other, weights, level=confidence_level)
            columns = {
                "reference": reference,
                "outcome": outcomes,
                "condition_value": ratio_of_sums(own),
                "reference_value": ratio_of_sums(other),
                "difference": value,
                "lower": lower,
                "upper": upper,
                "level": confidence_level,
                "n_tunes": len(own),
                "method": f"paired percentile bootstrap over tunes, {n_resamples} resamples, rng_seed {rng_seed}",
            }
            rows.append(pd.DataFrame(described.to_dict() | columns))
    effects = pd.concat(rows)
    # The comparison with itself only provides the columns, for studies without interventions.
    write_table(effects[effects["condition"] != intact], effects_path)


if __name__ == "__main__":
    run_job(main, snakemake)
