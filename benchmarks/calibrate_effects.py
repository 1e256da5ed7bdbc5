"""How often the lesion study's intervals cover the truth, and its tests reject a true null hypothesis.

    python benchmarks/calibrate_effects.py --outcomes results/demo/lesions/outcomes.csv --output docs

Studies are drawn again and again from the sets and tunes of that file, so it should hold many random sets (199 were
used for docs/calibration.md), and from normal populations with the components of variance that are estimated from it.
Without --outcomes the normal populations are those of `COMPONENTS`.
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd
from lesion_studies import COMPONENTS, Normal, Tried, fit_normal

from folkprobe.statistics.crossed import compare_sides, exchangeability_p_values, linearise
from folkprobe.statistics.effects import tabulate_conditions
from folkprobe.statistics.lesion_design import PRIMARY_OUTCOME

INTRODUCTION = """# Calibration of the lesion study's statistics

{n_studies} simulated studies a row, {n_tunes} tunes each; rng_seed {rng_seed}; Monte Carlo standard error {error}
points at 5 and at 95 %. Written by `benchmarks/calibrate_effects.py`; the methods are those of
`folkprobe/statistics/crossed.py`.

*Covered*: share of the 95 % intervals of targeted minus random that contain the true difference between this targeted
set and the mean of all random sets, over the population of tunes. *Naive bootstrap*: the same for percentiles of
resamples of sets and of tunes within each set. *Rejects*: share of the tests of one more random set against the others
with p at most 0.05, before any adjustment. A permutation test cannot reach 0.05 with fewer than 19 sets. The goals are
93 to 97 % and 3.5 to 6.5 %; values outside are **bold**.

## The primary outcome, share of wrong bars
"""
ORIGIN = """
Layers 1 to 3: sets and tunes drawn with replacement from {n_tried} random thirds of the layer, and the targeted one, of
the demo model, each with 200 tunes actually drawn from the network without that set. Normal: normal populations with
the same components of variance instead of these data (shares may then leave [0, 1] and are tested untransformed). The
sets were drawn only for the calibration, with tunes in float32. Banerjee's interval and the angles were preferred to
Satterthwaite's and to plain shares after trials on the same populations with other random numbers.
"""
SECONDARY = """
## All outcomes

The lowest and the highest value of the three layers. Intervals suffer from skewness over sets, and from events so rare
that few tunes have any.
"""
LEVEL, SIGNIFICANCE = 0.95, 0.05
N_SETS = (2, 5, 20, 39)
NAIVE_N_SETS = (5,)
COVERAGE_GOAL, REJECTION_GOAL = (0.93, 0.97), (0.035, 0.065)
NAIVE_RESAMPLES = 199


def populations_of(outcomes):
    """Sets that were tried, by layer, with the names of the outcomes and which are shares."""
    conditions, counts, names = tabulate_conditions(outcomes)
    of_layer = {}
    for layer in sorted(conditions["layer"].dropna().unique()):
        here = (conditions["layer"] == layer) & (conditions["family"] == "third")
        kinds = {kind: counts[here & (conditions["kind"] == kind)] for kind in ("random", "targeted", "bottom")}
        of_layer[int(layer)] = Tried(kinds["random"], kinds["targeted"][0]), kinds["bottom"]
    return of_layer, names


def calibrate(population, is_share, n_sets, n_tunes, n_studies, rng_seed):
    """Shares of studies, each an array over outcomes, and the mean width of the intervals."""
    rng = np.random.default_rng(rng_seed)
    total = {"covered": 0, "width": 0, "predicted": 0, "permuted": 0, "naive": 0}
    for _ in range(n_studies):
        study = population.draw(rng, n_sets=n_sets, n_tunes=n_tunes)
        random = linearise(study.random, is_sample=True)
        found = compare_sides(linearise(study.targeted), random, level=LEVEL, is_share=is_share)
        total["covered"] += (found.lower <= study.true_difference) & (study.true_difference <= found.upper)
        total["width"] += found.upper - found.lower
        # A share of a normal population may lie outside [0, 1]: it is tested unclipped.
        on_angles = is_share if isinstance(population, Tried) else None
        p_values = exchangeability_p_values(linearise(study.stranger), random, is_share=on_angles)
        total["predicted"] += p_values[0] <= SIGNIFICANCE
        total["permuted"] += p_values[1] <= SIGNIFICANCE
        if n_sets in NAIVE_N_SETS:
            lower, upper = naive_interval(study, rng)
            total["naive"] += lower <= study.true_difference[0] <= upper
    return {name: value / n_studies for name, value in total.items()}


def naive_interval(study, rng):
    """Sets drawn with replacement, tunes within each, the targeted set's too: percentiles of the first outcome."""
    n_sets, n_tunes = study.random.shape[:2]
    n_rows = NAIVE_RESAMPLES * (n_sets + 1)
    tunes = rng.integers(n_tunes, size=(n_rows, n_tunes)) + n_tunes * np.arange(n_rows)[:, None]
    weights = np.bincount(tunes.ravel(), minlength=n_rows * n_tunes).reshape(NAIVE_RESAMPLES, n_sets + 1, n_tunes)
    drawn = study.random[:, :, 0][rng.integers(n_sets, size=(NAIVE_RESAMPLES, n_sets))]
    sums = (weights[:, 1:, None] @ drawn)[:, :, 0]
    targeted = weights[:, 0] @ study.targeted[0, :, 0]
    differences = targeted[:, 0] / targeted[:, 1] - (sums[..., 0] / sums[..., 1]).mean(axis=1)
    return np.quantile(differences, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])


def calibrate_fixed(population, bottom, is_share, n_studies, rng_seed):
    """Coverage where no sets are sampled: the level of the targeted set, and its difference from the bottom set."""
    rng = np.random.default_rng(rng_seed)
    sides = [linearise(each) for each in (population.targeted[None], bottom)]
    truths = sides[0].mean, sides[0].mean - sides[1].mean
    covered = np.zeros((2, len(is_share)))
    n_tunes = len(population.targeted)
    for _ in range(n_studies):
        tunes = rng.integers(n_tunes, size=n_tunes)
        drawn = [linearise(each[:, tunes]) for each in (population.targeted[None], bottom)]
        for row, (truth, args) in enumerate(zip(truths, (drawn[:1], drawn), strict=True)):
            found = compare_sides(*args, level=LEVEL, is_share=is_share)
            covered[row] += (found.lower <= truth) & (truth <= found.upper)
    return covered / n_studies


def skewness(values):
    deviation = values - values.mean(axis=0)
    with np.errstate(invalid="ignore"):
        return (deviation**3).mean(axis=0) / values.std(axis=0) ** 3


def primary_table(rows):
    columns = ("population", "random sets", "covered", "naive bootstrap", "mean width")
    lines = header(*columns, "prediction rejects", "permutation rejects")
    for (_, label, n_sets), found in rows.items():
        cells = {name: np.ravel(value)[0] for name, value in found.items()}
        covered, predicted = percent([cells["covered"]], COVERAGE_GOAL), percent([cells["predicted"]], REJECTION_GOAL)
        naive = percent([cells["naive"]], COVERAGE_GOAL) if n_sets in NAIVE_N_SETS else ""
        permuted = percent([cells["permuted"]], REJECTION_GOAL) if n_sets >= 19 else "cannot"
        lines.append(f"| {label} | {n_sets} | {covered} | {naive} | {cells['width']:.3f} | {predicted} | {permuted} |")
    return lines


def header(*columns):
    return [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]


def span(values, digits=1):
    lowest, highest = (f"{each:.{digits}f}" for each in (min(values), max(values)))
    return lowest if lowest == highest else f"{lowest} to {highest}"


def percent(shares, goal):
    text = f"{span([100 * share for share in shares])} %"
    return text if goal[0] <= min(shares) and max(shares) <= goal[1] else f"**{text}**"


def components_table(tried, components):
    lines = header("layer", "skewness over sets", *Normal.__dataclass_fields__)
    for layer, each in components.items():
        skew = skewness(tried[layer][0].ratios)[0]
        lines.append(f"| {layer} | {skew:.2f} | {' | '.join(f'{value:.3g}' for value in vars(each).values())} |")
    return lines


def secondary_table(rows, fixed, tried, names):
    columns = ("outcome", "skewness over sets", "covered, 5 sets", "covered, 39 sets", "prediction rejects, 5 sets")
    lines = header(*columns, "prediction rejects, 39 sets", "level covered", "targeted - bottom covered")
    skew = {layer: skewness(population.ratios) for layer, (population, _) in tried.items()}
    for i, name in enumerate(names):
        cells = [span([each[i] for each in skew.values()])]
        for what, goal in (("covered", COVERAGE_GOAL), ("predicted", REJECTION_GOAL)):
            for n_sets in (5, 39):
                found = [rows["tried", f"layer {layer}", n_sets][what][i] for layer in tried]
                cells += [percent(found, goal)]
        cells += [percent([fixed[layer][row][i] for layer in tried], COVERAGE_GOAL) for row in (0, 1)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outcomes", type=Path, nargs="+", help="outcomes.csv of lesion studies with many random sets")
    parser.add_argument("--output", type=Path, help="folder that calibration.md is written to")
    parser.add_argument("--n-studies", type=int, default=1000)
    parser.add_argument("--n-tunes", type=int, default=200)
    parser.add_argument("--rng-seed", type=int, default=1)
    parser.add_argument("--cores", type=int, default=2)
    args = parser.parse_args()

    tried, names, components = {}, [PRIMARY_OUTCOME], COMPONENTS
    if args.outcomes:
        tried, names = populations_of(pd.concat(pd.read_csv(path) for path in args.outcomes))
        components = {layer: fit_normal(population) for layer, (population, _) in tried.items()}
    is_share = np.array([name.startswith("share") for name in names])
    jobs = {}
    with ProcessPoolExecutor(args.cores) as pool:
        for n_sets in N_SETS:
            sources = {("tried", layer): (population, is_share) for layer, (population, _) in tried.items()}
            sources |= {("normal", layer): (each, None) for layer, each in components.items()}
            for (source, layer), (population, shares) in sources.items():
                key = [args.rng_seed, layer, n_sets, source == "tried"]
                job = pool.submit(calibrate, population, shares, n_sets, args.n_tunes, args.n_studies, key)
                jobs[source, f"layer {layer}" + ", normal" * (source == "normal"), n_sets] = job
        fixed = {
            layer: pool.submit(calibrate_fixed, *each, is_share, args.n_studies, [args.rng_seed, layer])
            for layer, each in tried.items()
        }
        rows = {key: jobs[key].result() for key in sorted(jobs, key=lambda key: (key[0] == "normal", *key[1:]))}
        fixed = {layer: job.result() for layer, job in fixed.items()}

    values = {
        "n_studies": f"{args.n_studies:,}",
        "n_tunes": args.n_tunes,
        "rng_seed": args.rng_seed,
        "error": f"{100 * np.sqrt(0.95 * 0.05 / args.n_studies):.1f}",
    }
    text = [INTRODUCTION.format(**values), *primary_table(rows)]
    if tried:
        n_tried = " or ".join(sorted({str(len(population.random)) for population, _ in tried.values()}))
        text += [ORIGIN.format(n_tried=n_tried), *components_table(tried, components)]
        text += [SECONDARY, *secondary_table(rows, fixed, tried, names)]
    print("\n".join(text))
    if args.output:
        (args.output / "calibration.md").write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
