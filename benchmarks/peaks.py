"""How often noise has a peak above the bounds of its surrogates, and which harmonics of a comb do.

    python benchmarks/peaks.py --output docs/peaks.md

At the size of the demo model's shown tune; an hour of one core.
"""

import argparse
import os
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np

from folkprobe.signal.nulls import autoregressive, shuffled
from folkprobe.signal.peaks import find_peaks, largest_prominences, prominence_bound
from folkprobe.signal.spectrum import mean_over_units, power_spectrum

INTRODUCTION = """# Peaks of noise

The mean spectrum of one tune has peaks even if nothing in the tune is periodic: after its steps are shuffled, the demo
model's shown tune has as many peaks that are no sidelobes as before. A peak that is "not a sidelobe" in `peaks.csv` may
therefore be noise. It is called *above noise* if its prominence (its height above the higher of the valleys beside it)
exceeds two bounds, each the 95th percentile of the largest prominence in {n_surrogates} surrogates of the tune:

- `prominence_bound_shuffled_db`: the same steps in a random order (white noise);
- `prominence_bound_autoregressive_db`: first-order autoregressive noise with each unit's own lag-one correlation (red
  noise, which has peaks at long periods; Allen and Smith, J. Climate 9, 1996).

Both keep what the units share at each step, because independent units would leave a smoother average. Surrogates go
through the same window, padding, average and search as the data. The largest of all peaks is compared, so that one
spectrum of noise in 20 has a peak above the bound, however many peaks it has. DC is not tested: shuffled steps keep the
mean. A peak above noise is a property of this one tune; `band_lines.csv` tests the units of the network.

In the shown tune of the default study, the peaks of layers 1, 2 and 3 at 9.2, 4.6, 3.1 and 2.3 steps are above noise
under the Hann window, and layer 1's at 18.9 steps. The others, among them those at 38, 6.2 and 2.65 steps, are no
sidelobes either but no higher than those of noise.

## How often noise is above noise

{n_runs} runs of {n_steps} steps of {n_units} units under a Hann window, padded to {n_fft}; rng_seed {rng_seed}. Units
are independent, or share half of their variance with others through eight common sequences. *Above*: share of runs with
a peak above the bound. The goal is at most 5 %, with a Monte Carlo standard error of {error:.1f} points. Written by
`benchmarks/peaks.py`.

| noise | units | above shuffled | above autoregressive | above both |
|---|---|--:|--:|--:|
"""
COMB = """
## A comb of nine steps

Lines at 9, 4.5, 3 and 2.25 steps of random phase, in all units alike, added to white noise, each at a level relative to
the median of the noise's mean spectrum. *Found*: share of {n_runs} runs in which the line at that period is above both
bounds.

| level | units | 9 steps | 4.5 | 3 | 2.25 | all four |
|---|---|--:|--:|--:|--:|--:|
"""
SURROGATES = (shuffled, autoregressive)
PERIODS = (9, 4.5, 3, 2.25)
N_COMMON, N_BEFORE = 8, 100


def noise(rng, n_steps, n_units, coefficient, shared):
    """Autoregressive units of means of their own; `shared` is the share of variance that is common to units."""
    common = rng.normal(size=(n_steps + N_BEFORE, N_COMMON)) @ rng.normal(size=(N_COMMON, n_units))
    sequences = np.sqrt(shared / N_COMMON) * common + np.sqrt(1 - shared) * rng.normal(size=common.shape)
    for step in range(1, len(sequences)):
        sequences[step] += coefficient * sequences[step - 1]
    return 0.2 * sequences[N_BEFORE:] + 0.3 * rng.normal(size=n_units)


def above(sequences, peaks_of, rng, n_surrogates):
    """By surrogate, frequencies of the peaks above its bound."""
    found = []
    for surrogate in SURROGATES:
        largest = largest_prominences(sequences, surrogate, [peaks_of], n_surrogates=n_surrogates, rng=rng)
        (bound,) = prominence_bound(largest)
        tested = (peak for peak in peaks_of(sequences) if peak.is_tested)
        found.append({peak.frequency_cycles_per_step for peak in tested if peak.prominence_db > bound})
    return found


def peaks_in_mean(sequences, n_fft):
    curve = mean_over_units(power_spectrum(sequences, window="hann", n_fft=n_fft))
    return find_peaks(curve, window="hann", n_steps=len(sequences))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True)
    for name, default in {"runs": 200, "surrogates": 199, "steps": 147, "units": 128, "fft": 1024}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--rng-seed", type=int, default=1)
    given = parser.parse_args()
    rng, size = np.random.default_rng(given.rng_seed), (given.steps, given.units)
    facts = {"n_surrogates": given.surrogates, "n_runs": given.runs, "n_steps": given.steps, "n_units": given.units}
    facts |= {"n_fft": given.fft, "rng_seed": given.rng_seed, "error": 100 * np.sqrt(0.05 * 0.95 / given.runs)}
    peaks_of = partial(peaks_in_mean, n_fft=given.fft)
    lines = [INTRODUCTION.format(**facts)]
    units = {"independent": 0.0, "half shared": 0.5}
    for name, coefficient in {"white": 0.0, "red, 0.8": 0.8, "blue, -0.6": -0.6}.items():
        for label, shared in units.items():
            n_above = np.zeros(3)
            for _ in range(given.runs):
                found = above(noise(rng, *size, coefficient, shared), peaks_of, rng, given.surrogates)
                n_above += [len(each) > 0 for each in (*found, found[0] & found[1])]
            cells = " | ".join(f"{100 * share:.1f} %" for share in n_above / given.runs)
            lines.append(f"| {name} | {label} | {cells} |\n")
            print(lines[-1], end="", flush=True)
    lines.append(COMB.format(**facts))
    for level_db in (6, 3):
        for label, shared in units.items():
            n_found = np.zeros(len(PERIODS) + 1)
            for _ in range(given.runs):
                sequences = noise(rng, *size, 0.0, shared)
                spectrum = power_spectrum(sequences - sequences.mean(axis=0), window="hann", n_fft=given.fft)
                amplitude = 2 * 10 ** (level_db / 20) * np.median(mean_over_units(spectrum).mean)
                angle = 2 * np.pi * np.outer(np.arange(given.steps), 1 / np.array(PERIODS))
                comb = np.cos(angle + rng.uniform(0, 2 * np.pi, len(PERIODS))).sum(axis=1)
                found = set.intersection(
                    *above(sequences + amplitude * comb[:, np.newaxis], peaks_of, rng, given.surrogates)
                )
                near = [any(abs(each - 1 / period) < 0.5 / given.steps for each in found) for period in PERIODS]
                n_found += [*near, all(near)]
            cells = " | ".join(f"{100 * share:.0f} %" for share in n_found / given.runs)
            lines.append(f"| {level_db} dB | {label} | {cells} |\n")
            print(lines[-1], end="", flush=True)
    given.output.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
