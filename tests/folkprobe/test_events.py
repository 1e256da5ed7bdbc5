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
    whole_periods,
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
    events = EventResponse(3, lag_steps_max=4, n_surrogates=199, rng_seed=1)
    for _ in range(60):
        events.add(*tune(rng))
    found = events.response()
    assert found.lag_steps.tolist() == list(range(-4, 5))
    lag_steps, value, rank = found.largest()
    assert lag_steps[:2].tolist() == [2, -1]
    # Less what the event adds to the tune's mean: about 13 events in 120 steps.
    assert value[0] == pytest.approx(1.0 * (1 - 13 / 120), abs=0.08)
    assert value[1] == pytest.approx(-0.7 * (1 - 13 / 120), abs=0.08)
    np.testing.assert_allclose(found.standard_deviation, np.sqrt(1 + np.array([1, 0.7, 0]) ** 2 * 13 / 120), atol=0.05)
    assert (np.abs(value) > found.null_bound).tolist() == [True, True, False]
    assert rank[:2].tolist() == [1, 1]
    assert rank[2] > 10
    assert found.n_tunes == 60


def test_the_rank_is_among_all_surrogates_and_the_bound_is_where_it_is_5_percent():
    rng = np.random.default_rng(2)
    events = EventResponse(400, n_surrogates=199, rng_seed=3)
    for _ in range(5):
        _, is_event = tune(rng)
        events.add(rng.normal(size=(120, 400)), is_event)
    found = events.response()
    _, value, rank = found.largest()
    np.testing.assert_array_equal(rank, 1 + (found.null_largest >= np.abs(value)).sum(axis=0))
    np.testing.assert_array_equal(rank <= 10, np.abs(value) > found.null_bound)


def ar1(rng, n_steps, n_units, coefficient=0.9):
    noise = rng.normal(size=(n_steps, n_units))
    for step in range(1, n_steps):
        noise[step] += coefficient * noise[step - 1]
    return noise


def transient(rng, n_steps, n_units, fall_steps=3):
    """Hidden states begin far from where they stay."""
    return rng.normal(size=(n_steps, n_units)) + 20 * np.exp(-np.arange(n_steps) / fall_steps)[:, np.newaxis]


@pytest.mark.parametrize("draw", [lambda rng, *shape: rng.normal(size=shape), ar1, transient])
def test_the_bound_at_all_lags_is_exceeded_by_5_percent_of_events_without_a_relation(draw):
    rng = np.random.default_rng(4)
    tunes = [(draw(rng, 120, 10), tune(rng)[1]) for _ in range(8)]
    n_exceeding, n_drawn = 0, 200
    for rng_seed in range(n_drawn):
        events = EventResponse(10, n_surrogates=99, rng_seed=rng_seed)
        for sequences, is_event in tunes:
            events.add(sequences, np.roll(is_event, rng.integers(120)))
        n_exceeding += (events.response().largest()[2] <= 5).mean()
    assert n_exceeding / n_drawn == pytest.approx(0.05, abs=0.02)


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
    np.testing.assert_allclose(found.mean[:, 0], np.array([-1 / 60, 59 / 60, -1 / 60]) / 2, atol=1e-15)
    assert (found.n_tunes, found.n_events) == (2, 6)


def test_steps_beyond_the_last_event_are_those_after_the_first():
    #                     0  1  2  3  4  5  6  7  8  9
    is_event = np.array([0, 0, 1, 0, 0, 0, 1, 0, 1, 0], dtype=bool)
    circle = whole_periods(is_event)
    assert (circle.start, circle.stop) == (2, 8)
    sequence = np.array([9, 9, 1, 2, 0, -3, 4, -4, 9, 9.0])[:, np.newaxis]
    events = EventResponse(1, lag_steps_max=1, n_surrogates=19)
    events.add(sequence[circle], is_event[circle])
    # Two whole periods of mean 0: -4 comes before the third event, which is where the first is.
    np.testing.assert_allclose(events.response().mean[:, 0], [(-4 - 3) / 2, (1 + 4) / 2, (2 - 4) / 2], atol=1e-15)


def test_how_a_tune_begins_is_no_response_between_its_events():
    rng, whole, between = np.random.default_rng(5), EventResponse(20), EventResponse(20)
    for _ in range(100):
        _, is_event = tune(rng)
        sequences = transient(rng, 120, 20, fall_steps=1)
        circle = whole_periods(is_event)
        whole.add(sequences, is_event)
        between.add(sequences[circle], is_event[circle])
    # No event can come early, but a shifted one can.
    assert (whole.response().largest()[2] <= 10).all()
    assert (between.response().largest()[2] <= 10).mean() < 0.3


@pytest.mark.parametrize("events_at", [[], [3]])
def test_fewer_than_two_events_have_no_whole_period(events_at):
    is_event = np.isin(np.arange(60), events_at)
    assert not is_event[whole_periods(is_event)].any()


def test_without_any_event_nothing_is_known():
    events = EventResponse(2, n_surrogates=19)
    events.add(np.zeros((60, 2)), np.zeros(60, dtype=bool))
    found = events.response()
    assert found.mean.shape == (9, 2)
    for unknown in (found.mean, found.null_bound, found.standard_deviation):
        assert np.isnan(unknown).all()
    assert found.largest()[2].tolist() == [20, 20]


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
