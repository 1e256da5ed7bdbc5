import numpy as np
import pytest
from known_answers import COUNTERS, PITCHES, PROMPT, VOCABULARY, constructed_network

from folkprobe.network.continuation import capture_states, draw_on, log_odds_of, read_on
from folkprobe.network.lstm import Network
from folkprobe.network.sampling import generate_tunes
from folkprobe.network.trajectory import capture_trajectories

BAR = np.array([VOCABULARY.index("|")])
ALLOWED = np.array([VOCABULARY.index(pitch) for pitch in PITCHES])
N_SITES, N_STEPS = 200, 5


@pytest.fixture(scope="module", params=["float64", "float32"])
def drawn(request):
    """A network, its tunes, sites in them (more than a tile holds), and the pitches drawn there."""
    checkpoint = constructed_network()
    tunes = generate_tunes(checkpoint, rng_seed=3, n_tunes=14, prompt=PROMPT, max_steps=60, dtype=request.param)
    rng = np.random.default_rng(0)
    tune, step = rng.integers(len(tunes), size=N_SITES), rng.integers(3, 50, size=N_SITES)
    network = Network(checkpoint, tunes.dtype)
    states = capture_states(network, tunes, tune, step)
    readings = draw_on(network, states, rng.random((N_STEPS, N_SITES)), ALLOWED, BAR)
    return checkpoint, tunes, (tune, step), network, states, readings


def test_reading_on_is_reading_the_whole(drawn):
    checkpoint, tunes, (tune, step), *_, readings = drawn
    read = [
        np.concatenate([tunes.indices(k)[: at + 1], after])
        for k, at, after in zip(tune, step, readings.token_index.T, strict=True)
    ]
    whole = list(capture_trajectories(checkpoint, read, dtype=tunes.dtype, arrays=("hidden_state", "posterior")))
    rtol = 1e-9 if tunes.dtype == "float64" else 1e-4
    for site, trajectory in enumerate(whole):
        p = trajectory.posterior[-N_STEPS:, BAR[0]].astype(np.float64)
        np.testing.assert_allclose(1 / (1 + np.exp(-readings.log_odds[:, site])), p, rtol=1e-3, atol=1e-6)
        for layer in range(3):
            np.testing.assert_allclose(
                readings.hidden_state[layer][..., site], trajectory.hidden_state[layer][-N_STEPS:], rtol, rtol
            )


def test_a_site_does_not_depend_on_the_others(drawn):
    _, _, _, network, states, readings = drawn
    some = np.array([151, 7, 199])
    alone = read_on(network, states.at(some), readings.token_index[:, some], BAR)
    assert np.array_equal(alone.log_odds, readings.log_odds[:, some])


def test_only_allowed_tokens_are_drawn_and_in_proportion(drawn):
    _, _, _, network, states, _ = drawn
    same = states.at(np.zeros(4000, dtype=int))
    uniform = (np.arange(4000) + 0.5) / 4000
    drawn = draw_on(network, same, uniform[np.newaxis], ALLOWED, BAR).token_index[0]
    p = np.exp(states.logits[ALLOWED, 0].astype(float))
    assert np.bincount(drawn, minlength=len(VOCABULARY))[ALLOWED] == pytest.approx(4000 * p / p.sum(), abs=1.01)


def test_only_the_layer_above_is_told(drawn):
    _, _, _, network, states, readings = drawn
    n_first = network.n_units[0]

    def without_counter(own, step, sites):
        assert own.shape == (n_first, len(sites))
        own[COUNTERS[0]] = -1.0
        return own

    told = read_on(network, states, readings.token_index, BAR, told={1: without_counter}, keep_hidden_state=True)
    assert np.array_equal(told.hidden_state[0], readings.hidden_state[0])
    assert not np.array_equal(told.hidden_state[1], readings.hidden_state[1])
    assert (told.log_odds < 0).all()
    assert (readings.log_odds > 0).any()
    silent = read_on(network, states, readings.token_index, BAR, told={3: lambda own, *_: 0 * own})
    assert np.ptp(silent.log_odds) == 0


def test_log_odds_are_of_all_tokens_asked_for():
    logits = np.log([[0.1, 0.2], [0.6, 0.7], [0.3, 0.1]])
    assert log_odds_of(logits, np.array([0, 2])) == pytest.approx(np.log([0.4 / 0.6, 0.3 / 0.7]))
