"""What the selection takes of networks of other kinds and of noise, written to docs/selection.md.

    python benchmarks/selection.py --output docs --large CHECKPOINT

Runs the default study as far as `selection.csv` with the demo model and with CHECKPOINT,
shared/checkpoints/session-512.pkl; noise has as many units, tunes and steps as the demo model's hidden states. Takes
some minutes on one core.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
# Before numpy is loaded.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd
import scipy.signal
import yaml
from project import copy_project

from folkprobe.artefact import whole_file
from folkprobe.signal.selection import flat_power_fraction, power_fraction, threshold_of_share
from folkprobe.signal.spectrum import PopulationSpectrum

SELECTION = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))["selection"]
# By layer, chosen for the demo model when they were every model's.
FORMER_THRESHOLDS = (0.028, 0.019, 0.0135)
# Suffixes of the columns of units.csv.
WAYS = ("", "_mean_removed")
# Coefficients of first-order autoregressive noise; 0 is white.
COEFFICIENTS = (0.0, 0.5, 0.9)
N_UNITS, N_TUNES, N_STEPS = 128, 200, 150

COLUMNS = (
    "",
    "layer",
    "units",
    "threshold",
    "over a flat spectrum",
    "selected",
    "by the article's",
    "by the former threshold",
    "power of the mean",
    "threshold, means removed",
    "over a flat spectrum",
    "by the article's",
    "selected both ways",
)

PAGE = """\
# Selecting units

`select_units` marks the units of each layer whose power fraction exceeds a threshold, as part 7 of the articles does:
the power at the periods of a bar, {shortest:g} to {longest:g} steps, over all power. Written by
`benchmarks/selection.py`.

**What is selected.** The threshold of a layer is the power fraction that a share of its units exceeds,
`selection.share_of_layer`, {share:g} % by default: the quantile halfway between the last unit that is selected and the
first that is not. A number in `selection.power_fraction_above` fixes the threshold of its layer instead. What depends
on the selection reads it from `intact/units.csv` and `selection.csv`, never from the configuration.

**Why a share.** The article's threshold, {article:g} % of the power, took 33 % of layer 1 of v2 (B. L. Sturm, *Making
sense of the folk-rnn v2 model*, part 7). No number carries over to another network: a power fraction depends on how
much of a unit's power is its mean, and on the window, the padding and the lengths of the tunes. Every model used to get
the three numbers that had been chosen for the demo network, {former}; of the other network below
they take {least:.0f} to {most:.0f} % of a layer.

**What a share does not show.** A third is selected whether or not anything is periodic. The log and `selection.csv`
therefore compare the threshold with the power fraction of a flat spectrum, which is the band's share of all DFT bins,
{flat:.5f} by default, and white noise's on average. Where the threshold is lower, units may be selected that have less
power at the bar than white noise, and the log has a warning. This is a comparison, not a test: a spectrum that rises
towards the band exceeds a flat one without any period. `band_lines.csv` tests for lines in the band.

**And the means?** A low power fraction may say no more than that a unit has a large mean. The selection is therefore
repeated with each unit's mean over a tune removed before windowing, and the two are compared unit by unit.
`specifications.csv` has the other readings of the article's criterion.

{table}

Of each network {n_tunes} tunes are replayed. *Power of the mean*: median over the units of a layer. The noise,
{n_tunes} tunes of {n_steps} steps, is autoregressive of first order, with this coefficient; it has no mean and no
period, and a third of it is selected all the same.
"""


def select_in_network(source, folder):
    """Run the default study of a network as far as its selection; return the table of units and that of layers."""
    project = copy_project(folder)
    (folder / "overlay.yaml").write_text(yaml.safe_dump({"model": "network", "checkpoint": {"source": str(source)}}))
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "results/network/selection.csv"]
    subprocess.run([*command, "--configfile", "overlay.yaml"], cwd=folder, env=project.environment, check=True)
    return [pd.read_csv(folder / "results/network" / name) for name in ("intact/units.csv", "selection.csv")]


def select_in_noise(coefficient, rng_seed=1):
    """Return the threshold of a share of noise, the flat fraction, and how many the article's threshold selects."""
    rng = np.random.default_rng(rng_seed)
    population = PopulationSpectrum()
    for _ in range(N_TUNES):
        # What comes before the tune lets the noise become stationary.
        noise = scipy.signal.lfilter([1], [1, -coefficient], rng.normal(size=(100 + N_STEPS, N_UNITS)), axis=0)
        population.add(noise[100:])
    fraction = power_fraction(population.spectrum())
    above = threshold_of_share(fraction, SELECTION["share_of_layer"])
    by_article = np.count_nonzero(fraction > SELECTION["article_power_fraction_above"])
    return above, flat_power_fraction(population.spectrum()), by_article


def _threshold(above, flat):
    return f"{above:.4f}", f"{above / flat:.2f}"


def main():
    """Measure, check that the share is taken everywhere, and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--large", type=Path, required=True)
    options = parser.parse_args()
    rows, former_shares = [], {}
    sources = {"demo": ROOT / "resources/checkpoints/demo.pkl", options.large.stem: options.large.resolve()}
    for name, source in sources.items():
        with tempfile.TemporaryDirectory() as folder:
            units, selection = select_in_network(source, Path(folder))
        for row, former in zip(selection.itertuples(), FORMER_THRESHOLDS, strict=True):
            # Halves do not occur.
            assert row.n_selected == row.n_selected_mean_removed == round(row.share_of_layer * row.n_units)
            kept, removed = (units.loc[units["layer"] == row.layer, f"power_fraction{way}"] for way in WAYS)
            by_former = np.count_nonzero(kept > former)
            former_shares.setdefault(name, []).append(by_former / row.n_units)
            # The power in the band is nearly the same with and without the mean.
            of_mean = f"{100 * (1 - kept / removed).median():.0f} %"
            own = _threshold(row.power_fraction_above, row.flat_power_fraction)
            without = _threshold(row.power_fraction_above_mean_removed, row.flat_power_fraction)
            rows.append([name, row.layer, row.n_units, *own, row.n_selected, row.n_selected_by_article, by_former])
            rows[-1] += [of_mean, *without, row.n_selected_by_article_mean_removed, row.n_selected_both_ways]
    for coefficient in COEFFICIENTS:
        above, flat, by_article = select_in_noise(coefficient)
        n_selected = round(SELECTION["share_of_layer"] * N_UNITS)
        name = f"noise, coefficient {coefficient:g}"
        rows.append([name, "", N_UNITS, *_threshold(above, flat), n_selected, by_article, *[""] * 6])
    rule = ["---", *["--:"] * (len(COLUMNS) - 1)]
    shortest, longest = SELECTION["period_steps"]
    page = PAGE.format(
        shortest=shortest,
        longest=longest,
        share=100 * SELECTION["share_of_layer"],
        article=100 * SELECTION["article_power_fraction_above"],
        former=" and ".join([", ".join(map(str, FORMER_THRESHOLDS[:2])), str(FORMER_THRESHOLDS[2])]),
        least=100 * min(former_shares[options.large.stem]),
        most=100 * max(former_shares[options.large.stem]),
        flat=flat,
        table="\n".join(f"| {' | '.join(map(str, cells))} |" for cells in (COLUMNS, rule, *rows)),
        n_tunes=N_TUNES,
        n_steps=N_STEPS,
    )
    with whole_file(options.output / "selection.md") as path:
        path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
