"""MEI of tunes: structure worked out by hand, and lengths added up from the note values that are drawn."""

from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkprobe.music.bars import OK_VERDICTS, count_bars
from folkprobe.music.durations import format_eighths
from folkprobe.music.score import WRONG_COLOUR, mei_score
from folkprobe.refusal import Refusal


def local(element):
    return element.tag.split("}")[-1]


def score(tokens):
    return ElementTree.fromstring(mei_score(tokens if isinstance(tokens, list) else tokens.split()))


def measures(tokens):
    return [element for element in score(tokens).iter() if local(element) == "measure"]


def written(element):
    """Music of an element in short: value, dots, pitch, accidental, ~ for a tie onwards; (tuplet) {beam} <chord>."""
    name, music = local(element), " ".join(written(child) for child in element)
    value = {"long": "L", "breve": "B"}.get(element.get("dur"), element.get("dur", ""))
    value += "." * int(element.get("dots", 0))
    if name == "note":
        accidental = "".join(child.get("accid") for child in element)
        tie = "~" if element.get("tie") in ("i", "m") else ""
        return f"{value}{element.get('pname')}{element.get('oct')}{accidental}{tie}"
    if name == "tuplet":
        return f"({element.get('num')}:{element.get('numbase')} {music})"
    shapes = {"rest": f"{value}r", "mSpace": "-", "chord": f"{value}<{music}>", "beam": f"{{{music}}}"}
    return shapes.get(name, music)


def music_of(measure):
    return written(next(element for element in measure if local(element) == "staff"))


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ("M:4/4 C 2 D E /2 F /2 G 4", "4c4 {8d4 16e4 16f4} 2g4"),
        ("M:4/4 C D E F G A B c", "{8c4 8d4} {8e4 8f4} {8g4 8a4} {8b4 8c5}"),
        ("M:6/8 C D E F G A", "{8c4 8d4 8e4} {8f4 8g4 8a4}"),
        # A note alone on its beat has a flag.
        ("M:4/4 C D 2 E 3 F 2", "8c4 4d4 4.e4 4f4"),
        ("M:4/4 C > D E 3 z 3", "{8.c4 16d4} 4.e4 4.r"),
        ("M:4/4 C 5 D 3", "2c4~ 8c4 4.d4"),
        ("M:4/4 C 7 z", "2.c4~ 8c4 8r"),
        ("M:4/4 z 5 C 3", "2r 8r 4.c4"),
        ("M:4/4 C 16", "Bc4"),
        ("M:4/4 (3 C D E F 6", "(3:2 {8c4 8d4 8e4}) 2.f4"),
        ("M:4/4 (3 C 2 D E F 5", "(3:2 4c4 {8d4 8e4}) 2f4~ 8f4"),
        ("M:4/4 (3 C > D E F 6", "(3:2 {8.c4 16d4 8e4}) 2.f4"),
        ("M:6/8 (2 C D F 3", "(2:3 {8c4 8d4}) 4.f4"),
        ("M:4/4 C /3 D /3 E /3 F 7", "(3:2 16c4) (3:2 16d4) (3:2 16e4) 2.f4~ 8f4"),
        ("M:4/4 [ C E ] 5 [ C z G ] 3", "2<c4~ e4~> 8<c4 e4> 4.<c4 g4>"),
        ("M:4/4 foo C 8 ]", "1c4"),
    ],
)
def test_music_of_a_bar(tokens, expected):
    assert music_of(measures(f"{tokens} |")[0]) == expected


@pytest.mark.parametrize(
    ("tokens", "accidentals"),
    [
        ("^C C ^C =C", ["s", "", "s", "n"]),
        # The accidental holds in all octaves, which a reader of a staff would not know.
        ("^C c c C,", ["s", "s", "", "s"]),
        ("K:Cmin E _E =E e", ["", "f", "n", "n"]),
        ("^C | C", ["s", ""]),
        # The second half of a tied note needs none.
        ("^C 5 C", ["s", "", ""]),
        # A signature of eight sharps is not drawn.
        ("K:G#maj F G f", ["x", "s", "x"]),
    ],
)
def test_accidentals_are_drawn_where_a_reader_needs_them(tokens, accidentals):
    notes = [note for measure in measures(f"M:4/4 {tokens}") for note in measure.iter() if local(note) == "note"]
    assert [next((child.get("accid") for child in note), "") for note in notes] == accidentals


def bars_of(drawn):
    """Put the measures of one bar together: the first of them has a number."""
    bars = []
    for measure in drawn:
        if measure.get("n"):
            bars.append([])
        bars[-1].append(measure)
    return bars


def test_a_bar_too_long_for_a_line_is_several_measures_without_a_line_between_them():
    drawn = measures("M:4/4 |: " + "C " * 11 + "(3 ^F A B c " + "F " * 8 + ":|")
    assert [len([e for e in measure.iter() if local(e) == "note"]) for measure in drawn] == [15, 8]
    assert [(m.get("n"), m.get("left"), m.get("right")) for m in drawn] == [
        ("1", "rptstart", "invis"),
        (None, None, "rptend"),
    ]
    assert [[e[0].text for e in measure if local(e) == "dir"] for measure in drawn] == [["22 of 8"], []]
    # The sharp holds in the second part, too.
    assert [child.get("accid") for measure in drawn for child in measure.iter() if local(child) == "accid"] == ["s"]
    assert len(measures("M:4/4 " + "C " * 15 + "|")) == 1
    # Off the beat throughout; a tuplet stays in one piece.
    off = measures("M:4/4 C /2 " + "C " * 22 + "(3 A B c " + "C " * 8 + "|")
    assert [len([e for e in measure.iter() if local(e) == "note"]) for measure in off] == [26, 8]


def lines(tokens):
    return [(m.get("left"), m.get("right")) for m in measures(f"M:4/4 {tokens}")]


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ("C 8 | D 8 |", [(None, "single"), (None, "end")]),
        ("|: C 8 | D 8 :|", [("rptstart", "single"), (None, "rptend")]),
        ("C 8 :| |: D 8 :|", [(None, "rptend"), ("rptstart", "rptend")]),
        # As it is played, whatever the tokens are.
        ("C 8 :| D 8 :|", [(None, "rptend"), (None, "rptend")]),
        (
            "C 8 |1 D 8 :| |2 E 8 | F 8 :|",
            [(None, "single"), (None, "rptend"), (None, "single"), ("rptstart", "rptend")],
        ),
        ("|: C 8 |1 D 8 |2 E 8 |", [("rptstart", "single"), (None, "rptend"), (None, "end")]),
        (
            "|: C 8 |1 D 8 :| |2 E 8 :| F 8 |",
            [("rptstart", "single"), (None, "rptend"), (None, "single"), (None, "end")],
        ),
        ("C 8 |: D 8 | E 8 |", [(None, "single"), (None, "single"), (None, "end")]),
        ("|: C 8 |1 D 8 | E 8 |", [(None, "single"), (None, "single"), (None, "end")]),
        ("C 8 | D 8", [(None, "single"), (None, "invis")]),
        ("C 8 | | D 8 |:", [(None, "single"), (None, "single"), (None, "end")]),
    ],
)
def test_bar_lines(tokens, expected):
    assert lines(tokens) == expected


def test_endings_hold_the_bars_that_are_played_in_them():
    root = score("M:4/4 C 8 |1 D 8 | E 8 :| |2 F 8 | G 8 | A 8 |")
    endings = [element for element in root.iter() if local(element) == "ending"]
    assert [(each.get("n"), [music_of(measure) for measure in each]) for each in endings] == [
        ("1", ["1d4", "1e4"]),
        ("2", ["1f4", "1g4"]),
    ]


def order_in_the_picture(root):
    """The measures as a reader plays them, who knows repeat signs and brackets and no tokens."""
    bars, ending_of = [], {}
    for element in next(each for each in root.iter() if local(each) == "section"):
        for measure in [element] if local(element) == "measure" else element:
            if local(measure) == "measure":
                if local(element) == "ending":
                    ending_of[len(bars)] = element.get("n")
                bars.append(measure)
    order, start, place, is_second_time = [], 0, 0, False
    while place < len(bars):
        if bars[place].get("left") == "rptstart" and start != place:
            start, is_second_time = place, False
        if is_second_time and ending_of.get(place) == "1":
            while ending_of.get(place) == "1":
                place += 1
            is_second_time = ending_of.get(place) == "2"
            continue
        order.append(place)
        if bars[place].get("right") == "rptend" and not is_second_time:
            place, is_second_time = start, True
        else:
            place += 1
            if bars[place - 1].get("right") == "rptend":
                start, is_second_time = place, False
    # A bar too long for a line is several measures, of which the first has a number.
    return [bars[place].get("n") for place in order if bars[place].get("n")]


def order_in_sound(tokens):
    count = count_bars(tokens)
    first = 0 if count.bars[0].verdict == "pickup" else 1
    return [str(first + bar) for bar in count.play_order]


@pytest.mark.parametrize(
    "music",
    [
        "|: A | B :| C |",
        "A |1 B |2 C |",
        "|: A |1 B :| |2 C :| D |",
        "A :| B | C :|",
        "|: A | B |: C :|",
        "A |1 B | C |",
    ],
)
def test_the_reader_of_pictures_plays_what_sounds(music):
    tokens = f"M:1/8 {music}".split()
    assert order_in_the_picture(score(tokens)) == order_in_sound(tokens)


def test_picture_and_sound_of_tunes_that_people_wrote_agree(session_tunes):
    assert [t for t in session_tunes if order_in_the_picture(score(t)) != order_in_sound(t)] == []


@pytest.mark.parametrize(
    ("tokens", "sounding"),
    [
        ("K:Cmaj ^F F f G", ["", "s", "", None]),
        # The signature's flats, a natural against them that holds on, and the next bar.
        ("K:Cmin E =E E B", ["f", "", "n", "f"]),
        ("K:Cmaj ^F 5 F 3", ["", "s", "s"]),
        ("K:Cmaj _B | B", ["", None]),
    ],
)
def test_notes_without_a_drawn_accidental_say_how_they_sound(tokens, sounding):
    notes = [note for measure in measures(f"M:4/4 {tokens}") for note in measure.iter() if local(note) == "note"]
    assert ["" if len(note) else note.get("accid.ges") for note in notes] == sounding


def test_key_and_metre_are_said_where_they_are_new():
    root = score("M:4/4 K:Cdor C 8 | K:Cmaj D 8 | M:6/8 E 6 | F 6 |")
    definitions = [element.attrib for element in root.iter() if local(element) == "scoreDef"]
    assert definitions == [
        {"keysig": "2f", "meter.count": "4", "meter.unit": "4"},
        {"keysig": "0"},
        {"meter.count": "6", "meter.unit": "8"},
    ]


def test_bars_count_from_the_first_full_one():
    assert [m.get("n") for m in measures("M:4/4 G | C 8 | C 8 |")] == ["0", "1", "2"]
    assert [m.get("n") for m in measures("M:4/4 C 8 | C 8 |")] == ["1", "2"]


def test_a_wrong_bar_is_coloured_and_says_its_length():
    good, wrong = measures("M:4/4 (3 C D E F 6 | z [ C E ] (5 A B c d e")
    assert not [element for element in good.iter() if element.get("color")]
    assert next(element for element in wrong if local(element) == "dir")[0].text == "4 of 8"
    # The notes of a chord have the chord's colour.
    drawn = [e for e in wrong.iter() if e.get("dur") or local(e) in ("beam", "tuplet", "rend")]
    assert len(drawn) == 10
    assert {element.get("color") for element in drawn} == {WRONG_COLOUR}


@pytest.mark.parametrize(
    ("tokens", "sentence"),
    [
        ("", "no bars"),
        ("M:4/4 | |:", "no bars"),
        ("C 99999", "99999 eighths cannot be shown"),
        ("C /4096", "1/4096 eighths cannot be shown"),
    ],
)
def test_what_cannot_be_drawn_is_refused(tokens, sentence):
    with pytest.raises(Refusal, match=sentence):
        mei_score(tokens.split())


VALUES = {"long": Fraction(32), "breve": Fraction(16)} | {str(2**k): Fraction(8, 2**k) for k in range(9)}


def drawn_eighths(element, ratio=Fraction(1)):
    """Length of what is drawn: each value with its dots, inside its tuplets; ties add up by themselves."""
    if local(element) == "tuplet":
        ratio *= Fraction(int(element.get("numbase")), int(element.get("num")))
    if element.get("dur"):
        dots = int(element.get("dots", 0))
        return ratio * VALUES[element.get("dur")] * (2 - Fraction(1, 2**dots))
    return sum((drawn_eighths(child, ratio) for child in element), Fraction(0))


DRAWN_TOKENS = "A B, ^c z [ ] > < 2 3 5 7 /2 3/2 /3 2> (3 (5 (7 | :| |: |1 |2 M:4/4 M:6/8 K:Cmin foo"
any_token = st.sampled_from(DRAWN_TOKENS.split())


@given(st.lists(any_token, max_size=60))
def test_what_is_drawn_lasts_as_long_as_the_bar(tokens):
    count = count_bars(tokens)
    if not count.bars:
        return
    drawn = bars_of(measures(tokens))
    assert [sum(map(drawn_eighths, parts)) for parts in drawn] == [bar.duration for bar in count.bars]
    labels = [[e[0].text for measure in parts for e in measure if local(e) == "dir"] for parts in drawn]
    assert labels == [
        []
        if bar.verdict in OK_VERDICTS | {"unmeasured"}
        else [f"{format_eighths(bar.duration)} of {format_eighths(bar.expected)}"]
        for bar in count.bars
    ]


def test_tunes_that_people_wrote_can_be_drawn(session_tunes):
    for tokens in session_tunes[::4]:
        assert len(bars_of(measures(tokens))) == len(count_bars(tokens).bars)
