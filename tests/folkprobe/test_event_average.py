"""Averages around events: tunes worked by hand."""

import numpy as np

from folkprobe.signal.event_average import average_around_events


def test_two_tunes_by_hand():
    sequences = [np.array([0.0, 1, 2, 3, 4]), np.array([10.0, 20, 30])]
    average = average_around_events(sequences, [np.array([1, 3]), np.array([2])], n_lags=2)
    np.testing.assert_array_equal(average.lag_steps, [-2, -1, 0, 1, 2])
    # Tune 1: lag -2 has only step 1 (of event 3), lag 2 only step 3 (of event 1); tune 2 ends at its event.
    np.testing.assert_allclose(average.mean, [(1 + 10) / 2, (1 + 20) / 2, (2 + 30) / 2, 3, 3])
    # Of two values the standard error is half their distance.
    np.testing.assert_allclose(average.standard_error, [4.5, 9.5, 14, np.nan, np.nan])
    np.testing.assert_array_equal(average.n_tunes, [2, 2, 2, 1, 1])
    assert average.n_events == 3


def test_a_tune_weighs_the_same_however_many_events_it_has():
    average = average_around_events([np.ones(100), np.zeros(3)], [np.arange(100), np.array([1])], n_lags=0)
    np.testing.assert_allclose(average.mean, [0.5])


def test_no_events():
    average = average_around_events([np.ones(4)], [np.array([], dtype=int)], n_lags=1)
    assert np.isnan(average.mean).all()
    assert np.isnan(average.standard_error).all()
    assert average.n_events == 0
