"""Whether the units at the bar matter more than random ones to each reader of theirs: the next layer, their own layer.

    python benchmarks/lesion_scopes.py --results results/demo

The study's families `third`, `third_out` and `third_rec` with enough random sets to test each (39 by default), for a
finished study: the same network, targeted and random sets and random numbers. docs/lesions.md quotes the result.
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd
import yaml

from folkprobe.music.outcomes import tabulate_outcomes
from folkprobe.network.checkpoint import read_checkpoint
from folkprobe.network.excision import SCOPES, excise_units
from folkprobe.network.sampling import generate_excised
from folkprobe.signal.lesion_sets import random_units, resolve_n_units, targeted_units
from folkprobe.statistics.crossed import compare_sides, exchangeability_p_values, linearise
from folkprobe.statistics.multiplicity import holm

LEVEL = 0.95


def compare_scope(checkpoint, layer, scope, power_fraction, study, generation, n_sets):
    """Targeted minus random of one layer: estimate, interval, and both p-values."""
    unit_index = checkpoint.layers[layer - 1].unit_index
    share = study["families"]["third"]["share_of_layer"]
    n_units = resolve_n_units(len(unit_index), n_units=None, share_of_layer=share)
    sets = [targeted_units(power_fraction, n_units)] + [
        random_units(len(unit_index), n_units, rng_seed=study["rng_seed"], layer=layer, set_index=k)
        for k in range(n_sets)
    ]
    versions = (excise_units(checkpoint, layer, unit_index[each], scope=scope) for each in sets)
    tables = map(tabulate_outcomes, generate_excised(checkpoint, versions, **generation))
    counts = np.stack([table[["n_wrong_bars", "n_measured_bars"]].to_numpy(dtype=float) for table in tables])
    targeted, random = linearise(counts[:1, :, None], is_sample=False), linearise(counts[1:, :, None], is_sample=True)
    is_share = np.array([True])
    difference = compare_sides(targeted, random, level=LEVEL, is_share=is_share)
    prediction, permutation = exchangeability_p_values(targeted, random, is_share=is_share)
    levels = [100 * side.ratio.mean() for side in (targeted, random)]
    computed = (difference.value, difference.lower, difference.upper, prediction, permutation)
    return *levels, *(each.item() for each in computed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--scopes", nargs="+", choices=SCOPES, default=SCOPES)
    parser.add_argument("--n-sets", type=int, default=39)
    arguments = parser.parse_args()
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    generation = {key: value for key, value in config["generation"].items() if key != "n_shards"}
    checkpoint = read_checkpoint(arguments.results / "intact/checkpoint.h5")
    power = pd.read_csv(arguments.results / "intact/units.csv").set_index("layer")["power_fraction"]
    print("| scope | layer | targeted | random | targeted - random | p | p, by Holm | permutation p |")
    print("|---|---|---|---|---|---|---|---|")
    for scope in arguments.scopes:
        rows = [
            compare_scope(
                checkpoint, n, scope, power.loc[[n]].to_numpy(), config["lesion_study"], generation, arguments.n_sets
            )
            for n in (1, 2, 3)
        ]
        adjusted = holm(np.array([row[5] for row in rows]))
        for n, (targeted, random, value, lower, upper, p_value, permutation) in enumerate(rows, start=1):
            interval = f"{100 * value:.1f} [{100 * lower:.1f}, {100 * upper:.1f}]"
            p_values = f"{p_value:.2g} | {adjusted[n - 1]:.2g} | {permutation:.2g}"
            print(f"| {scope} | {n} | {targeted:.1f} | {random:.1f} | {interval} | {p_values} |", flush=True)
