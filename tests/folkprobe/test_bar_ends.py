"""The ends of notes and bars in tunes whose bar tokens were deleted or moved."""

import pytest

from folkprobe.music.bar_ends import note_ends
from folkprobe.music.manipulation import delete_bars


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
