"""Bars of tunes, worked out by hand.

A case has the tokens; the bars that are expected, each with its duration in eighth notes and with its verdict where
that is not "correct"; the level that the tune reaches (strict: strict_ok; ok: ok and no more; wrong: neither; none:
nothing to judge); and the reason. Most bars are one note of the wanted length; test_durations.py has the lengths.
"""

import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from project import ROOT
from work import counted_calls

from folkprobe.claims.printed_tunes import EXCISED_TUNE, INTACT_TUNE, read_printed_tunes
from folkprobe.music.bars import OK_VERDICTS, VERDICTS, count_bars

RULES = Path(__file__).parents[2] / "docs" / "counting.md"
LEVELS = {"strict": (True, True), "ok": (True, False), "wrong": (False, False), "none": (None, None)}

# What is a bar, how long it should be, and the verdicts of bars that no other bar has to do with.
SINGLE_BARS = [
    ("M:4/4 C 8 | D 8 |", "8, 8", "strict", "full bars"),
    ("M:4/4 C 8 | D 8", "8, 8", "strict", "a full last bar needs no bar token"),
    ("<s> M:4/4 K:Cmaj C 8 | D 8 | </s>", "8, 8", "strict", "<s> and </s> are skipped"),
    ("M:4/4 C 8 | D 7 | E 8 |", "8, 7 short, 8", "wrong", "an eighth is missing"),
    ("M:4/4 C 8 | D 9 | E 8 |", "8, 9 long, 8", "wrong", "an eighth too much"),
    ("M:4/4 C 8 | D 65/8 | E 8 |", "8, 65/8 long, 8", "wrong", "an eighth of an eighth too much"),
    ("M:4/4 C 8 | (3 D E F G 6 | (7 A A A A A A A (5 B B B B B c 4 |", "8, 8, 8", "strict", "exact sevenths"),
    ("M:4/4 C 8 | | D 8 |", "8, 0 empty, 8", "wrong", "nothing between two plain signs is an empty bar"),
    ("M:4/4 C 8 | | | D 8 |", "8, 0 empty, 0 empty, 8", "wrong", "two of them"),
    ("M:4/4 | | C 8 |", "0 empty, 8", "wrong", "an empty bar at the beginning"),
    ("M:4/4 C 8 | foo | D 8 |", "8, 0 empty, 8", "wrong", "an unknown token is ignored: | |"),
    ("M:4/4 C 8 | 2 > | D 8 |", "8, 0 empty, 8", "wrong", "tokens without an event are no music"),
    ("M:4/4 C 8 | M:3/4 | D 6 |", "8, 0 empty, 6", "wrong", "a metre is no music either"),
    ("M:4/4 C 8 | z 8 | D 8 |", "8, 8, 8", "strict", "a bar of rest is not empty"),
    ("M:4/4 | C 8 | D 8 |", "8, 8", "strict", "nothing before the first sign is no bar"),
    ("M:4/4 |: C 8 :| |: D 8 :|", "8, 8", "strict", "nothing between :| and |: is no bar"),
    ("M:4/4 C 8 |1 D 8 :| |2 E 8 |", "8, 8, 8", "strict", "nothing between :| and |2 is no bar"),
    ("M:4/4 C 8 | |: D 8 :|", "8, 8", "strict", "nothing between | and |: is no bar"),
    ("M:4/4 C 8 | |1 D 8 :| |2 E 8 |", "8, 8, 8", "strict", "nothing between | and |1 is no bar"),
    ("M:4/4 |: | C 8 :| | D 8 |", "8, 8", "strict", "only | | makes an empty bar"),
    ("M:4/4 C 8 | D 8 :| foo |: E 8 :|", "8, 8, 8", "strict", "tokens without an event make no bar elsewhere"),
    ("M:2/4 C 4 | D 4 |", "4, 4", "strict", "2/4 is 4 eighths"),
    ("M:3/4 C 6 | D 6 |", "6, 6", "strict", "3/4 is 6"),
    ("M:6/8 C 6 | D 6 |", "6, 6", "strict", "6/8 is 6"),
    ("M:9/8 C 9 | D 9 |", "9, 9", "strict", "9/8 is 9"),
    ("M:12/8 C 12 | D 12 |", "12, 12", "strict", "12/8 is 12"),
    ("M:3/2 C 12 | D 12 |", "12, 12", "strict", "3/2 is 12"),
    ("M:5/16 C 5/2 | D 5/2 |", "5/2, 5/2", "strict", "5/16 is 5/2"),
    ("M:4/4 C 8 | M:3/4 D 6 | E 6 |", "8, 6, 6", "strict", "a new metre holds from there on"),
    ("M:4/4 C 8 | D 4 M:3/4 E 4 | F 6 |", "8, 8, 6", "strict", "the metre at the first event counts"),
    ("M:4/4 M:3/4 C 6 | D 6 |", "6, 6", "strict", "the later of two metres is in force"),
    ("", "", "none", "no tokens, no bars"),
    ("M:4/4 K:Cmaj", "", "none", "no events, no bars"),
    ("M:4/4 | :| |: |1 |2", "", "none", "signs only"),
    ("C 8 | D 8 |", "8 unmeasured, 8 unmeasured", "none", "no metre: nothing to judge"),
    ("C 8 | | D 8 |", "8 unmeasured, 0 unmeasured, 8 unmeasured", "none", "an empty one is not measured either"),
    ("C 3 | M:4/4 D 8 |", "3 unmeasured, 8", "strict", "an unmeasured bar does not spoil what is measured"),
    ("C 3 | M:4/4 D 7 | E 8 |", "3 unmeasured, 7 short, 8", "wrong", "nor does it excuse anything"),
    ("C 4 M:4/4 D 4 | E 8 |", "8 unmeasured, 8", "strict", "a metre that comes after the first event is too late"),
]

# Incomplete bars, in the order of precedence.
PICKUPS = [
    ("M:4/4 C | D 8 | E 7 |", "1 pickup, 8, 7 complement", "strict", "the last bar goes on to the first, and fits"),
    ("M:4/4 C 7 | D 8 | E |", "7 pickup, 8, 1 complement", "strict", "any length below a full bar"),
    ("M:4/4 C /8 | D 8 |", "1/8 pickup, 8", "ok", "however small; the last bar leaves it no room"),
    ("M:4/4 C | D 8 | E 8 |", "1 pickup, 8, 8", "ok", "reached from a full bar: it does not fit"),
    ("M:4/4 C | D 8 | E 7 :|", "1 pickup, 8, 7 complement", "strict", ":| returns to the first bar, pickup included"),
    ("M:4/4 C | D 8 :| E 8 |", "1 pickup, 8, 8", "ok", "the return to the pickup does not fit"),
    ("M:4/4 C | D 8 |: E 8 :|", "1 pickup, 8, 8", "strict", "nothing returns to this pickup"),
    ("M:4/4 C 9 | D 8 |", "9 long, 8", "wrong", "too long is no pickup"),
    ("M:4/4 | | C 1 | D 8 |", "0 empty, 1 short, 8", "wrong", "an empty bar is the first"),
    ("C 3 | M:4/4 D | E 8 |", "3 unmeasured, 1 short, 8", "wrong", "an unmeasured bar is the first"),
    ("M:4/4 C 8 :| D | E 7 :|", "8, 1 pickup, 7 complement", "ok", "a section's first bar that its last one completes"),
    ("M:4/4 C 7 :| D | E 7 :|", "7 pickup, 1 pickup, 7 complement", "ok", "the first bar, though its repeat misfits"),
    ("M:4/4 C | D 7 :| |: E | F 7 :|", "1 pickup, 7 complement, 1 pickup, 7 complement", "strict", "it fits both ways"),
    (
        "M:4/4 C 8 | D 3 :| |: E 5 | F 8 | G 3 :|",
        "8, 3 complement, 5 pickup, 8, 3 complement",
        "ok",
        "more than half a bar, but completed; 3 goes back to 8, too",
    ),
    ("M:4/4 C 8 :| D 4 | E 8 :|", "8, 4 pickup, 8", "ok", "half a bar that nothing completes is still a pickup"),
    ("M:4/4 C 8 :| D 33/8 | E 8 :|", "8, 33/8 short, 8", "wrong", "more than half a bar is not"),
    ("M:4/4 C 8 |: D 2 | E 8 :|", "8, 2 pickup, 8", "ok", "|: begins a section as well"),
    ("M:4/4 C 8 |: D 2 | E 6 :|", "8, 2 pickup, 6 complement", "ok", "from the 8 before |: it does not fit"),
    ("M:4/4 C 6 |: D 2 | E 6 :|", "6 pickup, 2 pickup, 6 complement", "strict", "both ways fit"),
    ("M:4/4 C 8 |1 D 8 :| |2 E | F 8 |", "8, 8, 1 short, 8", "wrong", "a second ending begins no section"),
    ("M:4/4 C 8 | D | E 8 |", "8, 1 short, 8", "wrong", "a plain bar line begins no section"),
    (
        "M:4/4 C 8 |1 D 8 :| |2 E 8 | F | G 8 |",
        "8, 8, 8, 1 short, 8",
        "wrong",
        "that the second ending is over is a guess, which excuses nothing",
    ),
    (
        "M:4/4 C 8 |1 D 8 :| |2 E 8 | F | G 7 :|",
        "8, 8, 8, 1 pickup, 7 complement",
        "ok",
        "but the return to it makes it whole",
    ),
    ("M:4/4 C 8 | D 7 :| |: M:6/8 E | F 5 :|", "8, 7 complement, 1 pickup, 5 complement", "ok", "see bars to complete"),
    ("M:4/4 C 8 :| D 2 |", "8, 2 pickup", "ok", "the last bar may be one, too"),
    ("M:4/4 C 8 :| D 2 :|", "8, 2 pickup", "ok", "though 8 and 2 go before it"),
    ("M:4/4 C 2 | D 8 |1 E 6 :|", "2 pickup, 8, 6 complement", "strict", "behind a last :| nothing is played"),
    (
        "M:4/4 C 8 |: D 5 |1 E 3 :| |2 F 3 |",
        "8, 5 complement, 3 complement, 3 complement",
        "strict",
        "5 completes none",
    ),
    ("M:4/4 C 8 :| D 2", "8, 2 pickup", "ok", "a pickup comes before a truncated bar"),
]

COMPLEMENTS = [
    ("M:4/4 C 2 | D 8 | E 6", "2 pickup, 8, 6 complement", "strict", "the end needs no bar token"),
    ("M:4/4 C 2 | D 8 | E 5 |", "2 pickup, 8, 5 short", "wrong", "5 + 2 is not 8"),
    ("M:4/4 C 2 | D 8 | E 7 |", "2 pickup, 8, 7 short", "wrong", "7 + 2 is not 8"),
    ("M:4/4 C 8 | D 8 | E 6 |", "8, 8, 6 short", "wrong", "a full bar follows"),
    ("M:4/4 C 2 | D 6 | E 8 | F 6 |", "2 pickup, 6 short, 8, 6 complement", "wrong", "not before a plain bar line"),
    ("M:4/4 C 2 |: D 8 | E 6 :|", "2 pickup, 8, 6 short", "wrong", ":| returns to |:, behind the pickup"),
    ("M:4/4 C 2 |: D 8 | E 6 |", "2 pickup, 8, 6 short", "wrong", "the last bar goes on to the first of its section"),
    (
        "M:4/4 C 8 | D 7 :| |: E | F 7 :|",
        "8, 7 complement, 1 pickup, 7 complement",
        "ok",
        "completed by what follows; the way back to 8 misfits",
    ),
    ("M:4/4 C | D 8 | E 7 |: F 8 :|", "1 pickup, 8, 7 short, 8", "wrong", "nothing that follows completes it"),
    ("M:4/4 C 8 | D 7 |: E | F 7 :|", "8, 7 complement, 1 pickup, 7 complement", "strict", "before |: as before :|"),
    (
        "M:4/4 C | D 8 |1 E 7 :| |2 F 7 |",
        "1 pickup, 8, 7 complement, 7 complement",
        "strict",
        "both endings go on to the pickup",
    ),
    (
        "M:4/4 C | D 8 |1 E 7 :| |2 F 8 |",
        "1 pickup, 8, 7 complement, 8",
        "ok",
        "from the end the pickup is reached with a full bar",
    ),
    (
        "M:4/4 C | D 8 |1 E 7 :| |2 F 8 |: G 8 :|",
        "1 pickup, 8, 7 complement, 8, 8",
        "strict",
        "the second ending goes on to a section without a pickup",
    ),
    (
        "M:4/4 C 8 | D 5 |1 E 3 :| |2 F 3 |",
        "8, 5 complement, 3 complement, 3 complement",
        "strict",
        "endings that begin in mid-bar",
    ),
    (
        "M:4/4 C 8 | D 5 |1 E 3 | F 8 :| |2 G 3 | A 8 |",
        "8, 5 complement, 3 complement, 8, 3 complement, 8",
        "strict",
        "of two bars",
    ),
    (
        "M:4/4 C 8 | D 5 |1 E 3 :| |2 F 2 |",
        "8, 5 complement, 3 complement, 2 short",
        "wrong",
        "the second ending does not fill up the bar before the first",
    ),
    (
        "M:4/4 C 8 | D 5 |1 E 3 :| |2 F 8 |",
        "8, 5 complement, 3 complement, 8",
        "ok",
        "one of the two ways fits",
    ),
    ("M:4/4 C 8 | D 8 |1 E 3 :| |2 F 8 |", "8, 8, 3 short, 8", "wrong", "nothing left to fill up"),
    (
        "M:6/8 C | D 6 | E 3 |1 F 2 :| |2 G 2 |",
        "1 pickup, 6, 3 complement, 2 complement, 2 complement",
        "strict",
        "3 + 2 + 1 in three pieces",
    ),
    (
        "M:4/4 C 2 | D 8 | E 6 :| |: F 8 | G 8 :|",
        "2 pickup, 8, 6 complement, 8, 8",
        "ok",
        "it fits the way back, not the way on",
    ),
    (
        "M:4/4 C 8 | D 6 :| |: M:6/8 E 2 | F 4 :|",
        "8, 6 complement, 2 pickup, 4 complement",
        "ok",
        "the metre of the bar that is filled up counts",
    ),
    ("M:4/4 C 8 | D 6 :| |: M:6/8 E 3 | F 3 :|", "8, 6 short, 3 pickup, 3 complement", "wrong", "6 + 3 is not 8"),
    (
        "M:4/4 C 6 | D 8 | E 3 |1 F 2 :| |2 G 5 |",
        "6 pickup, 8, 3 complement, 2 complement, 5 complement",
        "ok",
        "3 + 2 + 6 is too much, 2 + 6 is not; 3 + 5",
    ),
    (
        "M:4/4 C 8 | D 6 |1 E 2 :| |2 F 2 |: G 6 | A 8 :|",
        "8, 6 complement, 2 complement, 2 complement, 6 short, 8",
        "wrong",
        "the bar that F completes is full: F and G make no second one",
    ),
    ("M:4/4 C 2 | D 8 | E 6 | |", "2 pickup, 8, 6 short, 0 empty", "wrong", "an empty bar follows"),
    ("M:4/4 C 8 | D 7 :| E :| F 7 |", "8, 7 complement, 1 pickup, 7 pickup", "ok", "sections of one bar"),
    ("M:4/4 C |1 D 8 :| |2 E 7 :|", "1 pickup, 8, 7 complement", "ok", "8 goes back to the pickup: it does not fit"),
    (
        "M:4/4 C | D 8 |1 E 7 :| |2 F 7 :| G 8 |",
        "1 pickup, 8, 7 complement, 7 short, 8",
        "wrong",
        "the :| of the second ending does not return: 8 is next",
    ),
]

SPLITS = [
    ("M:4/4 C 8 | D 5 | E 3 | F 8 |", "8, 5 split, 3 split, 8", "ok", "5 + 3, the second smaller; never strict"),
    ("M:4/4 C 8 | D 3 | E 5 | F 8 |", "8, 3 short, 5 short, 8", "wrong", "the second larger"),
    ("M:4/4 C 8 | D 4 | E 4 | F 8 |", "8, 4 short, 4 short, 8", "wrong", "the second as large"),
    ("M:4/4 C 8 | D 5 | E 2 | F 8 |", "8, 5 short, 2 short, 8", "wrong", "7 is no bar"),
    ("M:4/4 C 8 | D 5 | E 4 | F 8 |", "8, 5 short, 4 short, 8", "wrong", "nor is 9"),
    ("M:4/4 C 8 | D 5 |1 E 3 | F 8 |", "8, 5 complement, 3 complement, 8", "strict", "|1 is no plain sign"),
    ("M:4/4 C 8 | D 5 |: E 3 | F 8 :|", "8, 5 complement, 3 pickup, 8", "ok", "|: is not, either"),
    ("M:4/4 C 8 | D 5 | |: E 3 | F 8 :|", "8, 5 complement, 3 pickup, 8", "ok", "nor is | with |: behind it"),
    ("M:4/4 C 8 | D 5 | | E 3 | F 8 |", "8, 5 short, 0 empty, 3 short, 8", "wrong", "an empty bar lies between"),
    ("M:4/4 C 8 | D 6 | E 2 | F 6 | G 2 | A 8 |", "8, 6 split, 2 split, 6 split, 2 split, 8", "ok", "two of them"),
    ("M:4/4 C 8 | D 6 | E 2 | F 6 | G 8 |", "8, 6 split, 2 split, 6 short, 8", "wrong", "one bar too many"),
    ("M:4/4 C 8 | D 5 | M:3/4 E 3 | F 6 |", "8, 5 short, 3 short, 6", "wrong", "no bar has two metres"),
    ("M:4/4 C 8 | D 5 | E 3 |", "8, 5 split, 3 split", "ok", "at the end"),
    ("M:4/4 C 8 | D 5 | E 3", "8, 5 split, 3 split", "ok", "a split comes before a truncated bar"),
    ("M:4/4 C 5 | D 3 | E 8 |", "5 pickup, 3 split, 8", "ok", "a pickup comes before a split"),
    ("M:4/4 C 5 | D 3 | E 3 |", "5 pickup, 3 split, 3 complement", "ok", "and a complement is one for itself"),
    ("M:4/4 C 5 | D 8 | E 5 | F 3 |", "5 pickup, 8, 5 split, 3 complement", "ok", "a complement comes before a split"),
    ("M:4/4 C 8 | D 5 | E 2 F | G 8 |", "8, 5 split, 3 split, 8", "ok", "whatever the notes"),
    ("M:3/4 C 6 | D 4 | E 2 | F 6 |", "6, 4 split, 2 split, 6", "ok", "4 + 2 in 3/4"),
]

ENDS = [
    ("M:4/4 C 8 | D 5", "8, 5 truncated", "wrong", "stopped without a bar token"),
    ("M:4/4 C 8 | D 5 </s>", "8, 5 truncated", "wrong", "</s> is no bar token"),
    ("M:4/4 C 8 | D 5 |", "8, 5 short", "wrong", "with a bar token it is short"),
    ("M:4/4 C 8 | D 5 |: ", "8, 5 short", "wrong", "with any bar token"),
    ("M:4/4 C 8 | D 9", "8, 9 long", "wrong", "too long is not truncated"),
    ("M:4/4 C 8 | D 7 | E 5", "8, 7 short, 5 truncated", "wrong", "only the last one is"),
    ("M:4/4 C 5 |", "5 short", "wrong", "a tune's only bar is no pickup"),
    ("M:4/4 C 5", "5 truncated", "wrong", "without a bar token it is truncated"),
    ("M:4/4 C 4 :|", "4 short", "wrong", "nor does it complete itself"),
    ("M:4/4 C 4 |: ", "4 short", "wrong", "whatever the sign"),
    ("M:4/4 C 8 |", "8", "strict", "a full one is correct"),
    ("M:4/4 C 9 |", "9 long", "wrong", "a long one is long"),
    ("M:4/4 |: C 8 :|", "8", "strict", "repeated"),
]

CASES = SINGLE_BARS + PICKUPS + COMPLEMENTS + SPLITS + ENDS


def written(count) -> str:
    """Bars of a count as the cases have them."""
    return ", ".join(
        str(bar.duration) if bar.verdict == "correct" else f"{bar.duration} {bar.verdict}" for bar in count.bars
    )


@pytest.mark.parametrize(("tokens", "bars", "level", "reason"), CASES, ids=[case[0] or "nothing" for case in CASES])
def test_bars_are_counted_as_worked_out(tokens, bars, level, reason):
    count = count_bars(tokens.split())
    assert written(count) == bars, reason
    assert (count.ok, count.strict_ok) == LEVELS[level], reason
    # In these cases only what stands for "anything that is no music" is malformed.
    assert count.wellformed == ({"foo", ">"}.isdisjoint(tokens.split())), reason


EXAMPLES = RULES.read_text(encoding="utf-8").split("## Three examples")[1].split("\n**")[1:]


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_of_the_documentation_hold(example):
    count = count_bars(re.search(r"`(.+?)`", example)[1].split())
    rows = re.findall(r"^\| (\d+) \| (\d+) \| (\w+) \|", example, re.MULTILINE)
    assert rows == [(str(i), str(bar.duration), bar.verdict) for i, bar in enumerate(count.bars)]
    played = re.search(r"Played: ([\d ]+)", example)
    assert not played or played[1].split() == [str(bar) for bar in count.play_order]
    level = "strict" if "ok and strict_ok" in example else "ok" if "ok, not strict_ok" in example else "wrong"
    assert (count.ok, count.strict_ok) == LEVELS[level]


def test_documentation_has_three_examples_and_all_verdicts():
    assert len(EXAMPLES) == 3
    rows = re.findall(r"^\| `(\w+)` \|.*\| (yes|no)? ?\|$", RULES.read_text(encoding="utf-8"), re.MULTILINE)
    assert {verdict for verdict, _ in rows} == set(VERDICTS)
    assert {verdict for verdict, is_ok in rows if is_ok == "yes"} == OK_VERDICTS


def test_each_verdict_has_cases():
    verdicts = Counter(bar.split()[1] for _, bars, _, _ in CASES for bar in bars.split(", ") if " " in bar)
    assert verdicts.keys() | {"correct"} == set(VERDICTS)
    assert min(verdicts.values()) >= 4
    assert set(VERDICTS) > OK_VERDICTS


def test_bars_index_the_tokens_that_were_passed():
    tokens = ["<s>", "M:4/4", "K:Cmaj", "A", "2", "|", "foo", "C", "6", "]", "|", "|", "D", "8", ":|", "|:", "E"]
    count = count_bars(tokens)
    assert [tokens[bar.start : bar.end] for bar in count.bars] == [
        ["<s>", "M:4/4", "K:Cmaj", "A", "2"],
        ["foo", "C", "6", "]"],
        [],
        ["D", "8"],
        ["E"],
    ]
    assert [bar.expected for bar in count.bars] == [8] * 5


def test_flags_are_those_of_the_bar_and_of_the_tune():
    count = count_bars(["2", "M:4/4", "foo", "C", "8", "|", "D", "8", "]", ":|", "bar", "|:", "E", "8"])
    assert [[flag.token_index for flag in bar.flags] for bar in count.bars] == [[0, 2], [8], []]
    # What lies between :| and |: is in no bar.
    assert [flag.token_index for flag in count.flags] == [0, 2, 8, 10]
    assert not count.wellformed


def test_lengths_are_fractions():
    count = count_bars(["M:4/4", "C", "8", "|", "D", "/3", "|", "E"])
    assert all(type(bar.duration) is Fraction and type(bar.expected) is Fraction for bar in count.bars)
    assert count_bars(["C"]).bars[0].expected is None


@pytest.fixture(scope="module")
def printed_tunes():
    tunes = read_printed_tunes(ROOT / "resources/printed_tunes.txt")
    return tunes[EXCISED_TUNE], tunes[INTACT_TUNE]


def test_printed_tune_of_the_excised_model_has_one_wrong_bar(printed_tunes):
    tokens, _ = printed_tunes
    count = count_bars(tokens)
    assert [bar.verdict for bar in count.bars] == ["pickup"] + ["correct"] * 12 + ["long"] + ["correct"] * 14
    assert count.bars[0].duration == 2
    assert count.bars[13].duration == 9
    assert " ".join(tokens[count.bars[13].start : count.bars[13].end]) == "E C 2 C B, G, B, A, B,"
    assert (count.ok, count.strict_ok, count.wellformed) == (False, False, True)


def test_printed_tune_of_the_intact_model_is_strict_ok(printed_tunes):
    _, tokens = printed_tunes
    count = count_bars(tokens)
    assert (count.ok, count.strict_ok, count.wellformed) == (True, True, True)
    assert [bar.verdict for bar in count.bars] == ["pickup", *["correct"] * 7, "complement"] * 2
    assert count.play_order == (*range(9), *range(9), *range(9, 18), *range(9, 18))


def test_most_tunes_that_people_wrote_are_ok(session_tunes):
    counts = [count_bars(tokens) for tokens in session_tunes]
    assert len(counts) == 800
    # As docs/counting.md says.
    assert sum(count.ok for count in counts) == 659  # 82.4 %
    assert sum(count.strict_ok for count in counts) == 610  # 76.2 %
    assert sum(count.wellformed for count in counts) / len(counts) > 0.99
    verdicts = Counter(bar.verdict for count in counts for bar in count.bars)
    assert sum(verdicts[verdict] for verdict in OK_VERDICTS) / verdicts.total() > 0.95


def test_counting_takes_work_in_proportion_to_the_tokens(session_tunes):
    """Some 11 calls a token, whatever the tune; ten times the tune is no more than ten times the work."""
    with counted_calls() as calls:
        for tokens in session_tunes:
            count_bars(tokens)
    assert 0 < calls.n < 25 * sum(map(len, session_tunes))
    longest = max(session_tunes, key=len)
    with counted_calls() as once:
        count_bars(longest)
    with counted_calls() as ten_times:
        count_bars(10 * longest)
    assert ten_times.n < 11 * once.n


# Tokens as they come, and what only looks like them.
any_token = st.one_of(
    st.sampled_from(
        ["A", "B,", "z", "[", "]", ">", "<", "2", "3", "/2", "3/2", "2>", "/2<", "(3", "(5", "<s>", "</s>"]
    ),
    st.sampled_from(["|", ":|", "|:", "|1", "|2", "M:4/4", "M:6/8", "M:2/4", "K:Cmaj"]),
    st.text(max_size=6),
    st.from_regex(r"(M:|K:|\(|/|\||:)?[0-9٣/>]*", fullmatch=True),
)


@given(st.lists(any_token))
def test_any_strings_are_counted(tokens):
    count = count_bars(tokens)
    assert all(0 <= bar.start <= bar.end <= len(tokens) for bar in count.bars)
    assert all(before.end < after.start for before, after in zip(count.bars, count.bars[1:], strict=False))
    assert all(bar.start <= flag.token_index < bar.end for bar in count.bars for flag in bar.flags)
    assert {flag for bar in count.bars for flag in bar.flags} <= set(count.flags)
    assert {bar.verdict for bar in count.bars} <= set(VERDICTS)
    assert all((bar.expected is None) == (bar.verdict == "unmeasured") for bar in count.bars)
    assert set(count.play_order) == set(range(len(count.bars)))
    assert [bar for s in count.sections for bar in range(s.first_bar, s.end_bar)] == [*range(len(count.bars))]
    assert (count.ok is None) == (count.strict_ok is None)
    assert not count.strict_ok or count.ok


@given(st.lists(any_token), st.data())
def test_an_unknown_token_changes_flags_only(tokens, data):
    position = data.draw(st.integers(0, len(tokens)))
    changed = count_bars([*tokens[:position], "no such token", *tokens[position:]])
    original = count_bars(tokens)
    assert written(changed) == written(original)
    assert (changed.ok, changed.strict_ok) == (original.ok, original.strict_ok)
    assert len(changed.flags) == len(original.flags) + 1


# Full bars of 4/4, with commas between what can be deleted or parted.
SPLITTABLE_BARS = ["C 5, D, E 2", "C 6, E 2", "C 5, [ C E ] 3"]
FULL_BARS = [*SPLITTABLE_BARS, "C 3, E 3, F, G", "C 2, D 2, (3 E F G, z 2", "C 4, A > B, c 2"]
full_bars = st.lists(st.sampled_from(FULL_BARS), min_size=2, max_size=8)
# Tunes without a pickup.
FORMS = ["{} |", "{} :|", "|: {} :|", "{} :| |: {} :|", "{} |1 C 8 :| |2 D 8 |"]


def correct_tune(bars, form):
    music = " | ".join(bar.replace(",", "") for bar in bars)
    return f"M:4/4 {form.format(*[music] * form.count('{}'))}".split()


@given(full_bars, st.sampled_from(FORMS), st.data())
def test_a_deleted_note_is_caught(bars, form, data):
    assert count_bars(correct_tune(bars, form)).strict_ok
    index = data.draw(st.integers(0, len(bars) - 1))
    notes = bars[index].split(",")
    del notes[data.draw(st.integers(0, len(notes) - 1))]
    count = count_bars(correct_tune([*bars[:index], ",".join(notes), *bars[index + 1 :]], form))
    assert not count.strict_ok
    # A tune's first bar may be too short; so may a section's, up to half a bar.
    assert index == 0 or not count.ok


@given(full_bars, st.sampled_from(FORMS), st.data())
def test_a_deleted_bar_line_is_caught(bars, form, data):
    tokens = correct_tune(bars, form)
    del tokens[data.draw(st.sampled_from([i for i, token in enumerate(tokens[:-1]) if token == "|"]))]
    assert not count_bars(tokens).ok


@given(full_bars, st.sampled_from(FORMS), st.data())
def test_an_inserted_split_that_keeps_the_meter_is_not_caught(bars, form, data):
    index = data.draw(st.integers(0, len(bars)))
    split = data.draw(st.sampled_from(SPLITTABLE_BARS)).replace(",", " |", 1)
    count = count_bars(correct_tune([*bars[:index], split, *bars[index:]], form))
    assert count.ok
    assert not count.strict_ok
