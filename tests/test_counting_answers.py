"""Tests of the study of the count on networks whose mechanism is known; `known_answers` says how they work."""

import functools

import numpy as np
import pandas as pd
import pytest
from known_answers import COUNTERS, FOLLOWER, FULL, N_UNITS, PROMPT, ROOMY, constructed_network
from project import load_script

from folkprobe.counting.evidence import Counter, Undefined, count_sites
from folkprobe.counting.exchange import Units
from folkprobe.counting.interchange import HOLDS, SAME_COUNT, TELLS, Interchange, draw_pairs
from folkprobe.counting.sites import find_sites
from folkprobe.music.tunes import write_tunes
from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.sampling import generate_tunes

ALL = np.arange(N_UNITS)
# `counts` of the network: the slope of its phase on durations.
SLOPES = {"durations": -1, "steps": 0, "notes": 0.5}


@functools.cache
def _drawn(**properties):
    network = constructed_network(**properties)
    return network, generate_tunes(network, rng_seed=3, n_tunes=12, prompt=PROMPT, max_steps=1000)


@functools.cache
def _interchange(**properties):
    network, tunes = _drawn(**properties)
    sites = count_sites(find_sites(tunes), range(1, 7))
    options = {"n_pairs": 40, "n_eighths": 10, "rng_seed": 1, "n_resamples": 199, "level": 0.95}
    return Interchange(Counter.of(network, tunes), sites, **options)


def _shift(interchange, mode, donor="other_count", **units):
    """The estimate for units by layer, `layer_1=[5]`."""
    part = Units({int(name[-1]): np.array(numbers) for name, numbers in units.items()})
    return interchange.estimate([interchange.patch(part, mode, donor)])


def test_bases_and_donors_are_of_different_tunes_at_the_counts_that_are_asked():
    _, tunes = _drawn()
    sites = count_sites(find_sites(tunes), range(1, 7))
    pairs = draw_pairs(sites, n_pairs=200, rng_seed=1)
    tune, elapsed = sites["tune"].to_numpy(), sites["elapsed_eighths"].to_numpy()
    assert len(pairs) == 200
    for name, count in (("base", "a"), ("other_count", "b"), ("same_count", "a")):
        assert (elapsed[pairs[name]] == pairs[count]).all()
        assert name == "base" or (tune[pairs[name]] != tune[pairs["base"]]).all()
    assert (pairs["a"] != pairs["b"]).all()
    assert set(zip(pairs["a"], pairs["b"], strict=True)) > {(1, 6), (6, 1), (3, 4)}


@pytest.mark.parametrize("mode", [HOLDS, TELLS])
def test_every_single_pair_is_shifted_to_where_its_donors_bar_is_due(mode):
    shift = _interchange().patch(Units({1: np.array([COUNTERS[0]])}), mode)
    assert (shift.moved > 50).all()
    assert shift.at_donor.all()


@pytest.mark.parametrize("mode", [HOLDS, TELLS])
def test_the_counter_carries_the_count_and_nothing_else_of_its_layer_does(mode):
    interchange = _interchange()
    counter = _shift(interchange, mode, layer_1=[COUNTERS[0]])
    assert counter["shift"] == pytest.approx(1, abs=1e-3)
    assert counter["lower"] == pytest.approx(counter["upper"], abs=1e-2)
    assert _shift(interchange, mode, layer_1=[FOLLOWER])["shift"] == 0
    others = _shift(interchange, mode, layer_1=np.setdiff1d(ALL, COUNTERS[0]))
    assert others["shift"] == pytest.approx(0, abs=0.02)
    same = _shift(interchange, mode, SAME_COUNT, layer_1=ALL)
    assert same["shift"] == pytest.approx(0, abs=0.02)
    assert counter["p_value"] < 1e-9


def test_the_layers_above_hold_nothing_and_tell_everything():
    interchange = _interchange()
    for layer in ("layer_2", "layer_3"):
        # Their units have no memory but for the fillers', which carry pitches.
        assert _shift(interchange, HOLDS, **{layer: ALL})["shift"] == pytest.approx(0, abs=0.02)
        assert _shift(interchange, TELLS, **{layer: ALL})["shift"] == pytest.approx(1, abs=0.02)
    assert _shift(interchange, TELLS, layer_2=[FULL[0], ROOMY[0]])["shift"] == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("mode", [HOLDS, TELLS])
def test_each_of_a_redundant_pair_carries_half(mode):
    interchange = _interchange(n_counters=2, p_three=1e-9)
    one, other = COUNTERS
    for unit in COUNTERS:
        assert _shift(interchange, mode, layer_1=[unit])["shift"] == pytest.approx(0.5, abs=0.02)
    assert _shift(interchange, mode, layer_1=[one, other])["shift"] == pytest.approx(1, abs=1e-3)


def test_without_a_count_the_interchange_is_undefined():
    with pytest.raises(Undefined, match="does not tell counts apart"):
        _interchange(n_counters=0)


def _phase(folder, **properties):
    network, tunes = _drawn(**properties)
    write_checkpoint(network, folder / "checkpoint.h5")
    write_tunes(tunes, folder / "tunes.h5")
    load_script("perturb_phase").main(
        checkpoint_path=folder / "checkpoint.h5",
        tunes_path=folder / "tunes.h5",
        phase_response_path=folder / "phase_response.csv",
        elapsed_eighths=[1, 6],
        n_sites_per_count=20,
        n_eighths=10,
        n_omitted_bars=3,
        added_tokens=["2", "3", "4"],
        rng_seed=1,
        n_resamples=199,
        confidence_level=0.95,
    )
    return pd.read_csv(folder / "phase_response.csv")


@pytest.mark.parametrize("counts", SLOPES)
def test_the_slope_says_what_advances_the_count_and_the_bar_token_resets_it(tmp_path, counts):
    table = _phase(tmp_path, counts=counts, p_three=0.1)
    slope = table[table["quantity"] == "slope"].iloc[0]
    assert slope["estimate"] == pytest.approx(SLOPES[counts], abs=1e-9)
    assert (slope["lower"], slope["upper"]) == pytest.approx((SLOPES[counts],) * 2, abs=1e-9)
    resets = table[table["quantity"] == "reset_index"]
    assert resets["elapsed_eighths"].dropna().nunique() == 6
    if counts == "durations":
        assert resets["estimate"].to_numpy() == pytest.approx(1, abs=0.01)
        # Once due, the bar token stays due.
        assert table.loc[table["quantity"] == "prominence", "estimate"].to_numpy() == pytest.approx(0, abs=1e-6)


def test_an_oscillator_is_not_reset_and_goes_on_without_bar_tokens(tmp_path):
    table = _phase(tmp_path, n_counters=0, oscillates=True, p_three=1e-9)
    resets = table[table["quantity"] == "reset_index"]
    assert resets["estimate"].to_numpy() == pytest.approx(0, abs=0.02)
    prominence = table[table["quantity"] == "prominence"]
    assert prominence["perturbation"].tolist() == ["omit_1", "omit_2", "omit_3"]
    assert prominence["estimate"].to_numpy() == pytest.approx(1, abs=0.01)


def test_without_a_count_there_is_nothing_to_reset_or_to_advance(tmp_path, caplog):
    table = _phase(tmp_path, n_counters=0)
    assert set(table["quantity"]) == {"bar_probability", "prominence"}
    assert table.loc[table["quantity"] == "prominence", "estimate"].to_numpy() == pytest.approx(0, abs=1e-6)
    assert "insert): after a true bar token" in caplog.text
    assert "substitute): a bar becomes more probable than not after at most one" in caplog.text
