"""Replay against a scalar loop, and against the states and probabilities of generation."""

import weakref
from dataclasses import replace

import numpy as np
import pytest
import reference
from networks import VOCABULARY, random_checkpoint

from folkprobe.network.lstm import MAX_LANES, Tile
from folkprobe.network.sampling import generate_tunes
from folkprobe.network.stimulus import Forced, TwoHot
from folkprobe.network.trajectory import (
    _Recorder,
    capture_trajectories,
    capture_trajectory,
    capture_tunes,
    steps_of_tune,
)
from folkprobe.refusal import Refusal

TOKENS = ["<s>", "M:4/4", "K:Cmaj", "C", "D", "2", "|", "E", "z", "|", "C"]


def _disagreement(checkpoint, tokens=TOKENS):
    """The largest difference between a replay and the scalar loop over all states and probabilities."""
    trajectory = capture_trajectory(checkpoint, tokens)
    steps = reference.run(checkpoint, [checkpoint.vocabulary.index(token) for token in tokens])
    worst = 0.0
    for t, (hidden, cell, logits) in enumerate(steps):
        worst = max(worst, np.abs(trajectory.posterior[t] - reference.posterior(logits)).max())
        for number in range(3):
            worst = max(worst, np.abs(trajectory.hidden_state[number][t] - hidden[number]).max())
            worst = max(worst, np.abs(trajectory.cell_state[number][t] - cell[number]).max())
    return worst


def test_agrees_with_a_scalar_loop(checkpoint):
    assert _disagreement(checkpoint) < 1e-13


def test_a_learned_embedding_is_read(checkpoint):
    assert _disagreement(random_checkpoint(n_embedding=3)) < 1e-13


def test_agrees_with_a_scalar_loop_at_real_size(session_checkpoint):
    assert _disagreement(session_checkpoint, ["<s>", "M:4/4", "K:Cmaj"]) < 1e-12


@pytest.mark.parametrize(
    "damage", ["gate order", "initial hidden", "initial cell", "transposition", "V", "token order"]
)
def test_the_scalar_loop_would_notice(checkpoint, damage):
    """The comparison above is worth something only if it sees each of the mistakes that converters make."""
    first, *others = checkpoint.layers
    wrong = {
        "gate order": replace(first, W_x=first.W_x[[0, 1, 3, 2]], W_h=first.W_h[[0, 1, 3, 2]], b=first.b[[0, 1, 3, 2]]),
        "initial hidden": replace(first, h0=np.zeros_like(first.h0)),
        "initial cell": replace(first, c0=np.zeros_like(first.c0)),
        "transposition": replace(first, W_h=first.W_h.transpose(0, 2, 1)),
    }
    damaged = checkpoint
    if damage in wrong:
        damaged = replace(checkpoint, layers=(wrong[damage], *others))
    elif damage == "V":
        damaged = replace(checkpoint, softmax=replace(checkpoint.softmax, V=checkpoint.softmax.V[::-1]))
    else:
        damaged = replace(checkpoint, vocabulary=checkpoint.vocabulary[::-1])
    indices = [checkpoint.vocabulary.index(token) for token in TOKENS]
    right = reference.posterior(reference.run(checkpoint, indices)[-1][2])
    assert np.abs(capture_trajectory(damaged, TOKENS).posterior[-1] - right).max() > 1e-3


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("stimulus", [None, TwoHot(0.6, "pitch"), Forced(["C", "D", "|", "E"])], ids=str)
def test_replay_gives_the_states_of_generation_to_the_last_bit(checkpoint, monkeypatch, dtype, stimulus):
    steps = []
    original = Tile.step

    def spy(tile, *arguments):
        logits = original(tile, *arguments)
        steps.append([states.copy() for states in (*tile.hidden_state, *tile.cell_state)])
        return logits

    monkeypatch.setattr(Tile, "step", spy)
    arguments = {"rng_seed": 3, "max_steps": 20, "dtype": dtype, "prompt": "M:4/4 K:Cmaj", "stimulus": stimulus}
    for first_tune in (0, 5):
        steps.clear()
        tunes = generate_tunes(checkpoint, n_tunes=8, first_tune=first_tune, **arguments)
        while_generating = list(steps)
        replayed = list(capture_tunes(checkpoint, tunes, arrays=("hidden_state", "cell_state")))
        for k, trajectory in enumerate(replayed):
            # Eight tunes never wait: those that are no multiple of 12 sit in ascending order after the edge.
            inner = [tune for tune in range(first_tune, first_tune + 8) if tune % 12]
            tune = first_tune + k
            lane = 0 if tune % 12 == 0 else 8 + inner.index(tune)
            states = (*trajectory.hidden_state, *trajectory.cell_state)
            assert len(states[0]) == len(steps_of_tune(tunes, k))
            for step in range(len(states[0])):
                for mine, theirs in zip(states, while_generating[step], strict=True):
                    assert np.array_equal(mine[step], theirs[:, lane])


def test_posteriors_hold_the_probabilities_of_generation(checkpoint):
    tunes = generate_tunes(checkpoint, rng_seed=1, n_tunes=3, max_steps=50)
    for k in range(3):
        posterior = capture_trajectory(checkpoint, tunes.tokens(k)[:-1]).posterior
        drawn = tunes.indices(k)[1:]
        expected = np.log(posterior[np.arange(len(drawn)), drawn])
        assert np.allclose(tunes.log_probability(k)[1:], expected, rtol=0, atol=1e-12)


def test_many_tunes_come_in_order_whatever_their_lengths(checkpoint):
    rng = np.random.default_rng(0)
    sequences = [rng.integers(0, len(VOCABULARY), rng.integers(1, 30)) for _ in range(300)]
    captured = list(capture_trajectories(checkpoint, sequences, arrays=["posterior"]))
    assert [len(trajectory.posterior) for trajectory in captured] == [len(indices) for indices in sequences]
    for k in range(0, 300, 7):
        alone = capture_trajectory(checkpoint, [VOCABULARY[i] for i in sequences[k]])
        assert np.array_equal(captured[k].posterior, alone.posterior)


def test_what_was_not_read_is_not_a_step(checkpoint):
    tunes = generate_tunes(checkpoint, rng_seed=0, n_tunes=40, max_steps=30)
    ended = [k for k in range(40) if tunes.stop_reason(k) == "end_token"]
    cut = [k for k in range(40) if tunes.stop_reason(k) == "max_steps"]
    assert ended
    assert cut
    for k in ended:
        assert VOCABULARY.index("</s>") not in steps_of_tune(tunes, k)
    for k in cut:
        assert len(steps_of_tune(tunes, k)) == 30


def test_gates_give_the_states(checkpoint):
    """By the equations: c = f c + i g, h = o tanh(c), from the first step on."""
    trajectory = capture_trajectory(checkpoint, TOKENS)
    for number, layer in enumerate(checkpoint.layers):
        assert trajectory.gates[number].shape == (len(TOKENS), 4, layer.n_units)
        i, f, g, o = trajectory.gates[number].transpose(1, 0, 2)
        c = trajectory.cell_state[number]
        before = np.concatenate([layer.c0[None], c[:-1]])
        assert np.allclose(f * before + i * g, c, rtol=0, atol=1e-14)
        assert np.allclose(o * np.tanh(c), trajectory.hidden_state[number], rtol=0, atol=1e-14)
        assert (np.minimum(np.minimum(i, f), o) > 0).all()
        assert (g < 0).any()


def test_only_what_is_requested_is_kept(checkpoint):
    (trajectory,) = capture_trajectories(checkpoint, [np.array([7, 4])], arrays=["gates"])
    assert trajectory.gates is not None
    assert (trajectory.hidden_state, trajectory.cell_state, trajectory.posterior) == (None, None, None)
    with pytest.raises(Refusal, match="'states' is not an array of a trajectory: choose from hidden_state"):
        capture_trajectories(checkpoint, [np.array([7])], arrays=["states"])


def test_memory_does_not_grow_with_the_number_of_tunes(checkpoint, monkeypatch):
    """A first tune that outlasts the others holds them back; only so many may be held."""
    alive, most = [], []
    original = _Recorder.empty

    def counting(recorder, n_steps):
        trajectory = original(recorder, n_steps)
        alive.append(weakref.ref(trajectory))
        most.append(sum(each() is not None for each in alive))
        return trajectory

    monkeypatch.setattr(_Recorder, "empty", counting)
    sequences = [np.full(100, 4), *(np.full(1 + k % 3, 5) for k in range(900))]
    assert sum(1 for _ in capture_trajectories(checkpoint, sequences)) == 901
    assert max(most) <= 2 * MAX_LANES + 1


def test_refusals(checkpoint):
    with pytest.raises(Refusal, match="'H'"):
        capture_trajectory(checkpoint, ["<s>", "H"])
    with pytest.raises(Refusal, match="no token"):
        capture_trajectory(checkpoint, [])


def test_no_tune_has_no_trajectory(checkpoint):
    assert list(capture_trajectories(checkpoint, [])) == []
