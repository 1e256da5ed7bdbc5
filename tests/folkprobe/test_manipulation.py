"""Bars deleted and moved, and nothing else touched."""

import numpy as np
import pytest

from folkprobe.music.manipulation import delete_bars, jitter_bars, note_ends
from folkprobe.music.vocabulary import token_class
from folkprobe.refusal import Refusal

TUNE = ["<s>", "M:4/4", "K:Cmaj", "|:", *(["A", "2", "B", "|"] * 12), "c", ":|", "</s>"]


def test_deleting_leaves_the_rest():
    assert delete_bars(["<s>", "A", "|", "|:", "2", ":|", "|1", "B", "</s>"]) == ["<s>", "A", "2", "B", "</s>"]
    assert delete_bars([]) == []


@pytest.mark.parametrize("rng_seed", range(8))
def test_jitter_keeps_both_orders_and_both_ends(rng_seed):
    moved = jitter_bars(TUNE, np.random.default_rng(rng_seed), shift_steps_max=3)
    assert delete_bars(moved) == delete_bars(TUNE)
    assert [t for t in moved if token_class(t) == "bar"] == [t for t in TUNE if token_class(t) == "bar"]
    assert moved[:3] == TUNE[:3]
    assert moved[-1] == "</s>"
    assert moved != TUNE

    def before(tokens):
        return np.array([len(delete_bars(tokens[:k])) for k, t in enumerate(tokens) if token_class(t) == "bar"])

    assert np.abs(before(moved) - before(TUNE)).max() <= 3


def test_bars_are_no_longer_periodic():
    rng = np.random.default_rng(0)
    gaps = []
    for _ in range(200):
        moved = jitter_bars(TUNE, rng, shift_steps_max=3)
        gaps += np.diff([k for k, token in enumerate(moved) if token == "|"]).tolist()
    assert np.mean(gaps) == pytest.approx(4, abs=0.2)
    assert np.std(gaps) > 1.5


def test_no_shift_is_no_change_and_a_negative_one_is_refused():
    assert jitter_bars(TUNE, np.random.default_rng(0), shift_steps_max=0) == TUNE
    with pytest.raises(Refusal, match="shift_steps_max = -1"):
        jitter_bars(TUNE, np.random.default_rng(0), shift_steps_max=-1)


def _tokens(text):
    return text.split()


def test_ends_of_notes_are_found_wherever_the_bar_tokens_are():
    tune = _tokens("<s> M:4/4 K:Cmaj |: C 2 D | (3 E F G :| |: [ A c ] 2 B | d </s>")
    ends = note_ends(tune, tune)
    assert [tune[step] for step in ends.step] == ["2", "D", "E", "F", "G", "2", "B", "d"]
    assert ends.is_bar_end.astype(int).tolist() == [0, 1, 0, 0, 1, 0, 1, 0]
    # The first bar has 3 eighths of 8, a pickup.
    assert ends.bar.tolist() == [0, 0, *[1] * 6]

    without = delete_bars(tune)
    ends = note_ends(without, tune)
    assert [without[step] for step in ends.step] == ["2", "D", "E", "F", "G", "2", "B", "d"]
    assert ends.is_bar_end.astype(int).tolist() == [0, 1, 0, 0, 1, 0, 1, 0]
    assert ends.bar.tolist() == [0, 0, 1, 1, 1, 2, 2, 3]

    # The first bar token late, between a tuplet and its note; the second one early.
    moved = _tokens("<s> M:4/4 K:Cmaj |: C 2 D (3 | E F :| |: G [ A c ] 2 B d | </s>")
    ends = note_ends(moved, tune)
    assert [moved[step] for step in ends.step] == ["2", "D", "E", "F", "G", "2", "B", "d"]
    assert ends.is_bar_end.astype(int).tolist() == [0, 1, 0, 0, 1, 0, 1, 0]
    assert ends.bar.tolist() == [0, 0, 1, 1, 1, 2, 2, 3]


def test_a_tune_without_notes_has_no_ends_and_another_tune_is_an_error():
    assert [len(each) for each in note_ends(["<s>"], ["<s>", "|"])] == [0, 0, 0]
    with pytest.raises(ValueError, match="other tokens"):
        note_ends(["<s>", "A"], ["<s>", "B"])
