"""Tests of the science: networks whose mechanism is known, taken through the package's functions one after another.

`known_answers` says how the networks work; `workflow/test_known_answers_chain.py` takes them through the workflow.
"""

import functools
from dataclasses import replace

import numpy as np
import pytest
from fuzz.genuine import write_folkrnn_pickle
from known_answers import (
    COUNTERS,
    EIGHTHS,
    FOLLOWER,
    FORM,
    FULL,
    N_BARS,
    N_UNITS,
    NOTE,
    NOTE_ABOVE,
    PROMPT,
    ROOMY,
    constructed_network,
)

from folkprobe.music.bar_ends import note_ends
from folkprobe.music.bars import OK_VERDICTS, count_bars
from folkprobe.music.manipulation import delete_bars
from folkprobe.network.excision import excise_units
from folkprobe.network.formats import convert_checkpoint
from folkprobe.network.sampling import generate_tunes
from folkprobe.network.trajectory import capture_tunes
from folkprobe.signal.multitaper import band_line_p_values
from folkprobe.signal.selection import move_band, power_fraction, select_units
from folkprobe.signal.spectrum import PopulationSpectrum
from folkprobe.statistics.multiplicity import benjamini_hochberg
from folkprobe.statistics.resampling import area_under_curve
from folkprobe.statistics.shares import compare_shares

N_TUNES = 12
BAND_STEPS = (8.7, 9.3)
# Between the counter's 0.13 and the fillers' 0.03 or so.
POWER_FRACTION_ABOVE = 0.09
FALSE_DISCOVERY_RATE = 0.05
COUNTER = COUNTERS[0]
FILLERS = tuple(unit for unit in range(N_UNITS) if unit not in (*COUNTERS, FOLLOWER, NOTE, FORM))


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """Return a constructed network as it comes out of a folk-rnn pickle."""
    folder = tmp_path_factory.mktemp("pickles")

    @functools.cache
    def convert(**properties):
        path = folder / f"{len(list(folder.iterdir()))}.pkl"
        write_folkrnn_pickle(constructed_network(**properties), path)
        return convert_checkpoint(path)

    return convert


def _generate(checkpoint, n_tunes=N_TUNES):
    return generate_tunes(checkpoint, rng_seed=3, n_tunes=n_tunes, prompt=PROMPT, max_steps=1000)


def _tokens(tunes):
    return [tunes.tokens(k) for k in range(len(tunes))]


def _bar_counts(tunes):
    """Wrong bars and measured bars of each tune, shape (2, n_tunes)."""
    verdicts = [[bar.verdict for bar in count_bars(tokens).bars] for tokens in _tokens(tunes)]
    assert not any("unmeasured" in each for each in verdicts)
    return np.array([[sum(v not in OK_VERDICTS for v in each), len(each)] for each in verdicts]).T


def _effect(excised, intact):
    """Difference in the share of wrong bars, paired by tune."""
    return compare_shares(*_bar_counts(excised), *_bar_counts(intact), rng_seed=7, n_resamples=999)


def _hidden_states(checkpoint, tunes):
    """Per layer, the hidden states of every tune."""
    return list(zip(*(trajectory.hidden_state for trajectory in capture_tunes(checkpoint, tunes)), strict=True))


def _power_fractions(hidden_states):
    population = PopulationSpectrum()
    for hidden_state in hidden_states:
        population.add(hidden_state)
    return power_fraction(population.spectrum(), BAND_STEPS)


def _units_with_lines(hidden_states):
    """Units with a line in the band, after correction for the number of units."""
    p_values, _ = band_line_p_values(hidden_states, BAND_STEPS)
    return set(np.flatnonzero(benjamini_hochberg(p_values) <= FALSE_DISCOVERY_RATE))


def test_power_takes_counter_and_follower_alike(converted):
    network = converted()
    of_first_layer, *_ = _hidden_states(network, _generate(network))
    fractions = _power_fractions(of_first_layer)
    by_threshold = select_units(fractions, power_fraction_above=POWER_FRACTION_ABOVE)
    assert set(np.flatnonzero(by_threshold)) == {COUNTER, FOLLOWER}
    assert np.array_equal(select_units(fractions, top_fraction=2 / N_UNITS), by_threshold)
    assert fractions[COUNTER] == pytest.approx(fractions[FOLLOWER], rel=0.05)
    assert max(fractions[list(FILLERS)]) < POWER_FRACTION_ABOVE / 1.5


def test_both_of_a_redundant_pair_are_taken(converted):
    network = converted(n_counters=2)
    of_first_layer, *_ = _hidden_states(network, _generate(network))
    selected = select_units(_power_fractions(of_first_layer), power_fraction_above=POWER_FRACTION_ABOVE)
    assert set(np.flatnonzero(selected)) == {*COUNTERS, FOLLOWER}


def test_the_corrected_selection_takes_what_is_periodic(converted):
    network = converted()
    first, second, third = _hidden_states(network, _generate(network))
    # A bar token is no note, so the unit that knows notes is periodic too.
    assert _units_with_lines(first) == {COUNTER, FOLLOWER, NOTE}
    assert _units_with_lines(second) == _units_with_lines(third) == {FULL[0], ROOMY[0], NOTE_ABOVE}


def test_nothing_is_selected_where_nothing_is_periodic(converted):
    network = converted(n_counters=0)
    for hidden_states in _hidden_states(network, _generate(network)):
        assert not _units_with_lines(hidden_states)
        assert not select_units(_power_fractions(hidden_states), power_fraction_above=POWER_FRACTION_ABOVE).any()


def test_the_corrected_selection_errs_as_seldom_as_it_says(converted):
    network = converted(n_counters=0)
    n_studies, n_tunes = 60, 4
    n_wrong = 0
    for hidden_states in _hidden_states(network, _generate(network, n_studies * n_tunes)):
        studies = [hidden_states[start : start + n_tunes] for start in range(0, len(hidden_states), n_tunes)]
        n_wrong += sum(bool(_units_with_lines(study)) for study in studies)
    # 180 layers at 5 %, and three standard deviations as if they were independent.
    assert n_wrong <= 9 + 3 * np.sqrt(180 * 0.05 * 0.95)


def test_bars_are_right_in_the_intact_networks(converted):
    for properties in ({}, {"n_counters": 2}, {"p_three": 0.1}):
        tunes = _generate(converted(**properties))
        n_wrong, n_bars = _bar_counts(tunes)
        assert not n_wrong.any()
        assert (n_bars == N_BARS).all()
        assert all(count_bars(tokens).strict_ok and count_bars(tokens).wellformed for tokens in _tokens(tunes))
        assert {tunes.stop_reason(k) for k in range(N_TUNES)} == {"end_token"}


@pytest.mark.parametrize(("counts", "counted_wrongly"), [("steps", {"3"}), ("notes", {"2", "3"})])
def test_a_counter_of_anything_but_durations_is_reported(converted, counts, counted_wrongly):
    tunes = _generate(converted(counts=counts, p_three=0.1))
    n_found = 0
    for tokens in _tokens(tunes):
        bars = count_bars(tokens).bars
        assert len(bars) == N_BARS
        for bar in bars:
            inside = tokens[bar.start : bar.end]
            eighths = sum(EIGHTHS["durations"].get(token, 0) for token in inside)
            assert bar.duration == eighths
            assert bar.verdict == ("long" if counted_wrongly & set(inside) else "correct")
            n_found += bar.verdict == "long"
    assert 0.1 < n_found / (N_TUNES * N_BARS) < 0.9


def test_excising_the_counter_destroys_the_bars(converted):
    intact = converted()
    effect = _effect(_generate(excise_units(intact, 1, [COUNTER])), _generate(intact))
    assert effect.value > 0.8
    assert effect.lower > 0.7


@pytest.mark.parametrize("properties", [{}, {"counts": "steps", "p_three": 0.1}])
def test_excising_the_follower_changes_nothing(converted, properties):
    intact = converted(**properties)
    tunes, excised = _generate(intact), _generate(excise_units(intact, 1, [FOLLOWER]))
    assert _tokens(tunes) == _tokens(excised)
    for k in range(N_TUNES):
        assert np.allclose(tunes.log_probability(k), excised.log_probability(k), rtol=0, atol=1e-9, equal_nan=True)
    # The counter of steps makes mistakes, more in some tunes than in others: only tune by tune is the difference 0.
    assert np.ptp(_bar_counts(tunes)[0]) > 0 or not properties
    effect = _effect(excised, tunes)
    assert (effect.value, effect.lower, effect.upper) == (0, 0, 0)


def test_excising_a_filler_changes_notes_and_no_bar(converted):
    intact = converted()
    tunes = _generate(intact)
    for unit in FILLERS[:3]:
        excised = _generate(excise_units(intact, 1, [unit]))
        assert _tokens(excised) != _tokens(tunes)
        assert not _bar_counts(excised)[0].any()


def test_only_joint_excision_finds_the_redundant_pair(converted):
    intact = converted(n_counters=2)
    tunes = _generate(intact)
    for unit in COUNTERS:
        assert _tokens(_generate(excise_units(intact, 1, [unit]))) == _tokens(tunes)
    effect = _effect(_generate(excise_units(intact, 1, COUNTERS)), tunes)
    assert effect.value > 0.8
    assert effect.lower > 0.7
    # One after the other is the same as both at once.
    in_turn = excise_units(excise_units(intact, 1, [COUNTERS[1]]), 1, [COUNTERS[0]])
    assert _tokens(_generate(in_turn)) == _tokens(_generate(excise_units(intact, 1, COUNTERS)))


def test_a_counter_remembers_by_its_cell(converted):
    """So nothing is lost where only its layer's recurrence cannot read it, and everything where only layer 2 cannot."""
    intact = converted()
    assert _tokens(_generate(excise_units(intact, 1, [COUNTER], scope="rec"))) == _tokens(_generate(intact))
    both, out = (_generate(excise_units(intact, 1, [COUNTER], scope=scope)) for scope in ("both", "out"))
    assert _tokens(out) == _tokens(both)


def test_what_only_passes_the_count_on_is_needed_as_much(converted):
    """So a lesion shows what is needed, not where the count is held."""
    intact = converted()
    # Its forget gate is shut.
    assert intact.layers[1].b[1, FULL[0]] == -20
    effect = _effect(_generate(excise_units(intact, 2, [FULL[0]])), _generate(intact))
    assert effect.lower > 0.7


def test_a_counter_held_elsewhere_answers_as_its_value_says(converted):
    """Held where an incomplete bar would hold it, it forbids every bar token; held above 0, it demands them all."""
    intact = converted()
    never, always = (
        generate_tunes(
            excise_units(intact, 1, [COUNTER], value=value), rng_seed=3, n_tunes=2, prompt=PROMPT, max_steps=80
        )
        for value in (-0.3, 0.04)
    )
    assert not any("|" in tokens for tokens in _tokens(never))
    assert all(set(tokens[3:]) == {"|", "</s>"} for tokens in _tokens(always))


def test_excising_anything_changes_nothing_where_nothing_is_read(converted):
    intact = converted(n_counters=0)
    tunes = _generate(intact)
    assert _tokens(_generate(excise_units(intact, 1, (*COUNTERS, FOLLOWER)))) == _tokens(tunes)
    n_wrong, n_bars = _bar_counts(tunes)
    assert 0.8 < n_wrong.sum() / n_bars.sum() < 0.97


def test_a_counter_loses_count_without_bar_tokens_although_nothing_drives_it(converted):
    """It counts from the last bar token that it read: the period vanishes, and with it all but the first bar."""
    network = converted()
    tunes = _generate(network)
    read = [delete_bars(tokens) for tokens in _tokens(tunes)]
    token_index = np.array([tunes.vocabulary.index(token) for tokens in read for token in tokens], dtype=np.int16)
    offsets = np.cumsum([0, *map(len, read)])
    without = replace(
        tunes, token_index=token_index, tune_offsets=offsets, log_probabilities=np.full(len(token_index), np.nan)
    )
    trajectories = list(capture_tunes(network, without, arrays=("hidden_state", "posterior")))
    population = PopulationSpectrum()
    for trajectory in trajectories:
        population.add(trajectory.hidden_state[0])
    own_band = move_band(BAND_STEPS, from_steps=9, to_steps=8, n_fft=1024)
    assert power_fraction(population.spectrum(), own_band)[COUNTER] < 0.01

    places = [note_ends(*pair) for pair in zip(read, _tokens(tunes), strict=True)]
    column = tunes.column("|")
    score = np.concatenate([t.posterior[p.step, column] for t, p in zip(trajectories, places, strict=True)])
    is_bar_end, bar = (np.concatenate([getattr(p, name) for p in places]) for name in ("is_bar_end", "bar"))

    def area(here):
        no_tunes, one_weight = np.zeros(here.sum(), dtype=int), np.ones((1, 1))
        value, _, _ = area_under_curve(score[here], is_bar_end[here], no_tunes, one_weight, level=0.95)
        return value

    assert area(bar == 1) == 1
    assert area(bar > 1) == 0.5
