"""What a network reads instead of its own tokens."""

from dataclasses import replace

import numpy as np
import pytest
import reference
from networks import VOCABULARY, random_checkpoint

from folkprobe.music.tunes import read_tunes, write_tunes
from folkprobe.network.drawing import Given
from folkprobe.network.excision import excise_units
from folkprobe.network.sampling import generate_tunes
from folkprobe.network.stimulus import Forced, OneHot, Stimulus, TwoHot, stimulus_of
from folkprobe.network.trajectory import capture_tunes
from folkprobe.refusal import Refusal

PITCHES = [i for i, token in enumerate(VOCABULARY) if token in ("C", "D", "E", "z", "G", "A")]


@pytest.fixture
def endless(checkpoint):
    v = np.where(np.array(VOCABULARY) == "</s>", -1e3, checkpoint.softmax.v)
    return replace(checkpoint, softmax=replace(checkpoint.softmax, v=v))


def _generate(checkpoint, **arguments):
    return generate_tunes(
        checkpoint, **({"rng_seed": 8, "n_tunes": 20, "prompt": "M:4/4 K:Cmaj", "max_steps": 30} | arguments)
    )


def test_a_two_hot_tune_is_drawn_from_the_mixed_input(checkpoint):
    """Against the scalar loop, by way of a network whose vocabulary has every mixture as a token of its own."""
    weight, n = 0.7, len(VOCABULARY)
    tunes = _generate(checkpoint, stimulus=TwoHot(weight, "pitch"), n_tunes=4)
    embedding = np.zeros((n + n * n, n))
    embedding[:n] = np.eye(n)
    for first in range(n):
        for second in range(n):
            embedding[n + n * first + second] += weight * np.eye(n)[first] + (1 - weight) * np.eye(n)[second]
    vocabulary = tuple(map(str, range(len(embedding))))
    widened = replace(checkpoint, vocabulary=vocabulary, embedding=embedding)
    V, v = checkpoint.softmax.V, checkpoint.softmax.v
    for k in range(4):
        own = np.random.default_rng(np.random.SeedSequence(8, spawn_key=(k,)))
        other = np.random.default_rng(np.random.SeedSequence(8, spawn_key=(k, 0)))
        read, expected = [7, 0, 2], [7, 0, 2]
        while expected[-1] != 1 and len(expected) < 31:
            # The softmax layer knows the tokens themselves only.
            hidden_state = np.array(_hidden_state_of_layer_3(widened, read))
            p = reference.posterior(list(V @ hidden_state + v))
            expected.append(int(np.searchsorted(np.cumsum(p), own.random(), side="right")))
            read.append(n + n * expected[-1] + PITCHES[int(other.random() * len(PITCHES))])
        assert list(tunes.indices(k)) == expected
        mixed = tunes.mixed_indices(k)
        assert list(mixed[:3]) == [-1, -1, -1]
        assert mixed[-1] == -1
        assert [n + n * a + b for a, b in zip(expected[3:-1], mixed[3:-1], strict=True)] == read[3:-1]


def _hidden_state_of_layer_3(checkpoint, read):
    narrow = replace(checkpoint.softmax, V=checkpoint.softmax.V[:1], v=checkpoint.softmax.v[:1])
    return reference.run(replace(checkpoint, softmax=narrow), read)[-1][0][2]


def test_switching_it_on_changes_no_other_draw(checkpoint):
    """With no weight to speak of on the second token, the tunes are those without it."""
    plain = _generate(checkpoint)
    mixed = _generate(checkpoint, stimulus=TwoHot(1 - 1e-12, "pitch"))
    assert [plain.tokens(k) for k in range(20)] == [mixed.tokens(k) for k in range(20)]
    assert plain.mixed_index is None
    really = _generate(checkpoint, stimulus=TwoHot(0.5, "pitch"))
    assert [plain.tokens(k) for k in range(20)] != [really.tokens(k) for k in range(20)]


def test_intact_and_excised_networks_read_the_same_second_tokens(checkpoint):
    stimulus = TwoHot(0.7, "pitch")
    intact = _generate(checkpoint, stimulus=stimulus)
    excised = _generate(excise_units(checkpoint, 1, [0, 2]), stimulus=stimulus)
    for k in range(20):
        both = min(len(intact.indices(k)), len(excised.indices(k))) - 1
        assert np.array_equal(intact.mixed_indices(k)[:both], excised.mixed_indices(k)[:both])
    assert any(intact.tokens(k) != excised.tokens(k) for k in range(20))


@pytest.mark.parametrize("sampler", ["per-tune", "folk-rnn"])
def test_tune_k_and_its_mixture_do_not_depend_on_how_many_are_requested(checkpoint, sampler):
    many = _generate(checkpoint, stimulus=TwoHot(), n_tunes=230 if sampler == "per-tune" else 12, sampler=sampler)
    few = _generate(checkpoint, stimulus=TwoHot(), n_tunes=3, first_tune=7, sampler=sampler)
    for k in range(3):
        assert many.tokens(7 + k) == few.tokens(k)
        assert np.array_equal(many.mixed_indices(7 + k), few.mixed_indices(k))


def test_a_forced_tune_is_the_sequence_with_its_probabilities(checkpoint):
    tokens = ["C", "D", "|", "E", "</s>"]
    for network in (checkpoint, excise_units(checkpoint, 1, [1])):
        tunes = _generate(network, stimulus=Forced(tokens), n_tunes=2, temperature=0.8)
        for k in range(2):
            assert tunes.tokens(k) == ["<s>", "M:4/4", "K:Cmaj", *tokens]
            assert tunes.stop_reason(k) == "end_token"
        steps = reference.run(network, tunes.indices(0)[:-1])
        expected = [
            reference.posterior(logits, 0.8)[token]
            for (_, _, logits), token in zip(steps, tunes.indices(0)[1:], strict=True)
        ]
        assert np.allclose(tunes.log_probability(0)[3:], np.log(expected[2:]), rtol=0, atol=1e-12)
        assert np.isnan(tunes.log_probability(0)[:3]).all()


def test_a_forced_tune_without_an_end_says_so(checkpoint):
    tunes = _generate(checkpoint, stimulus=Forced("C D"), n_tunes=1)
    assert tunes.tokens(0)[-2:] == ["C", "D"]
    assert tunes.stop_reason(0) == "end_of_stimulus"
    (trajectory,) = capture_tunes(checkpoint, tunes)
    assert len(trajectory.hidden_state[0]) == 4


class _Continued(Stimulus):
    """A stimulus that nothing else knows: some tokens are given, and five drawn."""

    kind = "continued"

    def last_step(self, n_prefix, max_steps):
        return n_prefix + 6, "end_of_stimulus"

    def drawer(self, sampler, checkpoint, *, rng_seed, n_lanes, temperature):
        given = Given(checkpoint.token_indices(["C", "D"]), n_lanes, temperature)
        n_drawn = np.zeros(n_lanes, dtype=int)

        class Drawer:
            def start(self, lane, tune):
                n_drawn[lane] = 0
                given.start(lane, tune)
                sampler.start(lane, tune)

            def draw(self, logits, lanes):
                drawer = given if n_drawn[lanes[0]] < 2 else sampler
                n_drawn[lanes] += 1
                return drawer.draw(logits, lanes)

        return Drawer()


@pytest.mark.parametrize("sampler", ["per-tune", "folk-rnn"])
def test_a_new_stimulus_needs_no_change_of_the_loop(endless, sampler):
    tunes = _generate(endless, stimulus=_Continued(), n_tunes=3, sampler=sampler)
    continued = _generate(endless, prompt="M:4/4 K:Cmaj C D", n_tunes=3, sampler=sampler, max_steps=9)
    assert [tunes.tokens(k) for k in range(3)] == [continued.tokens(k) for k in range(3)]
    assert (tunes.stimulus, tunes.stop_reason(0), tunes.mixed_index) == ("continued", "end_of_stimulus", None)


def test_no_stimulus_is_one_hot(checkpoint):
    plain, one_hot = _generate(checkpoint), _generate(checkpoint, stimulus=OneHot())
    assert [plain.tokens(k) for k in range(20)] == [one_hot.tokens(k) for k in range(20)]
    assert plain.stimulus == one_hot.stimulus == "one_hot"


def test_the_mixture_goes_through_the_file(tmp_path, checkpoint):
    tunes = _generate(checkpoint, stimulus=TwoHot(0.6, "bar"))
    write_tunes(tunes, tmp_path / "tunes.h5")
    again = read_tunes(tmp_path / "tunes.h5")
    assert (again.stimulus, again.token_weight, again.mixed_class) == ("two_hot", 0.6, "bar")
    assert np.array_equal(again.mixed_index, tunes.mixed_index)
    assert set(again.mixed_index) == {-1, VOCABULARY.index("|")}


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        ("three_hot", "stimulus 'three_hot' is not one of two_hot, forced"),
        ({"kind": "two_hot", "token_weight": 0}, "token_weight is 0"),
        ({"kind": "two_hot", "token_weight": 1.0}, "token_weight is 1"),
        ({"kind": "two_hot", "mixed_class": "note"}, "mixed_class 'note' is not one of special, meter"),
        ({"kind": "two_hot", "weight": 0.5}, "stimulus two_hot: .*'weight'"),
        ({"kind": "forced", "tokens": " "}, "has no token"),
        ({"kind": "forced", "tokens": "<s> C"}, "'<s>'"),
        ({"kind": "forced", "tokens": "C </s> D"}, "'</s>' before its end"),
    ],
)
def test_bad_stimuli_are_refused_by_name(block, sentence):
    with pytest.raises(Refusal, match=sentence):
        stimulus_of(block)


def test_what_the_network_cannot_read_is_refused(checkpoint):
    with pytest.raises(Refusal, match="'H'"):
        _generate(checkpoint, stimulus=Forced("C H"))
    with pytest.raises(Refusal, match="takes 6 steps, but max_steps is 5"):
        _generate(checkpoint, stimulus=Forced("C D E G"), max_steps=5)
    with pytest.raises(Refusal, match="takes 1001 steps, but max_steps is 1000"):
        _generate(checkpoint, stimulus=Forced(["C"] * 999), max_steps=2000, sampler="folk-rnn")
    with pytest.raises(Refusal, match="no token of the class 'tuplet'"):
        _generate(checkpoint, stimulus=TwoHot(0.7, "tuplet"))
    bars_only = random_checkpoint(vocabulary=("<s>", "</s>", "|"))
    assert len(generate_tunes(bars_only, rng_seed=0, n_tunes=1, stimulus=TwoHot(0.7, "bar"), max_steps=9)) == 1
