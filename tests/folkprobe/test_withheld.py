"""Tunes that a network writes without reading its bar tokens, or reading them late, against a scalar loop."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import reference
from networks import VOCABULARY, random_checkpoint

from folkprobe.music.vocabulary import token_class
from folkprobe.network.sampling import generate_tunes
from folkprobe.network.stimulus import BarsDeleted, BarsJittered, stimulus_of
from folkprobe.refusal import Refusal

TOKENS = (*VOCABULARY, ":|", "|:")
BARS = {TOKENS.index(token) for token in ("|", ":|", "|:")}
SHIFT = 2


@pytest.fixture(scope="module")
def checkpoint():
    """A network that likes bars, and rarely ends."""
    checkpoint = random_checkpoint(vocabulary=TOKENS)
    likes = np.array([1.2 if i in BARS else -1.0 if token == "</s>" else 0.0 for i, token in enumerate(TOKENS)])
    return replace(checkpoint, softmax=replace(checkpoint.softmax, v=checkpoint.softmax.v + likes))


def _generate(checkpoint, **arguments):
    defaults = {"rng_seed": 8, "n_tunes": 20, "prompt": "M:4/4 | K:Cmaj", "max_steps": 40}
    return generate_tunes(checkpoint, **(defaults | arguments))


def _numbers(k, *branch):
    rng = np.random.default_rng(np.random.SeedSequence(8, spawn_key=(k, *branch)))
    return (rng.random() for _ in itertools.count())


@pytest.mark.parametrize("stimulus", [BarsDeleted(), BarsJittered(SHIFT)], ids=lambda each: each.kind)
def test_the_tunes_of_the_scalar_loop(checkpoint, stimulus):
    tunes = _generate(checkpoint, stimulus=stimulus)
    delays_seen, n_cut_short = set(), 0
    for k in range(len(tunes)):
        late = {}
        if stimulus.kind == "bars_jittered":
            late["delays"] = (int(number * (2 * SHIFT + 1)) for number in _numbers(k, 1))
            late["substitutes"] = _numbers(k, 2)
        prompt = [TOKENS.index(token) for token in ("<s>", "M:4/4", "|", "K:Cmaj")]
        read, moves, log_probabilities = reference.write_with_withheld_bars(
            checkpoint, BARS, _numbers(k), read=prompt, n_tokens_max=41, **late
        )
        assert tunes.indices(k).tolist() == read
        assert np.allclose(tunes.log_probability(k)[4:], log_probabilities, rtol=0, atol=1e-12)
        # Each bar is as late as the tune's stream says.
        assert [place for place, token in enumerate(read) if token in BARS and place >= 4] == [to for _, to in moves]
        delays = [int(number * (2 * SHIFT + 1)) for number, _ in zip(_numbers(k, 1), moves, strict=False)]
        assert [to - drawn for drawn, to in moves] == delays
        delays_seen.update(delays)
        n_cut_short += tunes.stop_reason(k) == "end_token"
    assert tunes.stimulus == stimulus.kind
    assert delays_seen == (set(range(2 * SHIFT + 1)) if stimulus.kind == "bars_jittered" else set())
    assert 0 < n_cut_short < len(tunes)


@pytest.mark.parametrize("sampler", ["per-tune", "folk-rnn"])
def test_no_bar_is_read_after_the_prompt(checkpoint, sampler):
    n_tunes = 230 if sampler == "per-tune" else 12
    tunes = _generate(checkpoint, stimulus=BarsDeleted(), n_tunes=n_tunes, sampler=sampler)
    for k in range(n_tunes):
        assert [token_class(token) for token in tunes.tokens(k)].count("bar") == 1


@pytest.mark.parametrize("sampler", ["per-tune", "folk-rnn"])
@pytest.mark.parametrize("stimulus", [BarsDeleted(), BarsJittered()], ids=lambda each: each.kind)
def test_tune_k_does_not_depend_on_how_many_are_requested(checkpoint, monkeypatch, stimulus, sampler):
    """The last tunes of many: their lanes had other tunes before, and the tile was shrunk."""
    # Else a network as small as this one keeps its wide tile.
    monkeypatch.setattr("folkprobe.network.lstm._SMALL_PRODUCT", 0)
    n_tunes = 230 if sampler == "per-tune" else 24
    how = {"stimulus": stimulus, "sampler": sampler, "max_steps": 100}
    many = _generate(checkpoint, n_tunes=n_tunes, **how)
    few = _generate(checkpoint, n_tunes=20, first_tune=n_tunes - 20, **how)
    assert len({len(few.indices(k)) for k in range(20)}) > 10
    assert [many.tokens(n_tunes - 20 + k) for k in range(20)] == [few.tokens(k) for k in range(20)]


def test_the_random_numbers_are_those_of_the_intact_tunes(checkpoint):
    """Bars that are not late leave the tunes as they are; late ones, as they are up to the first bar."""
    plain = _generate(checkpoint)
    assert [plain.tokens(k) for k in range(20)] == [
        _generate(checkpoint, stimulus=BarsJittered(0)).tokens(k) for k in range(20)
    ]
    late = _generate(checkpoint, stimulus=BarsJittered())
    for k in range(20):
        drawn = plain.tokens(k)[4:]
        before = next((place for place, token in enumerate(drawn) if token_class(token) == "bar"), len(drawn))
        assert late.tokens(k)[4 : 4 + before] == drawn[:before]


def test_what_is_drawn_without_bars_is_the_posterior_renormalised(checkpoint):
    """By counting: the first token of many tunes."""
    tunes = _generate(checkpoint, stimulus=BarsDeleted(), n_tunes=4000, max_steps=4, dtype="float32")
    counts = np.bincount([tunes.indices(k)[4] for k in range(4000)], minlength=len(TOKENS))
    p = np.array(reference.posterior(reference.run(checkpoint, tunes.indices(0)[:4])[-1][2]))
    p[list(BARS)] = 0
    expected = 4000 * p / p.sum()
    assert (abs(counts - expected) <= 5 * np.sqrt(expected) + 1e-9).all()


def test_bad_declarations_are_refused_by_name(checkpoint):
    with pytest.raises(Refusal, match="shift_steps_max is -1"):
        stimulus_of({"kind": "bars_jittered", "shift_steps_max": -1})
    with pytest.raises(Refusal, match=r"shift_steps_max is 1\.5"):
        BarsJittered(1.5)
    assert stimulus_of("bars_deleted") == BarsDeleted()
    barless = random_checkpoint(vocabulary=("<s>", "</s>", "C"))
    with pytest.raises(Refusal, match="no token of the class 'bar': do without the stimulus bars_jittered"):
        generate_tunes(barless, rng_seed=0, n_tunes=1, stimulus=BarsJittered())
    extreme = replace(checkpoint, softmax=replace(checkpoint.softmax, v=np.full(len(TOKENS), np.nan)))
    for stimulus in (BarsDeleted(), BarsJittered()):
        with pytest.raises(Refusal, match="posterior of tune 0 is not finite"):
            _generate(extreme, stimulus=stimulus)
