"""Responses that are put in are found, and none where there is none."""

import numpy as np
import pytest

from folkprobe.refusal import Refusal
from folkprobe.signal.events import (
    BOTH,
    FIRST_ALONE,
    NEITHER,
    SECOND_ALONE,
    EventResponse,
    compare_events,
    events_apart,
)


def tune(rng, n_steps=120):
    is_event = np.zeros(n_steps, dtype=bool)
    places = np.cumsum(rng.integers(6, 12, size=30))
    is_event[places[places < n_steps - 3]] = True
    noise = rng.normal(size=(n_steps, 3))
    noise[np.flatnonzero(is_event) + 2, 0] += 1.0  # two steps after
    noise[np.flatnonzero(is_event) - 1, 1] -= 0.7  # one step before
    return noise, is_event


def test_a_response_is_found_at_its_lag_with_its_size_and_a_null_stays_in_the_band():
    rng = np.random.default_rng(0)
    events = EventResponse(3, lag_steps_max=12, n_surrogates=199, rng_seed=1)
    for _ in range(60):
        events.add(*tune(rng))
    found = events.response()
    assert found.lag_steps.tolist() == list(range(-12, 13))
    largest = np.abs(found.mean).argmax(axis=0)
    assert found.lag_steps[largest[:2]].tolist() == [2, -1]
    # Less what the event adds to the tune's mean: about 13 events in 120 steps.
    assert found.mean[largest[0], 0] == pytest.approx(1.0 * (1 - 13 / 120), abs=0.08)
    assert found.mean[largest[1], 1] == pytest.approx(-0.7 * (1 - 13 / 120), abs=0.08)
    exceeds = np.abs(found.mean).max(axis=0) > found.null_bound
    assert exceeds.tolist() == [True, True, False]
    assert found.n_tunes == 60


def test_the_band_holds_at_all_lags_together_in_95_of_100():
    n_exceeding = 0
    for rng_seed in range(100):
        rng = np.random.default_rng(rng_seed)
        events = EventResponse(1, lag_steps_max=6, n_surrogates=99, rng_seed=rng_seed)
        for _ in range(8):
            _, is_event = tune(rng)
            events.add(rng.normal(size=(120, 1)), is_event)
        found = events.response()
        n_exceeding += int(np.abs(found.mean).max() > found.null_bound[0])
    assert n_exceeding <= 12


def test_a_mean_over_tunes_not_over_events():
    one = np.zeros((60, 1))
    one[30] = 1
    two = np.zeros((60, 1))
    is_event = np.zeros(60, dtype=bool)
    is_event[30] = True
    often = np.zeros(60, dtype=bool)
    often[20:40:4] = True
    events = EventResponse(1, lag_steps_max=1, n_surrogates=19)
    events.add(one, is_event)
    events.add(two, often)
    found = events.response()
    np.testing.assert_allclose(found.mean[:, 0], np.array([-1 / 60, 59 / 60, -1 / 60]) / 2)
    assert (found.n_tunes, found.n_events) == (2, 6)


def test_lags_beyond_the_tune_are_left_out_not_wrapped():
    sequence = np.zeros((40, 1))
    sequence[39] = 40.0
    is_event = np.zeros(40, dtype=bool)
    is_event[0] = True
    events = EventResponse(1, lag_steps_max=2, n_surrogates=19)
    events.add(sequence, is_event)
    mean = events.response().mean[:, 0]
    assert np.isnan(mean[:2]).all()
    np.testing.assert_allclose(mean[2:], -1)


def test_without_any_event_nothing_is_known():
    events = EventResponse(2)
    events.add(np.zeros((60, 2)), np.zeros(60, dtype=bool))
    found = events.response()
    assert np.isnan(found.mean).all()
    assert np.isnan(found.null_bound).all()
    assert found.mean.shape == (25, 2)


def test_units_follow_the_event_that_moves_them():
    rng = np.random.default_rng(4)
    tunes = []
    for _ in range(40):
        first, second = rng.random(100) < 0.15, rng.random(100) < 0.15
        sequences = 0.3 * rng.normal(size=(100, 3))
        sequences[first, 0] += 0.5
        sequences[second, 1] -= 0.5
        sequences[first & second] += 9  # steps that tell nothing
        tunes.append((sequences, first * FIRST_ALONE + second * SECOND_ALONE))
    found = compare_events(tunes)
    assert found.follows("input", "output").tolist() == ["input", "output", "undecided"]
    np.testing.assert_allclose(found.of_first[:2], [0.5, 0], atol=0.06)
    np.testing.assert_allclose(found.of_second[:2], [0, -0.5], atol=0.06)
    assert found.n_tunes == 40


def test_events_that_always_come_together_leave_every_unit_undecided():
    kinds = np.array([BOTH, NEITHER, BOTH])
    found = compare_events([(np.zeros((3, 2)), kinds)])
    assert found.follows("input", "output").tolist() == ["undecided", "undecided"]
    assert found.n_tunes == 0
    with pytest.raises(Refusal, match="no tune"):
        compare_events([])


def test_steps_at_which_input_and_output_come_apart():
    #                      agreed       forced  dropped  forced and dropped at once
    is_read = np.array([0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0], dtype=bool)
    put_out = np.array([0, 1, 0, 0, 0, 0, 1, 0, 0, 1], dtype=bool)
    expected = [NEITHER, BOTH, BOTH, NEITHER, NEITHER, FIRST_ALONE, SECOND_ALONE, NEITHER, NEITHER, BOTH]
    assert events_apart(is_read, put_out).tolist() == expected
    # The first step's token was put out by none.
    assert events_apart(np.array([True, False]), np.array([False])).tolist() == [FIRST_ALONE]
