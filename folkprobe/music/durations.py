"""Events of a tune and how long they last, exactly.

The unit is the eighth note. Lengths are rational numbers: an `int` where they are whole (which keeps long work fast), a
`fractions.Fraction` elsewhere; both are exact and compare with one another. docs/counting.md has every rule.

A token that cannot be read in its place is flagged and then ignored: what is left is read as if it were not there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from folkprobe.music.abc_source import usual_tuplet_time
from folkprobe.music.vocabulary import token_class

UNKNOWN_TOKEN = "unknown token"
LOOSE_DURATION = "duration without an event of its own"
LOOSE_BRACKET = "bracket without its pair"
NOT_IN_A_CHORD = "not allowed inside a chord"
CUT_TUPLET = "tuplet with too few events"
IDLE_BROKEN_RHYTHM = "broken rhythm without two fresh neighbours of equal length"

# ASSUME: no vocabulary has a longer token; the limit keeps int() far from its own limit on digits.
_LONGEST_TOKEN = 32
_BROKEN_RHYTHM = {">": (Fraction(3, 2), Fraction(1, 2)), "<": (Fraction(1, 2), Fraction(3, 2))}

# What a duration token may do in its place.
_NO_LENGTH, _DIVISION_ONLY, _ANY_LENGTH = range(3)


class Flag(NamedTuple):
    """A token that could not be read in its place, by its index in the tune, and why."""

    token_index: int
    reason: str


@dataclass(slots=True)
class Event:
    """A note, a rest or a chord.

    Attributes
    ----------
    token_index : int
        Its first token in the tune.
    pitches : tuple of str
        The pitch tokens that sound together, in written order; ("z",) for a rest.
    duration_eighths : int or Fraction
        How long it sounds, tuplets and broken rhythm included.
    """

    token_index: int
    pitches: tuple[str, ...]
    duration_eighths: int | Fraction = 1


class Tuplet(NamedTuple):
    """`n_events` events of a stretch from `first_event` on last `time` / `size` of their written length."""

    token_index: int
    size: int
    time: int
    first_event: int
    n_events: int


@dataclass(slots=True)
class Stretch:
    """What lies between two bar tokens, or between one and an end of the tune.

    Attributes
    ----------
    start, end : int
        Its tokens, end exclusive; the bar tokens lie outside.
    bar_token : str or None
        The bar token that ends it; None at the end of the tune.
    meter : str or None
        The metre in force at its first event (without events: at its end), as a token; None before any metre.
    events : list of Event
    tuplets : list of Tuplet
    flags : list of Flag
        In the order of the tokens.
    """

    start: int
    end: int
    bar_token: str | None
    meter: str | None
    events: list[Event]
    tuplets: list[Tuplet]
    flags: list[Flag]


class _Length(NamedTuple):
    """A duration token: what it multiplies by (None for a bare marker), its form, and its broken-rhythm marker."""

    factor: int | Fraction | None
    is_whole: bool
    is_division: bool
    marker: str | None


@lru_cache(maxsize=4096)
def _read_token(token: str) -> tuple[str | None, _Length | None]:
    """Return the class of a token, and its length if it is a duration."""
    kind = token_class(token) if len(token) <= _LONGEST_TOKEN else None
    if kind != "duration":
        return kind, None
    number, divisor, marker = re.fullmatch(r"(\d+)?(?:/(\d+))?([<>])?", token).groups()
    factor = None
    if number or divisor:
        factor = Fraction(int(number or 1), int(divisor)) if divisor else int(number)
    return kind, _Length(factor, not divisor, not number, marker)


@lru_cache(maxsize=256)
def bar_eighths(meter: str) -> Fraction:
    """Return the length of a full bar of a metre token: 8 n / d eighths for `M:n/d`."""
    n, d = meter.removeprefix("M:").split("/")
    return Fraction(8 * int(n), int(d))


def read_stretches(tokens: Sequence[str]) -> list[Stretch]:
    """Read a tune into the stretches between its bar tokens, with their events and durations.

    Parameters
    ----------
    tokens : sequence of str
        Any strings; a string that is not a token of the format is flagged and ignored.

    Returns
    -------
    list of Stretch
        One more than there are bar tokens; a stretch may be empty.
    """
    readings = [_read_token(token) for token in tokens]
    bar_indices = [index for index, (kind, _) in enumerate(readings) if kind == "bar"]
    stretches, start, meter = [], 0, None
    for end in (*bar_indices, len(tokens)):
        stretch, meter = _read_stretch(tokens, readings, start, end, meter)
        stretches.append(stretch)
        start = end + 1
    return stretches


def _read_stretch(tokens, readings, start: int, end: int, meter: str | None) -> tuple[Stretch, str | None]:
    """Read tokens[start:end], which hold no bar token; also return the metre in force at their end."""
    events, flags = [], []
    tuplet_starts, markers = [], []  # each with the number of events that come before
    first_meter = meter
    may_follow = _NO_LENGTH
    index = start
    while index < end:
        kind, length = readings[index]
        if kind == "pitch":
            events.append(Event(index, (tokens[index],)))
            may_follow = _ANY_LENGTH
        elif kind == "duration":
            may_follow = _lengthen(events, index, length, may_follow, flags)
            if length.marker:
                markers.append((index, length.marker, len(events)))
                may_follow = _NO_LENGTH
        elif kind == "chord":
            close = _closing_bracket(tokens, readings, index, end)
            if close is None:
                flags.append(Flag(index, LOOSE_BRACKET))
            else:
                events.append(_read_chord(tokens, readings, index, close, flags))
                may_follow = _ANY_LENGTH
                index = close
        elif kind is None:
            flags.append(Flag(index, UNKNOWN_TOKEN))
        elif kind != "special":
            if kind == "tuplet":
                size = int(tokens[index][1:])
                time = usual_tuplet_time(size, (meter or "").removeprefix("M:"))
                tuplet_starts.append((index, size, time, len(events)))
            elif kind == "meter":
                meter = tokens[index]
                first_meter = first_meter if events else meter
            may_follow = _NO_LENGTH
        index += 1
    tuplets = _apply_tuplets(events, tuplet_starts, flags)
    _apply_broken_rhythm(events, markers, flags)
    bar_token = tokens[end] if end < len(tokens) else None
    return Stretch(start, end, bar_token, first_meter, events, tuplets, sorted(flags)), meter


def _lengthen(events: list[Event], index: int, length: _Length, may_follow: int, flags: list[Flag]) -> int:
    """Multiply the last event by a duration token that may follow it, else flag the token.

    Returns what may follow: after N, one /M (`E 3 /2` is 3/2); after any other length, none. A token that is ignored
    leaves that as it was.
    """
    if length.factor is None:
        return may_follow
    if may_follow == _ANY_LENGTH or (may_follow == _DIVISION_ONLY and length.is_division):
        events[-1].duration_eighths *= length.factor
        return _DIVISION_ONLY if length.is_whole else _NO_LENGTH
    flags.append(Flag(index, LOOSE_DURATION))
    return may_follow


def _closing_bracket(tokens, readings, start: int, end: int) -> int | None:
    """Return the index of the `]` that closes the chord at start: the next bracket, after a pitch; else None."""
    if tokens[start] == "[":
        has_pitch = False
        for index in range(start + 1, end):
            kind = readings[index][0]
            if kind == "chord":
                return index if tokens[index] == "]" and has_pitch else None
            has_pitch |= kind == "pitch"
    return None


def _read_chord(tokens, readings, start: int, close: int, flags: list[Flag]) -> Event:
    """Return the event of the chord between two brackets; it lasts as long as its first member."""
    members, may_follow = [], _NO_LENGTH
    for index in range(start + 1, close):
        kind, length = readings[index]
        if kind == "pitch":
            members.append(Event(index, (tokens[index],)))
            may_follow = _ANY_LENGTH
        elif kind == "duration":
            may_follow = _lengthen(members, index, length, may_follow, flags)
            if length.marker:
                flags.append(Flag(index, NOT_IN_A_CHORD))
        elif kind != "special":
            flags.append(Flag(index, NOT_IN_A_CHORD if kind else UNKNOWN_TOKEN))
    return Event(start, tuple(member.pitches[0] for member in members), members[0].duration_eighths)


def _apply_tuplets(events: list[Event], tuplet_starts, flags: list[Flag]) -> list[Tuplet]:
    """Make the events of each tuplet last time / size; the next tuplet or the end of the stretch ends it early."""
    tuplets = []
    limits = [first_event for *_, first_event in tuplet_starts[1:]] + [len(events)]
    for (token_index, size, time, first_event), limit in zip(tuplet_starts, limits, strict=False):
        n_events = min(size, limit - first_event)
        if n_events < size:
            flags.append(Flag(token_index, CUT_TUPLET))
        ratio = Fraction(time, size)
        for event in events[first_event : first_event + n_events]:
            event.duration_eighths *= ratio
        tuplets.append(Tuplet(token_index, size, time, first_event, n_events))
    return tuplets


def _apply_broken_rhythm(events: list[Event], markers, flags: list[Flag]) -> None:
    """Split the time of two neighbours 3 : 1 or 1 : 3, if they are equally long and no marker has changed them yet.

    Lengths are compared as they sound, tuplets included, so that a marker never changes how long its bar lasts.
    """
    last_used = -1
    for token_index, marker, right in markers:
        left = right - 1
        if last_used < left and right < len(events) and events[left].duration_eighths == events[right].duration_eighths:
            left_factor, right_factor = _BROKEN_RHYTHM[marker]
            events[left].duration_eighths *= left_factor
            events[right].duration_eighths *= right_factor
            last_used = right
        else:
            flags.append(Flag(token_index, IDLE_BROKEN_RHYTHM))


def format_eighths(length: Fraction) -> str:
    """Format a length in eighths with at most two decimals, such as 8, 40.5 or 8.33."""
    return f"{float(length):.2f}".rstrip("0").rstrip(".")
