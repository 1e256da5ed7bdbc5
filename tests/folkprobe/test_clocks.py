"""Tests of the two clocks, on counters whose clock is known and against a dense regression."""

from fractions import Fraction

import numpy as np
import pytest
from known_answers import COUNTERS, FOLLOWER, PROMPT, constructed_network

from folkprobe.counting.clocks import CLOCKS, clock_gains, clocked_steps, gain_intervals, permuted_within, ridge_errors
from folkprobe.counting.states import states_at
from folkprobe.music.bars import count_bars
from folkprobe.music.tunes import Tunes
from folkprobe.network.sampling import generate_tunes
from folkprobe.statistics.resampling import resample_weights

SETTINGS = {"penalty": 1.0, "n_permutations": 2, "rng_seed": 3}


def tunes_of(*texts):
    """Tunes that are given as text, tokens separated by spaces."""
    tokens = [text.split() for text in texts]
    vocabulary = tuple(sorted({token for tune in tokens for token in tune}))
    token_index = np.array([vocabulary.index(token) for tune in tokens for token in tune], dtype=np.int16)
    n = len(texts)
    drawn = {"stop_code": np.zeros(n, dtype=np.int8), "log_probabilities": np.zeros(len(token_index)), "rng_seed": 1}
    drawn |= {"first_tune": 0, "temperature": 1.0, "prompt": "", "sampler": "per-tune", "dtype": "float64"}
    offsets = np.cumsum([0, *map(len, tokens)])
    return Tunes(vocabulary=vocabulary, token_index=token_index, tune_offsets=offsets, max_steps=1000, **drawn)


def _clocks(*texts):
    tunes = tunes_of(*texts)
    read = clocked_steps(tunes, len(tunes))
    return [
        (tunes.vocabulary[token], eighths, steps)
        for token, eighths, steps in zip(read.token, read.eighths, read.steps, strict=True)
    ]


def test_clocks_begin_at_the_first_bar_token_and_start_again_at_each():
    read = _clocks("<s> M:4/4 K:Cmaj C 2 D | E 3 F | G </s>")
    assert read == [("|", 0, 0), ("E", 1, 1), ("3", 3, 2), ("F", 4, 3), ("|", 0, 0), ("G", 1, 1)]


def test_what_follows_does_not_change_what_was_read():
    # Half an eighth is no whole number, and a chord lasts nothing before it is closed.
    read = _clocks("<s> M:4/4 | C /2 D /2 [ E G ] 2 A > B </s>")
    first, second = [("C", 1, 1), ("/2", 1, 4)], [("]", 2, 8), ("2", 3, 9), ("A", 4, 10), (">", 4, 11), ("B", 5, 12)]
    assert read[1:] == first + second


def test_other_metres_and_overlong_bars_are_left_out():
    assert _clocks("<s> M:3/4 C | D E | F </s>") == []
    assert _clocks("<s> M:4/4 | C 4 D 4 E </s>")[-1] == ("4", 8, 4)


def test_elapsed_at_each_bar_token_is_what_the_bars_are_counted_to_last():
    network = constructed_network(p_three=0.2)
    tunes = generate_tunes(network, rng_seed=1, n_tunes=3, prompt=PROMPT, max_steps=300)
    read = clocked_steps(tunes, 3)
    for k in range(3):
        tokens = tunes.tokens(k)
        elapsed = dict(zip(read.step[read.tune == k], read.eighths[read.tune == k], strict=True))
        bars = count_bars(tokens).bars
        assert len(bars) > 5
        for bar in bars[1:]:
            if bar.end < len(tokens) - 1:
                assert elapsed[bar.end - 1] == bar.duration == Fraction(8)


def _synthetic(n_tunes=6, n_steps=50):
    rng = np.random.default_rng(5)
    text = [
        "<s> M:4/4 | " + " ".join(rng.choice(["C", "C 2", "D /2 D", "|"], n_steps)) + " </s>" for _ in range(n_tunes)
    ]
    tunes = tunes_of(*text)
    return clocked_steps(tunes, n_tunes), rng


def test_ridge_agrees_with_a_dense_regression():
    read, rng = _synthetic()
    states = rng.normal(size=(len(read), 2))
    errors = ridge_errors(read, states, [read.steps], penalty=2.0)
    design = np.hstack([values[:, None] == np.unique(values) for values in (read.token, read.steps)]).astype(float)
    residual = np.full_like(states, np.nan)
    for fold in (0, 1):
        known, asked = read.tune % 2 != fold, read.tune % 2 == fold
        mean = states[known].mean(axis=0)
        # The penalty as further observations.
        stacked = np.vstack([design[known], np.sqrt(2.0) * np.eye(design.shape[1])])
        response = np.vstack([states[known] - mean, np.zeros((design.shape[1], 2))])
        residual[asked] = states[asked] - mean - design[asked] @ np.linalg.lstsq(stacked, response, rcond=None)[0]
    assert np.allclose(errors, [(residual[read.tune == k] ** 2).sum(axis=0) for k in range(6)])


@pytest.mark.parametrize("clock", CLOCKS)
def test_permutation_keeps_token_fold_and_other_clock(clock):
    read, rng = _synthetic()
    cell, values = read.cells(clock), getattr(read, clock)
    permuted = permuted_within(values, cell, rng)
    other = read.steps if clock == "eighths" else read.eighths
    kept = np.column_stack([read.tune % 2, read.token, other])
    before, after = (sorted(map(tuple, np.column_stack([kept, each]))) for each in (values, permuted))
    assert before == after
    moved = permuted != values
    assert 0 < moved.mean() <= read.share_apart(clock) < 1


def test_clocks_that_never_come_apart_say_so():
    tunes = tunes_of(*["<s> M:4/4 | C D E F | C D </s>"] * 2)
    read = clocked_steps(tunes, 2)
    assert [read.share_apart(clock) for clock in CLOCKS] == [0, 0]
    assert np.isnan(clocked_steps(tunes, 2, meter="M:6/8").share_apart("steps"))


def _found(counts, **arguments):
    """Gain and null of each clock, of all units of layer 1 and of P(bar)."""
    network = constructed_network(counts=counts, p_three=0.2)
    tunes = generate_tunes(network, rng_seed=3, n_tunes=12, prompt=PROMPT, max_steps=1000)
    read = clocked_steps(tunes, 12)
    states, p_bar = states_at(network, tunes, read.steps_of_tunes(12))
    weights = resample_weights(12, rng_seed=1, n_resamples=199)
    found = {}
    for name, values in (("h", states[1, "h"]), ("tanh_c", states[1, "tanh_c"]), ("p_bar", p_bar)):
        gains = clock_gains(read, values, **(SETTINGS | arguments))
        found[name] = {clock: gain_intervals(gains, clock, weights, level=0.95) for clock in CLOCKS}
    return found


@pytest.mark.parametrize(("counts", "own", "other"), [("durations", "eighths", "steps"), ("steps", "steps", "eighths")])
def test_a_counter_gains_from_its_own_clock_only(counts, own, other):
    found, counter = _found(counts), COUNTERS[0]
    for state in ("h", "tanh_c"):
        gains = found[state]
        assert gains[own].gain[counter] > 0.02
        assert gains[own].lower[counter] > 0
        assert abs(gains[other].gain[counter]) < 0.002
        # A follower remembers nothing but the last token.
        for clock in CLOCKS:
            assert abs(gains[clock].gain[FOLLOWER]) < 0.002
            assert gains[clock].lower[FOLLOWER] <= 0.001
    assert found["p_bar"][own].lower[0] > 0.05
    assert found["p_bar"][other].upper[0] < 0.01


def test_permutations_depend_on_the_seed_and_gains_do_not():
    one, again, other = (_found("durations", rng_seed=seed)["h"]["eighths"] for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.null, again.null)
    assert not np.allclose(one.null, other.null, equal_nan=True)
    np.testing.assert_array_equal(one.gain, other.gain)
