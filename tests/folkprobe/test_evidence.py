import dataclasses

import numpy as np
import pytest
from known_answers import PROMPT, constructed_network

from folkprobe.counting.evidence import Counter, Undefined, count_sites
from folkprobe.counting.sites import find_sites
from folkprobe.network.sampling import generate_tunes


def _generate(network, n_tunes=12):
    return generate_tunes(network, rng_seed=3, n_tunes=n_tunes, prompt=PROMPT, max_steps=1000)


def test_a_counter_expects_the_bar_when_it_is_due():
    network = constructed_network()
    tunes = _generate(network)
    sites = count_sites(find_sites(tunes), range(1, 7))
    counter = Counter.of(network, tunes)
    states = counter.states(sites)
    readings = counter.draw(states, sites, n_eighths=8, rng_seed=1)
    due = readings.log_odds[8 - sites["elapsed_eighths"].to_numpy() - 1, np.arange(len(sites))]
    assert (due > 10).all()
    assert ((readings.log_odds > 0).argmax(axis=0) == 8 - sites["elapsed_eighths"] - 1).all()
    # The stream of a site is its own.
    some = np.array([5, 3])
    again = counter.draw(states.at(some), sites.iloc[some], n_eighths=8, rng_seed=1)
    assert np.array_equal(again.token_index, readings.token_index[:, some])
    other = counter.draw(states.at(some), sites.iloc[some], n_eighths=8, rng_seed=2)
    assert not np.array_equal(again.token_index, other.token_index)


def test_without_bar_tokens_or_sites_the_experiment_is_undefined():
    network = constructed_network()
    tunes = _generate(network, n_tunes=1)
    barless = dataclasses.replace(
        network, vocabulary=tuple("(3" if token == "|" else token for token in network.vocabulary)
    )
    with pytest.raises(Undefined, match="no bar token"):
        Counter.of(barless, tunes)
    with pytest.raises(Undefined, match="1 of the tunes"):
        count_sites(find_sites(tunes), range(1, 7))
