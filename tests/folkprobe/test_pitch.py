"""Pitches and key signatures, worked out by hand."""

import pytest

from folkprobe.music.durations import read_stretches
from folkprobe.music.keys import fifths_of_key_token
from folkprobe.music.pitch import read_notes


def numbers(tokens):
    tokens = tokens.split()
    pitched = read_notes(tokens, read_stretches(tokens))
    return [[note.midi_number for note in notes] for each in pitched for notes in each.notes]


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ("C D E F G A B", [60, 62, 64, 65, 67, 69, 71]),
        ("C, B, c b c' b'", [48, 59, 72, 83, 84, 95]),
        ("K:Cmin C D E F G A B", [60, 62, 63, 65, 67, 68, 70]),
        ("K:Cdor C D E F G A B", [60, 62, 63, 65, 67, 69, 70]),
        ("K:Cmix C D E F G A B", [60, 62, 64, 65, 67, 69, 70]),
        ("K:Gmaj F", [66]),
        ("K:Cmin =E ^F _D", [64, 66, 61]),
        # To the end of the bar, in all octaves; not beyond.
        ("^C C c C, | C", [61, 61, 73, 49, 60]),
        ("^C =C C", [61, 60, 60]),
        ("K:Cmin =E e | |: E", [64, 76, 63]),
        ("[ ^C E ] C", [61, 64, 61]),
        # A key holds from where it stands; the bar's accidentals stay.
        ("B K:Cmin B | B", [71, 70, 70]),
        ("=B K:Cmin B | B K:Cmaj | B", [71, 71, 70, 71]),
        # In a chord it is ignored.
        ("[ B K:Cmin E ] B", [71, 64, 71]),
    ],
)
def test_pitches_sound_as_worked_out(tokens, expected):
    assert [number for event in numbers(tokens) for number in event] == expected


def test_a_rest_has_no_note_and_a_chord_all():
    assert numbers("z [ C E G ] [ z C ]") == [[], [60, 64, 67], [60]]


@pytest.mark.parametrize(
    ("token", "fifths"),
    [("K:Cmaj", 0), ("K:Cmin", -3), ("K:Cdor", -2), ("K:Cmix", -1), ("K:F#maj", 6), ("K:Bblyd", -1), (None, 0)],
)
def test_fifths_of_key_tokens(token, fifths):
    assert fifths_of_key_token(token) == fifths


def test_the_key_of_a_stretch_is_the_one_at_its_first_event():
    tokens = ["K:Cmin", "C", "K:Cmaj", "|", "D", "|", "K:Cdor"]
    assert [each.key for each in read_notes(tokens, read_stretches(tokens))] == ["K:Cmin", "K:Cmaj", "K:Cdor"]
