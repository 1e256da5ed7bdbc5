"""Sections and play orders, worked out by hand; every bar is one letter."""

import pytest

from folkprobe.music.bars import count_bars
from folkprobe.music.playorder import Section, find_sections

# Tokens with a bar of letters each, its sections (| between them), the bars as played, reason.
CASES = [
    ("", "", "", "no bars"),
    ("A | B |", "AB", "AB", "no repeat"),
    ("A | B :|", "AB", "ABAB", ":| returns to where the section began, here the tune"),
    ("|: A | B :|", "AB", "ABAB", ":| returns to |:"),
    ("A |: B | C :| D", "A|BC|D", "ABCBCD", "the last |: counts; after :| a section begins"),
    ("A :| B :|", "A|B", "AABB", "without |: the section begins behind the :| before"),
    ("|: A :| |: B :|", "A|B", "AABB", "AABB"),
    ("|: A | B |: C", "AB|C", "ABC", "a |: that no :| answers repeats nothing"),
    ("A | B |1 C :| |2 D | ", "ABCD", "ABCABD", "endings"),
    ("|: A |1 B :| |2 C |: D :|", "ABC|D", "ABACDD", "|: ends the second ending"),
    ("A |1 B :| |2 C | D | E :|", "ABC|DE", "ABACDEDE", "a second ending is as long as the first; then :| means D"),
    ("A |1 B | C :| |2 D | E | F :|", "ABCDE|F", "ABCADEFF", "endings of two bars"),
    ("A |1 B :| |2 C | D |1 E :| |2 F |", "ABC|DEF", "ABACDEDF", "the second part has endings of its own"),
    ("A |1 B :| |2 C :| D", "ABC|D", "ABACD", "a :| behind a second ending only ends it"),
    ("|: A |1 B :| |2 C :| D | E :|", "ABC|DE", "ABACDEDE", "and the next :| returns to it"),
    ("A :| B |1 C :| |2 D :|", "A|BCD", "AABCBD", "also at the end"),
    ("A |1 B |2 C | D", "ABC|D", "ABACD", "|2 brings |1 back though the :| was left out"),
    ("A |1 B |2 C :| D", "ABC|D", "ABACD", "both"),
    ("A |1 B :| C", "AB|C", "ABAC", "without a second ending the first is left out the second time"),
    ("A |1 B :| |2 |: C :|", "AB|C", "ABACC", "|: begins a section whatever stands before it"),
    ("A |1 B | C", "ABC", "ABC", "a first ending that nothing returns from"),
    ("A |2 B | C :|", "ABC", "ABCABC", "|2 without |1 is a bar line"),
    ("A :| |2 B | C :|", "A|BC", "AABCBC", "|2 without |1, behind :|"),
    ("|1 A :| |2 B | C", "AB|C", "ABC", "nothing before the endings"),
    ("|: |1 A :| |2 B |", "AB", "AB", "nothing between |: and |1"),
    ("A |1 B |1 C :| |2 D | E | F", "ABCDE|F", "ABCADEF", "a second |1 in a section is a bar line"),
    ("A |1 B :| |2 C |2 D |", "ABC|D", "ABACD", "a second |2 in a section is a bar line"),
    ("A | B |1", "AB", "AB", "|1 with nothing behind it"),
    ("A |1 B :| |2", "AB", "ABA", "|2 with nothing behind it"),
    ("|: A :| |: ", "A", "AA", "|: with nothing behind it"),
    ("A :| :| B", "A|B", "AAB", "signs with nothing between are one"),
]


@pytest.mark.parametrize(("tokens", "sections", "played", "reason"), CASES, ids=[case[0] for case in CASES])
def test_bars_are_played_as_worked_out(tokens, sections, played, reason):
    count = count_bars(["M:1/8", *tokens.split()])
    written = "".join(token for token in tokens.split() if token.isalpha())
    assert "|".join(written[section.first_bar : section.end_bar] for section in count.sections) == sections, reason
    assert "".join(written[bar] for bar in count.play_order) == played, reason


def test_section_names_its_endings():
    (section,) = find_sections([("|:",), ("|1",), ("|",), (":|", "|2"), ("|",), (":|",)])
    assert section == Section(first_bar=0, end_bar=5, first_ending=1, second_ending=3, is_repeated=False)


def test_play_order_stays_short_however_many_repeats():
    tokens = ["A", ":|"] * 500 + ["A", "|1", "B", ":|", "|2", "C", ":|"] * 500
    count = count_bars(tokens)
    assert len(count.play_order) <= 2 * len(count.bars)
    assert set(count.play_order) == set(range(len(count.bars)))
