"""folk-rnn's own stream, against a sampler written the way theirs works: token by token, one tune after the other."""

import numpy as np
import pytest
from networks import VOCABULARY, random_checkpoint

from folkprobe.network.drawing import LaneNumbers
from folkprobe.network.excision import excise_units
from folkprobe.network.sampling import generate_tunes
from folkprobe.refusal import Refusal


def _sigmoid(x):
    return np.float32(1) / (np.float32(1) + np.exp(-x))


def _step(checkpoint, token, h, c):
    """Three layers, four gates, eight small products each, in float32."""
    x = np.zeros(len(checkpoint.vocabulary), np.float32)
    x[token] = 1
    for number, layer in enumerate(checkpoint.layers):
        gates = [x @ layer.W_x[gate] + h[number] @ layer.W_h[gate] + layer.b[gate] for gate in range(4)]
        i, f, o, g = _sigmoid(gates[0]), _sigmoid(gates[1]), _sigmoid(gates[3]), np.tanh(gates[2])
        c[number] = f * c[number] + i * g
        h[number] = x = o * np.tanh(c[number])
    return checkpoint.softmax.V @ x + checkpoint.softmax.v


def folk_rnn_tunes(checkpoint, rng_seed, n_tunes, temperature=1.0, prompt="", max_tokens=1000):
    """Draw as folk-rnn's fast sampler does, but keep the last token of a tune that is cut."""
    random_state = np.random.RandomState(rng_seed)
    beginning = [checkpoint.vocabulary.index(token) for token in ("<s>", *prompt.split())]
    h, c = ([getattr(layer, name).astype(np.float32) for layer in checkpoint.layers] for name in ("h0", "c0"))
    for token in beginning[:-1]:
        _step(checkpoint, token, h, c)
    tunes = []
    for _ in range(n_tunes):
        h_tune, c_tune, tune = list(h), list(c), list(beginning)
        while checkpoint.vocabulary[tune[-1]] != "</s>" and len(tune) <= max_tokens:
            logits = _step(checkpoint, tune[-1], h_tune, c_tune)
            weights = np.exp(logits / np.float32(temperature))
            tune.append(random_state.choice(len(weights), p=weights / weights.sum()))
        tunes.append([checkpoint.vocabulary[token] for token in tune])
    return tunes


@pytest.mark.parametrize("prompt", ["", "M:4/4 K:Cmaj"])
@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_the_tunes_of_folk_rnn(checkpoint, prompt, temperature):
    expected = folk_rnn_tunes(checkpoint, 42, 30, temperature, prompt)
    tunes = generate_tunes(
        checkpoint, rng_seed=42, n_tunes=30, temperature=temperature, prompt=prompt, sampler="folk-rnn"
    )
    assert [tunes.tokens(k) for k in range(30)] == expected
    assert (tunes.sampler, tunes.dtype) == ("folk-rnn", "float32")
    later = generate_tunes(
        checkpoint,
        rng_seed=42,
        n_tunes=4,
        first_tune=13,
        temperature=temperature,
        prompt=prompt,
        sampler="folk-rnn",
    )
    assert [later.tokens(k) for k in range(4)] == expected[13:17]
    assert np.array_equal(later.log_probability(0), tunes.log_probability(13), equal_nan=True)


def test_the_tunes_of_folk_rnn_at_real_size(session_checkpoint):
    tunes = generate_tunes(session_checkpoint, rng_seed=42, n_tunes=3, sampler="folk-rnn")
    assert [tunes.tokens(k) for k in range(3)] == folk_rnn_tunes(session_checkpoint, 42, 3)


def test_an_excised_network_draws_from_the_same_stream(checkpoint):
    excised = excise_units(checkpoint, 2, [1, 3])
    tunes = generate_tunes(excised, rng_seed=5, n_tunes=5, sampler="folk-rnn", max_steps=30)
    # The reference knows no lists of remaining units: it reads the smaller network as it is.
    assert [tunes.tokens(k) for k in range(5)] == folk_rnn_tunes(excised, 5, 5, max_tokens=30)


def test_a_tune_without_end_has_1001_tokens_whatever_is_requested():
    endless = random_checkpoint()
    endless.softmax.v[VOCABULARY.index("</s>")] = -1e3
    for max_steps in (1000, 5000):
        tunes = generate_tunes(endless, rng_seed=1, n_tunes=2, sampler="folk-rnn", max_steps=max_steps)
        assert [len(tunes.tokens(k)) for k in range(2)] == [1001, 1001]
        assert tunes.stop_reason(0) == "max_steps"
    assert [tunes.tokens(k) for k in range(2)] == folk_rnn_tunes(endless, 1, 2)


def test_log_probabilities_are_those_of_the_tune_at_the_same_temperature(checkpoint):
    tunes = generate_tunes(checkpoint, rng_seed=3, n_tunes=1, sampler="folk-rnn", temperature=0.7, max_steps=30)
    h, c = ([getattr(layer, name).astype(np.float64) for layer in checkpoint.layers] for name in ("h0", "c0"))
    for token, following, found in zip(
        tunes.indices(0), tunes.indices(0)[1:], tunes.log_probability(0)[1:], strict=False
    ):
        logits = _step(checkpoint, token, h, c).astype(np.float64) / 0.7
        assert found == pytest.approx(logits[following] - np.log(np.exp(logits).sum()), abs=1e-5)


def test_refusals(checkpoint):
    with pytest.raises(Refusal, match="below 2\\*\\*32"):
        generate_tunes(checkpoint, rng_seed=2**32, n_tunes=1, sampler="folk-rnn")
    with pytest.raises(Refusal, match="tune 0 is not finite at step 0"):
        # Without the maximum subtracted, exp overflows: theirs would fail too.
        generate_tunes(checkpoint, rng_seed=0, n_tunes=1, sampler="folk-rnn", temperature=1e-6)


def test_numbers_do_not_depend_on_how_they_are_taken():
    numbers = LaneNumbers(9, 3, branch=(0,))
    for lane, tune in enumerate((4, 7, 2)):
        numbers.start(lane, tune)
    taken = np.array([numbers.take(np.array([0, 2])) for _ in range(600)])
    numbers.keep(np.array([1, 2]))
    again = np.array([numbers.take(np.array([0, 1])) for _ in range(10)])

    def stream(tune):
        return np.random.default_rng(np.random.SeedSequence(9, spawn_key=(tune, 0))).random(700)

    assert np.array_equal(taken[:, 0], stream(4)[:600])
    assert np.array_equal(taken[:, 1], stream(2)[:600])
    assert np.array_equal(again[:, 0], stream(7)[:10])
    assert np.array_equal(again[:, 1], stream(2)[600:610])
