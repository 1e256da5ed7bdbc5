"""How often some reading of the article's criterion selects 33 % of a layer that has nothing to do with it.

    python benchmarks/readings.py

Layers of 512 units over 147 steps: tanh of a constant for each unit plus noise, white or AR(1), of several sizes.
Judged are all readings of `specifications` in config/config.yaml, and the few that claim p7.num.33 names.
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

from folkprobe.claims.part7 import count_readings
from folkprobe.signal.specification import specified_selections

N_STEPS = 147


def random_layer(rng, n_units, ar_coefficient):
    """Hidden states of units without a period, shape (N_STEPS, n_units)."""
    noise = rng.normal(size=(N_STEPS, n_units))
    for step in range(1, N_STEPS):
        noise[step] += ar_coefficient * noise[step - 1]
    spread = rng.uniform(0.02, 1.0) / noise.std()
    return np.tanh(rng.normal(0, rng.uniform(0.2, 2.0), n_units) + spread * noise)


def readings_that_fit(hidden_state, specifications):
    """How many readings select 33 %, of the allowed ones and of all."""
    rows = pd.DataFrame(specified_selections(hidden_state, **specifications))
    bands = pd.DataFrame(rows.pop("period_steps").tolist(), columns=["shortest_steps", "longest_steps"])
    table = pd.concat([rows, bands], axis=1)
    table["share_selected"] = table["n_selected"].astype(float) / table["n_units"]
    return count_readings(table.dropna(subset="share_selected"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n-layers", type=int, default=100)
    arguments = parser.parse_args()
    specifications = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))["specifications"]
    for ar_coefficient in (0.0, 0.5, 0.9):
        rng = np.random.default_rng(1)
        fits = [
            readings_that_fit(random_layer(rng, 512, ar_coefficient), specifications) for _ in range(arguments.n_layers)
        ]
        allowed, every = np.mean(np.array(fits) > 0, axis=0)
        print(f"AR(1) {ar_coefficient:g}: some allowed reading fits {allowed:.0%} of layers, some reading {every:.0%}")
