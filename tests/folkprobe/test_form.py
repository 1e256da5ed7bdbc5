"""Forms of tunes, worked out by hand."""

from fractions import Fraction

import pytest

from folkprobe.music.bars import count_bars
from folkprobe.music.form import describe_form, describe_tune

REEL = " | ".join(["C 8"] * 8)
FAULTY = "<s> M:4/4 K:Cmaj G | C 8 | D 9 | E 7 :| |: F 8 | foo G 7 </s>"
SIX = " | ".join(["C 8"] * 6)


@pytest.mark.parametrize(
    ("tokens", "section_bars", "section_plays", "is_aabb", "reason"),
    [
        ("", (), (), False, "no tune"),
        (f"M:4/4 {REEL} :| |: {REEL} :|", (8, 8), (2, 2), True, "AABB"),
        (f"M:4/4 |: {REEL} :| |: {REEL} :|", (8, 8), (2, 2), True, "with the first repeat sign written"),
        (f"M:4/4 {REEL} :| |: {SIX} :|", (8, 6), (2, 2), False, "sections of different length"),
        (f"M:4/4 {REEL} :| {REEL} |", (8, 8), (2, 1), False, "AAB"),
        (f"M:4/4 {REEL} :|", (8,), (2,), False, "AA"),
        (f"M:4/4 {REEL} :| |: {REEL} :| |: {REEL} :|", (8, 8, 8), (2, 2, 2), False, "AABBCC"),
        (f"M:4/4 {SIX} | C 8 |1 D 8 :| |2 E 8 |: {REEL} :|", (8, 8), (2, 2), True, "endings: the first time counts"),
        (f"M:4/4 C 8 |1 D 8 :| |2 E 8 :| |: {REEL} :|", (2, 8), (2, 2), False, "a :| that only ends the second ending"),
        ("M:4/4 G 2 | C 8 | C 6 :| |: G 2 | C 8 | C 6 :|", (2, 2), (2, 2), True, "pickup and complement are one bar"),
        ("M:4/4 C 8 | C 6 :| |: C 8 | C 6 :|", (Fraction(7, 4),) * 2, (2, 2), False, "equal, but no whole bars"),
        ("M:4/4 C 8 | M:6/8 C 6 :|", (2,), (2,), False, "each bar as a part of its own metre"),
        ("C 8 | M:4/4 C 8 :| |: C 8 :|", (None, 1), (2, 2), False, "nobody knows how long a bar is"),
    ],
)
def test_form(tokens, section_bars, section_plays, is_aabb, reason):
    form = describe_form(count_bars(tokens.split()))
    assert (form.section_bars, form.section_plays, form.is_aabb) == (section_bars, section_plays, is_aabb), reason


@pytest.mark.parametrize(
    ("tokens", "measured", "wrong"),
    [
        ("M:4/4 C 8 | D 7 | E 9 | F 8 |", range(1, 5), (2, 3)),
        ("M:4/4 G | C 8 | E 9 | F 8 |", range(4), (2,)),
        # Bars 1 and 2 come before the metre.
        ("G | C 8 | M:4/4 E 9 | F 8 |", range(3, 5), (3,)),
        ("C | D |", range(3, 3), ()),
        ("", range(1, 1), ()),
    ],
)
def test_bars_are_numbered_as_musicians_do(tokens, measured, wrong):
    form = describe_form(count_bars(tokens.split()))
    assert (list(form.measured_bars), form.wrong_bars) == (list(measured), wrong)


def test_row_of_a_tune():
    tokens = FAULTY.split()
    assert describe_tune(tokens, count_bars(tokens)) == {
        "meter": "M:4/4",
        "n_tokens": 22,
        "n_bars": 6,
        "n_measured_bars": 6,
        "n_ok_bars": 4,
        "ok": False,
        "strict_ok": False,
        "wellformed": False,
        "n_sections": 2,
        "section_bars": "25/8 15/8",
        "section_plays": "2 1",
        "is_aabb": False,
        "first_measured_bar": 0,
        "first_wrong_bar": 2,
        "wrong_bars": "2 5",
    }


def test_row_of_no_tune():
    row = describe_tune([], count_bars([]))
    undefined = {"meter", "ok", "strict_ok", "first_measured_bar", "first_wrong_bar"}
    assert {name for name, value in row.items() if value is None} == undefined
    assert row["section_bars"] == row["wrong_bars"] == ""
