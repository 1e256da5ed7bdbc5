"""How often units without a relation to the bars exceed the 95 % bounds of `responses` and `coherence`.

    python benchmarks/bar_nulls.py --results results/demo --output docs

Bars are shifted, handed to other tunes or left alone beside noise, so that the null hypothesis is true; in one table a
follower is planted. The hidden states and bars are those of the study's tunes. Takes ten minutes on two cores.
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import scipy.signal

from folkprobe.music.tunes import read_tunes
from folkprobe.music.vocabulary import token_class
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.signal.events import EventResponse, whole_periods
from folkprobe.signal.multitaper import pooled_coherence
from folkprobe.signal.nulls import surrogate_p_values

INTRODUCTION = """# What units' relations to the bars are tested against

Written by `benchmarks/bar_nulls.py`: {n_draws} draws a row, from {n_tunes} tunes of the demo network; rng_seed
{rng_seed}. Each table gives the share of units above the 95 % bound where nothing is to be found; the goal is 5 ± 2 %,
values outside are **bold**. *Before* is the method that was used until then.
"""
RESPONSES = """
## Responses around bars (`responses.csv`)

**What.** The mean of a unit around the bar tokens at the input, up to half a bar away (beyond, with a bar every 9
steps, lags L and L - 9 are the same place). Its largest magnitude over the lags is compared with that of surrogates, in
which the bars of each tune are shifted together around a circle by a random number of steps, each as likely. The data
are the shift by 0 steps on the same circle, so nothing distinguishes them from the surrogates but their position. The
circle goes from the first bar token of a tune to its last, which closes it: it consists of whole bars, a step before
its first bar is a step before its last, and it leaves out the header, where no bar can be and states differ from all
that follow. Between its first and its last bar, a tune is taken to be alike throughout: a slow drift from there on can
exceed the bound, by little.

**Why.** Before, surrogates wrapped around the end of the tune while the data left out what lies beyond it, and both
included the header. The band was too narrow. With many tunes almost any unit of a network that reads bars exceeds even
an exact bound, so the table has, for size, the `effect_size`: the largest response over the unit's standard deviation.

**Source.** Shifts form a group, for which such a test is exact: J. Hemerik and J. Goeman, Exact testing with random
permutations, TEST 27 (2018) 811. The largest over lags: T. E. Nichols and A. P. Holmes, Human Brain Mapping 15 (2002)
1.

*The layers of the network have their own bars, shifted; the noises have the bars of the tunes as they are.*
"""
COHERENCE = """
## Coherence with the bars (`coherence.csv`)

**What.** Complex cross-spectra of each unit with the bar tokens of its own tune are summed over tapers and tunes; the
magnitude-squared coherence of the sum is compared, at each frequency, with that of surrogates, in which the tunes keep
their hidden states and the bars are handed out to them anew. All tunes are cut to the same number of steps, so data and
surrogates have the same tapers and the same powers; only the phases differ.

**Why.** Before, the shown tune alone was tested against circular shifts of its units. A shift keeps the period, and so,
in one tune, the coherence of one periodic sequence with another: a unit that did nothing but follow the bars hardly
ever passed. Another tune's bars have the same period at another phase, which only a unit that follows its own bars has.
What all tunes share (every bar at the same steps) cannot be told from a count from the beginning, and is not coherence
here.

**Source.** Pooling: A. M. Amjad et al., J. Neurosci. Methods 73 (1997) 69. Other trials as the null (the shift
predictor): D. H. Perkel, G. L. Gerstein and G. P. Moore, Biophysical Journal 7 (1967) 419.

*Runs of 30 tunes. Made bars stand every 9 steps, in each tune from another step on. A follower is a unit that is 1 at
the bars, with normal noise (standard deviation 0.1), near the frequency of the bars; it should be found in at least 95
%. Unrelated units are counted at all frequencies: white noise, noise that is AR(1) with 0.9, units with the period of
the bars at a phase of their own, and the layers of the network with the bars of other tunes.*
"""
GOAL = (0.03, 0.07)
N_TUNES_OF_A_RUN = 30
BAR_STEPS = 9


def read_study(results, n_tunes):
    """Hidden states of each layer, and whether each step reads a bar token, tune by tune."""
    tunes = read_tunes(results / "intact/tunes.h5")
    of_bars = [index for index, token in enumerate(tunes.vocabulary) if token_class(token) == "bar"]
    with read_trajectories(results / "intact/trajectories.h5") as stored:
        chosen = range(min(n_tunes, stored.n_tunes))
        layers = [[stored.hidden_state(layer, k) for k in chosen] for layer in range(1, stored.n_layers + 1)]
        return layers, [np.isin(tunes.indices(k)[:-1], of_bars) for k in chosen]


def draw_noise(rng, n_steps, n_units, coefficient):
    """Stationary AR(1) noise; white with coefficient 0."""
    n_before = 100 if coefficient else 0
    noise = rng.normal(size=(n_before + n_steps, n_units))
    return scipy.signal.lfilter([1], [1, -coefficient], noise, axis=0)[n_before:] if coefficient else noise


def responds(tunes, is_bar, rng_seed):
    """Whether each unit exceeds its bound."""
    events = EventResponse(tunes[0].shape[1], rng_seed=rng_seed)
    for sequences, bars in zip(tunes, is_bar, strict=True):
        events.add(sequences, bars)
    return events.response().largest()[2] <= 10


def responds_before(tunes, is_bar, rng_seed):
    """As `responds`, by the earlier method: data leave out what lies beyond the tune, surrogates wrap around."""
    events = EventResponse(tunes[0].shape[1], lag_steps_max=12, n_surrogates=99, rng_seed=rng_seed)
    total, n_tunes = 0, 0
    for sequences, bars in zip(tunes, is_bar, strict=True):
        events.add(sequences, bars)
        places = np.flatnonzero(bars)[:, np.newaxis] + events.lag_steps
        inside = (places >= 0) & (places < len(sequences))
        deviation = (sequences - sequences.mean(axis=0))[np.clip(places, 0, len(sequences) - 1)]
        n_inside = inside.sum(axis=0)[:, np.newaxis]
        total = total + (deviation * inside[..., np.newaxis]).sum(axis=0) / np.maximum(n_inside, 1)
        n_tunes = n_tunes + (n_inside > 0)
    return np.abs(total / n_tunes).max(axis=0) > events.response().null_bound


def count_responses(tunes, is_bar, coefficient, n_draws, rng_seed):
    """Shares of units that respond, by the present and by the earlier method.

    Tunes of None are noise, drawn anew each time.
    """
    rng = np.random.default_rng(rng_seed)
    circles, counts = [whole_periods(bars) for bars in is_bar], np.zeros(2)
    for draw in range(n_draws):
        drawn = tunes or [draw_noise(rng, len(bars), 128, coefficient) for bars in is_bar]
        cut = [sequences[circle] for sequences, circle in zip(drawn, circles, strict=True)]
        bars_cut = [bars[circle] for bars, circle in zip(is_bar, circles, strict=True)]
        bars_whole = is_bar
        if tunes:
            bars_cut, bars_whole = (
                [np.roll(bars, rng.integers(len(bars))) for bars in each] for each in (bars_cut, is_bar)
            )
        counts += responds(cut, bars_cut, draw).mean(), responds_before(drawn, bars_whole, draw).mean()
    return counts / n_draws


def make_bars(rng, n_steps):
    return (np.arange(n_steps) + rng.integers(BAR_STEPS)) % BAR_STEPS == 0


def at_bars(frequency):
    return np.abs(frequency - 1 / BAR_STEPS).argmin()


def coherent_before(sequence, reference, rng):
    """Whether one unit of one tune is coherent at the frequency of the bars, by the earlier method: circular shifts."""
    shifts = [0, *rng.integers(1, len(sequence), size=99)]
    rolled = np.stack([np.roll(sequence, shift) for shift in shifts], axis=1)
    found = pooled_coherence([rolled], [reference], n_surrogates=1)
    observed, *shifted = found.coherence[at_bars(found.frequency_cycles_per_step)]
    return surrogate_p_values(observed, shifted) <= 0.05


def count_coherent(is_bar, n_draws, rng_seed):
    """Shares of runs with the follower found, by both methods, and of unrelated units found.

    Bars of None are made.
    """
    rng, counts = np.random.default_rng(rng_seed), np.zeros(5)
    for draw in range(n_draws):
        lengths = rng.integers(100, 140, N_TUNES_OF_A_RUN)
        chosen = rng.choice(len(is_bar), N_TUNES_OF_A_RUN, replace=False) if is_bar else ()
        references = [is_bar[k] for k in chosen] or [make_bars(rng, n_steps) for n_steps in lengths]
        tunes = []
        for bars in references:
            n_steps = len(bars)
            follower = bars[:, np.newaxis] + 0.1 * rng.normal(size=(n_steps, 1))
            periodic = np.stack([make_bars(rng, n_steps) for _ in range(20)], axis=1)
            periodic = periodic + 0.1 * rng.normal(size=periodic.shape)
            noises = [draw_noise(rng, n_steps, 20, coefficient) for coefficient in (0, 0.9)]
            tunes.append(np.concatenate([follower, *noises, periodic], axis=1))
        found = pooled_coherence(tunes, references, rng_seed=draw)
        is_coherent = found.p_value <= 0.05
        counts[0] += is_coherent[at_bars(found.frequency_cycles_per_step), 0]
        counts[1] += coherent_before(tunes[0][:, 0], references[0], rng)
        counts[2:] += is_coherent[:, 1:].reshape(len(is_coherent), 3, 20).mean(axis=(0, 2))
    return counts / n_draws


def count_coherent_layer(tunes, is_bar, n_draws, rng_seed):
    """Share of units of the network that are coherent with bars of other tunes."""
    rng, n_steps, share = np.random.default_rng(rng_seed), int(np.median([len(bars) for bars in is_bar])), 0
    long = [k for k, bars in enumerate(is_bar) if len(bars) >= n_steps]
    for draw in range(n_draws):
        chosen, others = (rng.choice(long, min(N_TUNES_OF_A_RUN, len(long)), replace=False) for _ in range(2))
        cut = [tunes[k][:n_steps] for k in chosen], [is_bar[k][:n_steps] for k in others]
        share += (pooled_coherence(*cut, rng_seed=draw).p_value <= 0.05).mean()
    return share / n_draws


def percent(share, lowest=GOAL[0], highest=GOAL[1]):
    text = f"{100 * share:.1f} %"
    return text if lowest <= share <= highest else f"**{text}**"


def table(*rows):
    header, *body = (f"| {' | '.join(row)} |" for row in rows)
    return [header, "|---" * len(rows[0]) + "|", *body]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, required=True, help="results of a study, with intact/trajectories.h5")
    parser.add_argument("--output", type=Path, help="folder that bar_nulls.md is written to")
    parser.add_argument("--n-draws", type=int, default=200)
    parser.add_argument("--n-tunes", type=int, default=100, help="of the study's tunes, from the first on")
    parser.add_argument("--rng-seed", type=int, default=1)
    parser.add_argument("--cores", type=int, default=2)
    args = parser.parse_args()

    layers, is_bar = read_study(args.results, args.n_tunes)
    of_layers = {f"layer {number}": tunes for number, tunes in enumerate(layers, start=1)}
    noises = {"white noise": 0, "AR(1) noise, 0.9": 0.9}
    with ProcessPoolExecutor(args.cores) as pool:
        how_often = args.n_draws, args.rng_seed
        responses = {
            name: pool.submit(count_responses, tunes, is_bar, None, *how_often) for name, tunes in of_layers.items()
        }
        for name, coefficient in noises.items():
            responses[name] = pool.submit(count_responses, None, is_bar, coefficient, *how_often)
        planted = {"made": pool.submit(count_coherent, None, *how_often)}
        planted["of the network's tunes"] = pool.submit(count_coherent, is_bar, *how_often)
        of_others = {
            name: pool.submit(count_coherent_layer, tunes, is_bar, *how_often) for name, tunes in of_layers.items()
        }

    values = {"n_draws": args.n_draws, "n_tunes": len(is_bar), "rng_seed": args.rng_seed}
    text = [INTRODUCTION.format(**values), RESPONSES]
    rows = [(name, *map(percent, each.result())) for name, each in responses.items()]
    text += table(("units", "above the bound", "before"), *rows)
    text.append(COHERENCE)
    rows = []
    for name, each in planted.items():
        follower, before, *unrelated = each.result()
        rows.append((name, percent(follower, 0.95, 1), percent(before, 0.95, 1), *map(percent, unrelated)))
    columns = ("bars", "follower found", "before", "white noise found", "AR(1) found", "own phase found")
    text += [*table(columns, *rows), ""]
    text += table(
        ("units", "found with the bars of other tunes"), *((n, percent(r.result())) for n, r in of_others.items())
    )
    print("\n".join(text))
    if args.output:
        (args.output / "bar_nulls.md").write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
