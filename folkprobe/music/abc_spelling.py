"""ABC spellings for tokens that ABC programs would warn of or reject.

The original token is kept in a remark, `[r:...]`, from which `folkprobe.music.abc` reads it back.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import NamedTuple

from folkprobe.music.bars import BarCount
from folkprobe.music.durations import Stretch
from folkprobe.music.playorder import Section
from folkprobe.music.vocabulary import token_class

# What ABC needs beyond the token: that an ending or the tune ends, that a repeat begins.
TOKEN_OF_SPELLING = {"||": "|", "|]": "|", "|| |:": "|", ":||:": ":|"}
_ONE_SIGN = {":| |:": ":||:", ":| |2": ":|2"}

# In eighths, from the longest on: what abcm2ps draws as one note, with two dots at most.
_NOTE_VALUES = [Fraction(32), *(Fraction(2**k * dots) / 4 for k in range(4, -1, -1) for dots in (7, 6, 4))]
_NOTE_VALUES += [value / 32 for value in _NOTE_VALUES[1:]]
# ASSUME: a note tied together from more is unreadable.
_MOST_TIED = 4
_LARGEST_TUPLET = 9


def spell_bar_signs(tokens: Sequence[str], count: BarCount) -> dict[int, str]:
    """Spell bar tokens as they are played, where that differs from their literal meaning.

    Parameters
    ----------
    tokens : sequence of str
        A tune without `<s>`, `</s>` and strings that are not tokens.
    count : BarCount
        Its bars.

    Returns
    -------
    dict of int to str
        ABC for tokens by index; the others are written as they are.
    """
    spelling = {}
    limits = [0, *(limit for bar in count.bars for limit in (bar.start, bar.end)), len(tokens)]
    for bar, (start, end) in enumerate(zip(limits[::2], limits[1::2], strict=True)):
        signs = [index for index in range(start, end) if token_class(tokens[index]) == "bar"]
        if not signs:
            continue
        written = " ".join(tokens[index] for index in signs)
        played = _played_sign(count, bar, written)
        if written in (played, f"| {played}"):
            continue
        spelling |= {index: f"[r:{tokens[index]}]" for index in signs}
        first, text = signs[0], _ONE_SIGN.get(played, played)
        spelling[first] = text if TOKEN_OF_SPELLING.get(text, text) == tokens[first] else text + spelling[first]
    return spelling


def _played_sign(count: BarCount, bar: int, written: str) -> str:
    """Return the sign that ABC needs before a bar, or after the last one, for the tune's play order."""
    section = next((each for each in count.sections if each.first_bar < bar < each.end_bar), None)
    if section:
        if bar == section.second_ending:
            return ":| |2" if _has_endings(section) else "|"
        return "|1" if bar == section.first_ending and (section.is_repeated or _has_endings(section)) else "|"
    before = next((each for each in count.sections if each.end_bar == bar), None)
    after = next((each for each in count.sections if each.first_bar == bar), None)
    begins = "|:" if after and (_has_endings(after) or (after.is_repeated and bar != after.first_ending)) else ""
    if before is None:
        return begins or ("|" if written.split(" ")[0] == "|" else "")
    if before.is_repeated and before.first_bar != before.first_ending:
        return f":| {begins}".strip()
    if bar == len(count.bars):
        return "|]"
    if _has_endings(before) and not (begins and "|:" in written):
        return f"|| {begins}".strip()
    return begins or "|"


def _has_endings(section: Section) -> bool:
    """Report whether it has two endings, and something to repeat before them."""
    return section.second_ending is not None and section.first_ending > section.first_bar


def spell_events(tokens: Sequence[str], stretches: Sequence[Stretch]) -> dict[int, str]:
    """Spell events whose length is no single note value, and tuplets of unequal events.

    Parameters
    ----------
    tokens : sequence of str
        A tune without `<s>`, `</s>` and strings that are not tokens.
    stretches : sequence of Stretch
        The stretches between its bar tokens.

    Returns
    -------
    dict of int to str
        ABC for tokens by index, empty for tokens that the ABC of an earlier one includes; the others are written
        unchanged. So are events that broken rhythm changes, and thirds inside a tuplet.
    """
    spelling = {}
    for stretch in stretches:
        own_tokens = [_own_tokens(tokens, stretch, event.token_index) for event in stretch.events]
        lengths = [_split_length(event) for event in own_tokens]
        for token_index, size, time, first_event, n_events in stretch.tuplets:
            members = range(first_event, first_event + n_events)
            for number in members:
                if lengths[number].odd > 1:
                    lengths[number] = _ONE_NOTE
            n_notes = size + sum(len(lengths[number].pieces) - 1 for number in members)
            if n_notes > size or len({stretch.events[number].duration_eighths for number in members}) > 1:
                spelling[token_index] = f"({size}:{time}:{n_notes}"
        for event, own, length in zip(stretch.events, own_tokens, lengths, strict=True):
            if length != _ONE_NOTE:
                remark = " ".join(own).replace("[", "(").replace("]", ")")
                spelling |= dict.fromkeys(range(event.token_index, event.token_index + len(own)), "")
                spelling[event.token_index] = f"[r:{remark}]{tied_text(own)}"
    return spelling


def tied_text(event: Sequence[str]) -> str:
    """Write an event as several that are tied.

    Parameters
    ----------
    event : sequence of str
        Its tokens, followed by those of its length.

    Returns
    -------
    str
        ABC, such as `A4-A` for `A 5`; a third of an eighth, being two thirds of half an eighth, is a triplet of one.
        Empty where one note value is enough, or where ties cannot express the length.
    """
    length = _split_length(event)
    if length == _ONE_NOTE:
        return ""
    head = "".join(event[: _n_head(event)])
    tuplet = f"({length.odd}:{length.time}:{len(length.pieces)}" if length.odd > 1 else ""
    return tuplet + ("" if head == "z" else "-").join(head + _length_text(piece) for piece in length.pieces)


class _Length(NamedTuple):
    """Note values that add up to a length, `odd` of them in the time of `time`."""

    pieces: tuple[Fraction, ...]
    odd: int = 1
    time: int = 1


_ONE_NOTE = _Length((Fraction(1),))


def _n_head(event: Sequence[str]) -> int:
    """Return how many tokens of an event come before its length."""
    return event.index("]") + 1 if event[0] == "[" else 1


def _own_tokens(tokens: Sequence[str], stretch: Stretch, start: int) -> Sequence[str]:
    """Return the tokens of an event with its length; a rest, if something else changes its length."""
    if stretch.flags or tokens[start - 1][-1:] in ("<", ">"):
        return ["z"]
    end = start + _n_head(tokens[start : stretch.end])
    while end < stretch.end and token_class(tokens[end]) == "duration":
        end += 1
    return tokens[start:end]


def _split_length(event: Sequence[str]) -> _Length:
    """Return an event's length as note values, if it takes more than one and ties can express it."""
    length = _note_values(tuple(event[_n_head(event) :]))
    if length == _ONE_NOTE or event[0] != "[":
        return length
    head = event[: _n_head(event)]
    letters = [token.strip("_=^,'").upper() for token in head if token_class(token) == "pitch"]
    # The second of two tied chords cannot express which of two notes of one letter has the accidental.
    is_clear = len(set(letters)) == len(letters) and not any(token_class(token) == "duration" for token in head)
    return length if is_clear else _ONE_NOTE


@lru_cache(maxsize=1024)
def _note_values(durations: tuple[str, ...]) -> _Length:
    """Return a product of durations as note values; as one if it is one, has broken rhythm, or is not a sum of some."""
    if any(token[-1] in "<>" for token in durations):
        return _ONE_NOTE
    left = prod((Fraction(f"1{token}" if token[0] == "/" else token) for token in durations), start=Fraction(1))
    odd = left.denominator // (left.denominator & -left.denominator)
    time = 1 << (odd.bit_length() - 1)
    left *= Fraction(odd, time)
    pieces = []
    while left and len(pieces) < _MOST_TIED:
        pieces.append(next((value for value in _NOTE_VALUES if value <= left), left))
        left -= pieces[-1]
    if left or odd > _LARGEST_TUPLET or (odd == 1 and len(pieces) == 1):
        return _ONE_NOTE
    return _Length(tuple(pieces), odd, time)


def _length_text(length: Fraction) -> str:
    """Return a length in ABC notation."""
    return "" if length == 1 else f"/{length.denominator}" if length.numerator == 1 else str(length)
