"""Durations of events, worked out by hand: tokens, how long each event lasts, and which tokens are flagged."""

from fractions import Fraction

import pytest

from folkprobe.music.durations import (
    CUT_TUPLET,
    IDLE_BROKEN_RHYTHM,
    LOOSE_BRACKET,
    LOOSE_DURATION,
    NOT_IN_A_CHORD,
    UNKNOWN_TOKEN,
    bar_eighths,
    format_eighths,
    read_stretches,
)

NO_FLAGS: dict[int, str] = {}

# Tokens, expected durations, flags by token index, reason.
SINGLE_EVENTS = [
    ("C", "1", NO_FLAGS, "a note lasts 1"),
    ("z", "1", NO_FLAGS, "a rest lasts 1"),
    ("[ C E ]", "1", NO_FLAGS, "a chord lasts 1"),
    ("^F, =c' _B c' C, ^c", "1 1 1 1 1 1", NO_FLAGS, "accidentals and octaves change no length"),
    ("C 3", "3", NO_FLAGS, "N"),
    ("C 16", "16", NO_FLAGS, "N of two digits"),
    ("C /2", "1/2", NO_FLAGS, "/M"),
    ("C /3 D /4 E /8", "1/3 1/4 1/8", NO_FLAGS, "/M, exactly"),
    ("C 3/2 D 3/4 E 5/2 F 7/2", "3/2 3/4 5/2 7/2", NO_FLAGS, "N/M"),
    ("z 2", "2", NO_FLAGS, "a rest has a length as a note has"),
    ("E 3 /2", "3/2", NO_FLAGS, "N then /M is N/M"),
    ("E 4 /3", "4/3", NO_FLAGS, "N then /3"),
    ("E 2 3", "2", {2: LOOSE_DURATION}, "N then N: the second is ignored"),
    ("E /2 /2", "1/2", {2: LOOSE_DURATION}, "/M then /M: the second is ignored"),
    ("E /2 3", "1/2", {2: LOOSE_DURATION}, "/M then N: only the other order is read"),
    ("E 3/2 /2", "3/2", {2: LOOSE_DURATION}, "N/M then /M: N/M is no N"),
    ("E 2 3/2", "2", {2: LOOSE_DURATION}, "N then N/M: N/M is no /M"),
    ("E 3 /2 /2", "3/2", {3: LOOSE_DURATION}, "a third one is ignored"),
    ("E 3 5 /2", "3/2", {2: LOOSE_DURATION}, "the ignored 5 is as if it were not there: 3 /2"),
    ("2 C", "1", {0: LOOSE_DURATION}, "no event before it"),
    ("C | 2 D", "1 | 1", {2: LOOSE_DURATION}, "an event before a bar token does not count"),
    ("C (3 2 D E F", "1 2/3 2/3 2/3", {2: LOOSE_DURATION}, "a tuplet mark lies between"),
    ("C M:3/4 2", "1", {2: LOOSE_DURATION}, "a metre lies between"),
    ("C K:Cmin 2", "1", {2: LOOSE_DURATION}, "a key lies between"),
    ("C > 2 D", "3/2 1/2", {2: LOOSE_DURATION}, "a marker lies between"),
    ("C foo 2", "2", {1: UNKNOWN_TOKEN}, "an unknown token is as if it were not there"),
    ("C <s> 2", "2", NO_FLAGS, "<s> is skipped"),
    ("C </s> 2", "2", NO_FLAGS, "</s> is skipped"),
    ("C foo 2 bar 3", "2", {1: UNKNOWN_TOKEN, 3: UNKNOWN_TOKEN, 4: LOOSE_DURATION}, "flags come in order"),
    ("H x y C,, d'' ^^F 0 C2 A> M:4 (1 (x >> |3 ||", "", dict.fromkeys(range(15), UNKNOWN_TOKEN), "no tokens"),
    ("1" * 33, "", {0: UNKNOWN_TOKEN}, "no token is as long"),
    ("C " + "1" * 5000, "1", {1: UNKNOWN_TOKEN}, "more digits than int() reads"),
]

CHORDS = [
    ("[ C E ] 3", "3", NO_FLAGS, "the length behind the bracket"),
    ("[ C 2 E 2 ]", "2", NO_FLAGS, "the length of the members"),
    ("[ C 2 E ]", "2", NO_FLAGS, "the first member's length counts"),
    ("[ C E 5 ]", "1", NO_FLAGS, "another member's does not"),
    ("[ C 2 E 3 ] 3", "6", NO_FLAGS, "the first member's times the one behind the bracket"),
    ("[ C 3 /2 E ] 2 /3", "1", NO_FLAGS, "N then /M inside and behind: 3/2 x 2/3"),
    ("[ C 3 3 E ]", "3", {3: LOOSE_DURATION}, "a second length inside is ignored"),
    ("[ C E ] 3 3", "3", {5: LOOSE_DURATION}, "a second length behind is ignored"),
    ("D [ 2 C E ]", "1 1", {2: LOOSE_DURATION}, "a length before the first member has no event"),
    ("[ z 2 E ]", "2", NO_FLAGS, "a rest may be the first member"),
    ("[ C ] 2", "2", NO_FLAGS, "a chord of one"),
    ("[ C (3 E ] D", "1 1", {2: NOT_IN_A_CHORD}, "a tuplet mark inside is ignored"),
    ("[ C > E ] D", "1 1", {2: NOT_IN_A_CHORD}, "a marker inside is ignored"),
    ("[ C 2> E ] D", "2 1", {2: NOT_IN_A_CHORD}, "its length is read all the same"),
    ("[ C M:3/4 E ]", "1", {2: NOT_IN_A_CHORD}, "a metre inside is ignored"),
    ("[ C K:Cmin E ]", "1", {2: NOT_IN_A_CHORD}, "a key inside is ignored"),
    ("[ C foo 2 E ]", "2", {2: UNKNOWN_TOKEN}, "an unknown token inside is as if it were not there"),
    ("[ C <s> 2 E ]", "2", NO_FLAGS, "<s> is skipped inside, too"),
    ("[ C E G", "1 1 1", {0: LOOSE_BRACKET}, "never closed: three notes, as without the bracket"),
    ("C ] 2", "2", {1: LOOSE_BRACKET}, "never opened: C 2, as without the bracket"),
    ("[ C | E ]", "1 | 1", {0: LOOSE_BRACKET, 4: LOOSE_BRACKET}, "a bar token parts the brackets"),
    ("[ C [ D E ]", "1 1", {0: LOOSE_BRACKET}, "a bracket pairs with the next one only"),
    ("[ C E ] ] 2", "2", {4: LOOSE_BRACKET}, "closed twice"),
    ("C [ ] 2", "2", {1: LOOSE_BRACKET, 2: LOOSE_BRACKET}, "empty: as without both"),
    ("C [ 2 ]", "2", {1: LOOSE_BRACKET, 3: LOOSE_BRACKET}, "without a pitch it is empty"),
]

BROKEN_RHYTHM = [
    ("A > B", "3/2 1/2", NO_FLAGS, ">"),
    ("A < B", "1/2 3/2", NO_FLAGS, "<"),
    ("A 2> B 2", "3 1", NO_FLAGS, "2> is a length, then the marker"),
    ("A 2< B 2", "1 3", NO_FLAGS, "2<"),
    ("A /2> B /2", "3/4 1/4", NO_FLAGS, "/2>"),
    ("A /2< B /2", "1/4 3/4", NO_FLAGS, "/2<"),
    ("A 4> B 4", "6 2", NO_FLAGS, "4>"),
    ("A 3 > B 3", "9/2 3/2", NO_FLAGS, "a length and a marker in two tokens"),
    ("A 3 /2> B 3/2", "9/4 3/4", NO_FLAGS, "N then a fused /M"),
    ("A 2 2> B 2", "3 1", {2: LOOSE_DURATION}, "the second length is ignored, the marker is not"),
    ("A > B 2", "1 2", {1: IDLE_BROKEN_RHYTHM}, "unequal neighbours"),
    ("A 2> B", "2 1", {1: IDLE_BROKEN_RHYTHM}, "unequal neighbours, fused"),
    ("A > | B", "1 | 1", {1: IDLE_BROKEN_RHYTHM}, "not the same bar"),
    ("A | > B", "1 | 1", {2: IDLE_BROKEN_RHYTHM}, "no left neighbour in the bar"),
    ("A >", "1", {1: IDLE_BROKEN_RHYTHM}, "no right neighbour"),
    ("> A", "1", {0: IDLE_BROKEN_RHYTHM}, "no left neighbour"),
    ("[ A c ] > z", "3/2 1/2", NO_FLAGS, "chords and rests are neighbours"),
    ("A K:Cmin > B", "3/2 1/2", NO_FLAGS, "a key between two neighbours leaves them neighbours"),
    ("A > B > c", "3/2 1/2 1", {3: IDLE_BROKEN_RHYTHM}, "B is used up"),
    ("A > B > c /2", "3/2 1/2 1/2", {3: IDLE_BROKEN_RHYTHM}, "B is used up, though B and c are equal by now"),
    ("A 2 > B > c", "2 3/2 1/2", {2: IDLE_BROKEN_RHYTHM}, "an idle marker uses nothing up"),
    ("A > > B", "3/2 1/2", {2: IDLE_BROKEN_RHYTHM}, "a second marker at one place is idle"),
    ("A > B c < d", "3/2 1/2 1/2 3/2", NO_FLAGS, "two pairs"),
    ("(3 A > B c", "1 1/3 2/3", NO_FLAGS, "both inside a tuplet"),
    ("(3 A B c > d", "2/3 2/3 2/3 1", {4: IDLE_BROKEN_RHYTHM}, "2/3 and 1 are unequal: lengths are as they sound"),
]

TUPLETS = [
    ("(2 C D E", "3/2 3/2 1", NO_FLAGS, "2:3"),
    ("(3 C D E F", "2/3 2/3 2/3 1", NO_FLAGS, "3:2"),
    ("(4 C D E F G", "3/4 3/4 3/4 3/4 1", NO_FLAGS, "4:3"),
    ("(6 C C C C C C C", "1/3 1/3 1/3 1/3 1/3 1/3 1", NO_FLAGS, "6:2"),
    ("(8 C C C C C C C C C", "3/8 3/8 3/8 3/8 3/8 3/8 3/8 3/8 1", NO_FLAGS, "8:3"),
    ("(5 C C C C C C", "2/5 2/5 2/5 2/5 2/5 1", NO_FLAGS, "5:2 without a metre"),
    ("M:4/4 (5 C C C C C C", "2/5 2/5 2/5 2/5 2/5 1", NO_FLAGS, "5:2 in 4/4"),
    ("M:3/4 (7 C C C C C C C", " ".join(["2/7"] * 7), NO_FLAGS, "7:2 in 3/4"),
    ("M:6/8 (5 C C C C C C", "3/5 3/5 3/5 3/5 3/5 1", NO_FLAGS, "5:3 in 6/8"),
    ("M:9/8 (7 C C C C C C C", " ".join(["3/7"] * 7), NO_FLAGS, "7:3 in 9/8"),
    ("M:12/8 (9 C C C C C C C C C", " ".join(["1/3"] * 9), NO_FLAGS, "9:3 in 12/8"),
    ("M:2/4 (9 C C C C C C C C C", " ".join(["2/9"] * 9), NO_FLAGS, "9:2 in 2/4"),
    ("M:6/8 (6 C C C C C C", " ".join(["1/3"] * 6), NO_FLAGS, "6:2 in any metre"),
    ("M:4/4 C | M:6/8 (5 C C C C C", "1 | 3/5 3/5 3/5 3/5 3/5", NO_FLAGS, "the metre in force counts"),
    ("(3 C 2 D E /2", "4/3 2/3 1/3", NO_FLAGS, "lengths are scaled"),
    ("(3 [ C E ] 2 z F", "4/3 2/3 2/3", NO_FLAGS, "events are notes, rests and chords"),
    ("(3 C D | E", "2/3 2/3 | 1", {0: CUT_TUPLET}, "a bar token ends it"),
    ("(3 C D", "2/3 2/3", {0: CUT_TUPLET}, "the end of the tune does, too"),
    ("(3 C (3 D E F G", "2/3 2/3 2/3 2/3 1", {0: CUT_TUPLET}, "a new one replaces it"),
    ("(2 (3 C D E F", "2/3 2/3 2/3 1", {0: CUT_TUPLET}, "one without an event"),
    ("(3 C D E (2 F G", "2/3 2/3 2/3 3/2 3/2", NO_FLAGS, "a full one is not replaced"),
    ("C (3", "1", {1: CUT_TUPLET}, "nothing follows"),
    ("(3 C foo D E F", "2/3 2/3 2/3 1", {2: UNKNOWN_TOKEN}, "an unknown token is no event"),
]

CASES = SINGLE_EVENTS + CHORDS + BROKEN_RHYTHM + TUPLETS


IDS = [f"{tokens[:40]}: {reason}" for tokens, _, _, reason in CASES]


@pytest.mark.parametrize(("tokens", "durations", "flags", "reason"), CASES, ids=IDS)
def test_events_last_as_worked_out(tokens, durations, flags, reason):
    stretches = read_stretches(tokens.split())
    counted = [[event.duration_eighths for event in stretch.events] for stretch in stretches]
    assert counted == [[Fraction(text) for text in bar.split()] for bar in durations.split("|")], reason
    assert [flag for stretch in stretches for flag in stretch.flags] == list(flags.items()), reason


@pytest.mark.parametrize(
    ("meter", "eighths"),
    [
        ("M:4/4", 8),
        ("M:2/4", 4),
        ("M:3/4", 6),
        ("M:6/8", 6),
        ("M:9/8", 9),
        ("M:12/8", 12),
        ("M:3/2", 12),
        ("M:7/16", Fraction(7, 2)),
        ("M:1/3", Fraction(8, 3)),
    ],
)
def test_bar_of_n_over_d_holds_8_n_over_d_eighths(meter, eighths):
    assert bar_eighths(meter) == eighths


@pytest.mark.parametrize(
    ("tokens", "meters"),
    [
        ("M:4/4 C | D | M:3/4 E |", ["M:4/4", "M:4/4", "M:3/4", "M:3/4"]),
        ("C M:4/4 D | E", [None, "M:4/4"]),
        ("M:4/4 M:3/4 C", ["M:3/4"]),
        ("M:4/4 C M:3/4 D | E", ["M:4/4", "M:3/4"]),
        ("M:4/4 | M:3/4 |", ["M:4/4", "M:3/4", "M:3/4"]),
        ("", [None]),
    ],
)
def test_metre_in_force_at_the_first_event_counts(tokens, meters):
    assert [stretch.meter for stretch in read_stretches(tokens.split())] == meters


def test_stretches_lie_between_the_bar_tokens():
    stretches = read_stretches(["<s>", "M:4/4", "C", "|", "D", "2", ":|", "|:", "E", "|1", "F", "|2"])
    assert [(s.start, s.end, s.bar_token) for s in stretches] == [
        (0, 3, "|"),
        (4, 6, ":|"),
        (7, 7, "|:"),
        (8, 9, "|1"),
        (10, 11, "|2"),
        (12, 12, None),
    ]


def test_events_and_tuplets_say_where_they_stand():
    (stretch,) = read_stretches(["C", "2", "(3", "[", "C", "2", "E", "]", "z", "G", "(2", "A"])
    assert [(event.token_index, event.pitches) for event in stretch.events] == [
        (0, ("C",)),
        (3, ("C", "E")),
        (8, ("z",)),
        (9, ("G",)),
        (11, ("A",)),
    ]
    assert stretch.tuplets == [(2, 3, 2, 1, 3), (10, 2, 3, 4, 1)]


@pytest.mark.parametrize(
    ("length", "text"), [(8, "8"), ("81/2", "40.5"), ("25/3", "8.33"), ("321/2", "160.5"), (100, "100")]
)
def test_a_length_is_written_with_decimals(length, text):
    assert format_eighths(Fraction(length)) == text
