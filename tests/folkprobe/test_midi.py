"""MIDI files: notes worked out by hand, and what abc2midi makes of the same tune."""

import json

import pytest
from constructed_tunes import constructed_tunes
from hypothesis import given
from hypothesis import strategies as st
from midi_notes import read_midi_notes
from mido import MidiFile
from project import ROOT

from folkprobe.music.abc import abc_tune
from folkprobe.music.bars import count_bars
from folkprobe.music.midi import played_events, write_midi
from folkprobe.refusal import Refusal


def flat(notes):
    """Notes as numbers in a row, which approx can compare."""
    return [number for note in notes for number in note]


@pytest.fixture
def play(tmp_path):
    def play(tokens):
        write_midi(tokens if isinstance(tokens, list) else tokens.split(), tmp_path / "tune.mid", title="Tune")
        return read_midi_notes(tmp_path / "tune.mid")

    return play


@pytest.mark.parametrize(
    ("tokens", "notes"),
    [
        ("M:4/4 K:Cmaj C c 2 z B, /2 c' 4 |", [(0, 1, 60), (1, 3, 72), (4, 4.5, 59), (4.5, 8.5, 84)]),
        ("C > D E < F", [(0, 1.5, 60), (1.5, 2, 62), (2, 2.5, 64), (2.5, 4, 65)]),
        ("(3 C 2 D 2 E 2 F", [(0, 4 / 3, 60), (4 / 3, 8 / 3, 62), (8 / 3, 4, 64), (4, 5, 65)]),
        ("[ E C c ] 2 D", [(0, 2, 60), (0, 2, 64), (0, 2, 72), (2, 3, 62)]),
        ("[ C C ] 2", [(0, 2, 60)]),
        # The same note again: it ends before it begins.
        ("C C", [(0, 1, 60), (1, 2, 60)]),
        ("", []),
        ("| |", []),
        ("foo C ] 2 bar D", [(0, 2, 60), (2, 3, 62)]),
    ],
)
def test_notes_are_as_worked_out(play, tokens, notes):
    assert flat(play(tokens)) == pytest.approx(flat(notes))


@pytest.mark.parametrize(
    ("tokens", "letters"),
    [
        ("|: C 8 | D 8 :| E 8 |", "CDCDE"),
        ("|: C 8 |1 D 8 :| |2 E 8 | F 8 |", "CDCEF"),
        ("|: C 8 |1 D 8 :| |2 E 8 :| F 8 |", "CDCEF"),
        ("C 8 :| |: D 8 |1 E 8 | F 8 :| |2 G 8 | A 8 |", "CCDEFDGA"),
        ("C | D 8 | E 7 :| F 8 |", "CDECDEF"),
    ],
)
def test_repeats_and_endings_are_unfolded(play, tokens, letters):
    numbers = {"C": 60, "D": 62, "E": 64, "F": 65, "G": 67, "A": 69}
    assert [note.number for note in play(tokens)] == [numbers[letter] for letter in letters]


def test_the_file_says_metre_key_tempo_and_name_and_repeats_to_the_byte(tmp_path):
    tokens = ["M:6/8", "K:Cdor", "C", "6", "|", "K:Cmin", "M:4/4", "D", "8", "|"]
    for name in ("first.mid", "second.mid"):
        write_midi(tokens, tmp_path / name, title="Tune 7 ✓")
    assert (tmp_path / "first.mid").read_bytes() == (tmp_path / "second.mid").read_bytes()
    midi = MidiFile(tmp_path / "first.mid")
    assert midi.type == 0
    said, tick = [], 0
    for message in midi.tracks[0]:
        tick += message.time
        if message.is_meta:
            said.append((message.type, tick / midi.ticks_per_beat, message))
    assert [(kind, quarters) for kind, quarters, _ in said] == [
        ("track_name", 0),
        ("set_tempo", 0),
        ("time_signature", 0),
        ("key_signature", 0),
        ("time_signature", 3),
        ("key_signature", 3),
        ("end_of_track", 7),
    ]
    assert said[0][2].name == "Tune 7 ?"
    assert said[1][2].tempo == 500_000
    assert [(said[i][2].numerator, said[i][2].denominator) for i in (2, 4)] == [(6, 8), (4, 4)]
    # C dorian has the two flats of B flat major.
    assert [said[i][2].key for i in (3, 5)] == ["Bb", "Cm"]


@pytest.mark.parametrize("tokens", ["M:5/6 C", "M:300/4 C", "K:G#loc C", "K:F#lyd C"])
def test_what_the_format_cannot_say_is_left_unsaid(play, tokens):
    assert len(play(tokens)) == 1


def test_a_note_too_long_for_the_format_is_refused(tmp_path):
    with pytest.raises(Refusal, match="Tune: a note or rest of 999999 eighths is too long for MIDI"):
        write_midi(["C", "999999"], tmp_path / "tune.mid", title="Tune")
    assert list(tmp_path.iterdir()) == []


V2_TOKENS = json.loads((ROOT / "resources/vocabulary_v2.json").read_text(encoding="utf-8"))
any_token = st.sampled_from([*V2_TOKENS, "foo"])


@given(st.lists(any_token))
def test_what_is_played_lasts_as_long_as_the_bars_that_are_played(tokens):
    count = count_bars(tokens)
    events = list(played_events(tokens))
    assert sum(event.duration_eighths for event in events) == sum(count.bars[bar].duration for bar in count.play_order)


def other_notes(abc2midi, play, tunes):
    """Tunes of which abc2midi plays other notes, or at other times."""
    different = []
    for tokens in tunes:
        _, theirs = abc2midi(abc_tune(tokens, reference_number=1, title="Tune"))
        # Its notes begin and end up to a few ticks of 240 an eighth early or late.
        if flat(play(tokens)) != pytest.approx(flat(theirs), abs=0.15):
            different.append(" ".join(tokens))
    return different


def test_abc2midi_plays_the_same_notes_at_the_same_times(abc2midi, plain_tunes, play):
    assert other_notes(abc2midi, play, plain_tunes[::8]) == []


@pytest.mark.full
def test_abc2midi_plays_the_same_notes_of_all_tunes(abc2midi, plain_tunes, play):
    assert other_notes(abc2midi, play, plain_tunes) == []


def test_abc2midi_plays_constructed_tunes_in_the_same_order(abc2midi, play):
    tunes = constructed_tunes(150, rng_seed=4)
    assert other_notes(abc2midi, play, tunes) == []


@pytest.mark.parametrize(
    "music",
    [
        "C 8 | D 8 :| E 8 | F 8 :|",
        "C 8 |: D 8 | E 8 :|",
        "|: C 8 |1 D 8 :| |2 E 8 :| F 8 |",
        "C 8 |1 D 8 | E 8 :| |2 F 8 :| G 8 | A 8 |",
        "C 8 |1 D 8 :| |2 E 8 | F 8 | G 8 :| A 8 |",
        "|: C 8 |1 D 8 | E 8 :| |2 F 8 | G 8 | A 8 |1 B 8 :| |2 c 8 |",
        # It forgets lengths inside a chord where there is one behind it.
        "A 2> B 2 c < d e f | (3 A B c (5 A B c d e [ C E ] 3 z |",
        "(6 A B c d e f (4 A B c d E /2 F /2 E 3 /2 F /2 |",
        "^c C c' =c C _e [ ^C E ] c | c e E _B b B, =b b |",
    ],
)
@pytest.mark.parametrize("key", ["Cmaj", "Cmin", "Cdor", "Cmix"])
def test_abc2midi_unfolds_and_reads_accidentals_alike(abc2midi, play, music, key):
    tokens = f"M:4/4 K:{key} {music}".split()
    _, theirs = abc2midi(abc_tune(tokens, reference_number=1, title="Tune"))
    assert flat(play(tokens)) == pytest.approx(flat(theirs), abs=0.15)
