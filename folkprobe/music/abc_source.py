"""Parser for one tune of an ABC tune book, as far as the folk-rnn format can express it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from folkprobe.music.abc_key import KEY_SETTINGS, Key, parse_key
from folkprobe.music.abc_lines import Line, join_music, read_lines
from folkprobe.music.keys import ACCIDENTALS, LETTERS
from folkprobe.music.tied_accidentals import TiedAccidentals
from folkprobe.refusal import Refusal

# C| and 2/2 are read as 4/4: the same eight eighths, and the format has no other token for them.
_METERS = {"C": "4/4", "C|": "4/4", "2/2": "4/4"}

# Decorations that say to go on somewhere else.
_JUMP = re.compile(r"!(D\.?[CS]\.?.*|dacapo|dacoda|dalsegno)!", re.IGNORECASE)
# Letters for decorations that ABC 2.1, section 4.16, defines; U: defines others.
_SYMBOLS = frozenset(".~HLMOPSTuv")
# Digits are bounded, so that no number takes long.
_BODY = re.compile(
    r"""
    \[(?P<field>[A-Za-z]):(?P<value>[^\]]*)\]
    | (?P<ending>(?:(?<=[|:])|\[)\d[\d,.x-]*)
    | (?P<bar>\[?(?:[|:]*\|[|:]*|:{2,})\]?)
    | \((?P<tuplet>[2-9](?::\d?){0,2})
    | (?P<note>(?P<accidental>\^{1,2}|_{1,2}|=)?(?P<letter>[A-Ga-gxz])(?P<octave>[,']*))
    | [ZX](?P<rest_bars>\d{0,3})
    | (?P<length>\d{1,4}/{0,8}\d{0,4}|/{1,8}\d{0,4})
    | (?P<broken><{1,3}|>{1,3})
    | (?P<chord_start>\[)
    | (?P<chord_end>\])
    | (?P<tie>-)
    | (?P<decoration>![\w.()<>+^-]+!)
    # A letter for a decoration stands before what it decorates (ABC 2.1, section 4.20).
    | (?P<symbol>[.~H-Wh-w])(?=[ \t]*[].~H-Wh-w"{!+()[^_=A-Ga-gxyzZX|:<>-])
    # Not in the format: text, grace notes, slurs, spacers, line ends, and what section 8.1 reserves.
    | (?P<dropped>"[^"]*" | \{[^}]*\} | \+[a-z.()<>]+\+ | y\d* | [ \t()`$!\\\#*;?@])
    """,
    re.VERBOSE,
)


@dataclass
class Event:
    """A note, a rest or a chord.

    Attributes
    ----------
    members : list of tuple
        Letter ("z" for a rest), explicit alteration in semitones or None, scale step from ``C``.
    length : Fraction
        In eighths, before broken rhythm and tuplets; a chord's is that of its first member times its own.
    tuplet_index : int
        Which tuplet of the tune it belongs to, from 1; 0 for none.
    broken : int
        Broken rhythm towards the next event: 1 for ``>``, -2 for ``<<``, 0 for none.
    """

    members: list[tuple[str, int | None, int]]
    length: Fraction
    tuplet_index: int = 0
    broken: int = 0


@dataclass
class BarSign:
    """All bar lines and repeat signs between two events.

    Attributes
    ----------
    ends_repeat, starts_repeat : bool
        Whether there is a `:|`, and a `|:` or the place that a later `:|` without a `|:` goes back to.
    is_double : bool
        Whether there is a `||`, `|]` or `[|`.
    ending : str
        "1", "2" or none.
    """

    ends_repeat: bool = False
    starts_repeat: bool = False
    is_double: bool = False
    ending: str = ""


@dataclass(frozen=True)
class SourceTune:
    """A tune as parsed from its source.

    Attributes
    ----------
    meter : str
        Such as "6/8"; common and cut time are "4/4".
    key : Key
        In force for the whole tune.
    items : list of Event, BarSign or int
        The music in order; an int says how many events make the tuplet that begins there.
    """

    meter: str
    key: Key
    items: list[Event | BarSign | int]


def usual_tuplet_time(n_events: int, meter: str) -> int:
    """Return in the time of how many events a tuplet of `n_events` is played (ABC 2.1, section 4.13)."""
    return {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(n_events) or (3 if meter in ("6/8", "9/8", "12/8") else 2)


def parse_tune(abc: str, book_header: str = "") -> SourceTune:
    """Read one ABC tune.

    Parameters
    ----------
    abc : str
        Header lines up to ``K:``, then the music. Titles, text, grace notes, decorations, slurs, lyrics and the other
        fields that say nothing about notes and bars are skipped.
    book_header : str
        Fields that hold for all tunes of a book; those of the tune come before them.

    Returns
    -------
    SourceTune
        Its meter, key and music.

    Raises
    ------
    Refusal
        For a tune that the folk-rnn format cannot express, whatever the vocabulary, and for a line that is not music,
        with the reason. Lines are counted from the first of `abc`.

    Notes
    -----
    ``M:``, ``L:`` and ``K:`` may also stand between the header and the first note.

    References
    ----------
    .. [1] C. Walshaw et al., The ABC music standard 2.1, 2011.
    """
    lines = list(read_lines(abc))
    body_start = next((index for index, line in enumerate(lines, start=1) if line.field == "K"), None)
    if body_start is None:
        raise Refusal("the tune has no key (K:)")
    fields = [line for line in (*read_lines(book_header), *lines[:body_start]) if line.field]
    header = {line.field: line.text for line in fields}
    reader = _MusicReader(parse_key(header["K"]), header.get("P", ""))
    if "M" in header:
        reader.read_field("M", header["M"])
    # ABC 2.1, section 3.1.7, says what holds for a tune without L:.
    is_short = reader.meter is not None and Fraction(reader.meter) < Fraction(3, 4)
    reader.read_field("L", header.get("L") or ("1/16" if is_short else "1/8"))
    for line in fields:
        if line.field in ("U", "V", "m"):
            reader.read_field(line.field, line.text)
    for line in join_music(lines[body_start:]):
        if line.field:
            reader.read_field(line.field, line.text)
        else:
            reader.read_line(line)
    reader.close()
    return SourceTune(reader.meter, reader.key, reader.items)


def _start_unmatched_repeats(items: Sequence[Event | BarSign | int]) -> None:
    """Let a repeat start where a `:|` without a `|:` goes back to, if a double bar line says so (ABC 2.1, section 4.8).

    After a `:|`, and at the beginning of the tune, tokens need no sign.
    """
    is_open, is_in_first_ending, double = False, False, None
    for index, sign in enumerate(items):
        if not isinstance(sign, BarSign):
            continue
        if sign.ends_repeat:
            if double and not is_open:
                double.starts_repeat = True
            is_open, is_in_first_ending, double = False, False, None
        elif sign.is_double and index and not is_in_first_ending:
            double = sign
        is_open |= sign.starts_repeat
        is_in_first_ending |= sign.ending == "1"


class _MusicReader:
    """State of the parser: the music read so far."""

    def __init__(self, key: Key, order_of_parts: str) -> None:
        self.meter: str | None = None
        self.key = key
        self.items: list[Event | BarSign | int] = []
        self.unit_eighths = Fraction(1)
        self.chord: Event | None = None
        self.n_tuplets = self.n_tuplet_events_left = 0
        self.symbols = set(_SYMBOLS)
        self.order_of_parts, self.parts = order_of_parts, ""
        self.accidentals = TiedAccidentals()

    @property
    def has_notes(self) -> bool:
        return any(isinstance(item, Event) for item in self.items)

    def read_field(self, letter: str, value: str) -> None:
        if letter == "L":
            match = re.fullmatch(r"([1-9]\d{0,2})(?:/([1-9]\d{0,2}))?", value)
            if not match:
                raise Refusal(f"the unit note length L:{value} is not a fraction")
            self.unit_eighths = 8 * Fraction(int(match[1]), int(match[2] or 1))
        elif letter == "M":
            self._read_meter(_METERS.get(value, value))
        elif letter == "K" and KEY_SETTINGS.sub("", value).strip():
            key = parse_key(value)
            if key != self.key and self.has_notes:
                raise Refusal("the key changes inside the tune")
            self.key = key
        elif letter == "P":
            self.parts += value[:1]
        elif letter == "U":
            self.symbols.add(value[:1])
        elif letter == "V":
            raise Refusal("the tune has voices (V:)")
        elif letter == "m":
            raise Refusal("the tune has macros (m:)")

    def _read_meter(self, meter: str) -> None:
        if meter != self.meter and self.has_notes:
            raise Refusal("the meter changes inside the tune")
        if meter not in ("", "none") and not re.fullmatch(r"[1-9]\d?/[1-9]\d?", meter):
            raise Refusal(f"the meter {meter} is not a simple fraction")
        self.meter = None if meter in ("", "none") else meter

    def read_line(self, line: Line) -> None:
        text = line.text
        position = 0
        lengthened: Event | None = None  # the event that a length would apply to, directly before it
        while position < len(text):
            match = _BODY.match(text, position)
            if text[position] == "&":
                raise Refusal("the sign '&' cannot be expressed in the format")
            # A letter that stands for nothing makes a word, unless there is a bar line to tell music from text.
            if not match or (match["symbol"] and match["symbol"] not in self.symbols and not line.has_bar_line):
                raise Refusal(f"line {line.number} is not music from {text[position]!r} on: {text!r}")
            position = match.end()
            if match["length"]:
                self._read_length(match["length"], lengthened)
            lengthened = None
            if match["note"]:
                lengthened = self._read_note(match)
            elif match["chord_start"]:
                if self.chord:
                    raise Refusal("a chord begins inside a chord")
                self.accidentals.begin_event()
                self.chord = Event([], self.unit_eighths)
            elif match["chord_end"]:
                lengthened = self._read_chord_end()
            elif match["broken"]:
                self._read_broken(match["broken"])
            elif match["tuplet"]:
                self._read_tuplet(match["tuplet"])
            elif match["field"]:
                self.read_field(match["field"], match["value"].strip())
            elif match["tie"]:
                self.accidentals.tie(is_in_chord=self.chord is not None)
            elif match["rest_bars"] is not None:
                self._read_rest_bars(match["rest_bars"])
            elif match["decoration"] and _JUMP.fullmatch(match["decoration"]):
                raise Refusal(f"the tune goes on somewhere else at {match['decoration']}")
            elif match["bar"] or match["ending"]:
                self._read_bar(match["bar"] or "", (match["ending"] or "").lstrip("["))

    def close(self) -> None:
        if self.chord or self.n_tuplet_events_left:
            raise Refusal("the tune ends inside a chord or a tuplet")
        if not self.has_notes:
            raise Refusal("the tune has no notes")
        order = re.sub(r"[\s.,]", "", self.order_of_parts)
        if order != self.parts and not set(order).isdisjoint(self.parts):
            raise Refusal(f"the parts are played in another order (P:{self.order_of_parts}) than they are written")
        _start_unmatched_repeats(self.items)

    def _append(self, event: Event) -> Event:
        if self.meter is None:
            raise Refusal("the tune has no meter (M:)")
        if self.n_tuplet_events_left:
            event.tuplet_index = self.n_tuplets
            self.n_tuplet_events_left -= 1
        self.items.append(event)
        return event

    def _read_note(self, match: re.Match[str]) -> Event:
        letter = match["letter"]
        if not self.chord:
            self.accidentals.begin_event()
        member = ("z", None, 0)
        if letter not in "xz":
            octave = letter.islower() + match["octave"].count("'") - match["octave"].count(",")
            step = LETTERS.index(letter.upper()) + len(LETTERS) * octave
            alteration = self.accidentals.read(letter.upper(), step, ACCIDENTALS.get(match["accidental"]), self.key)
            member = (letter.upper(), alteration, step)
        if self.chord:
            self.chord.members.append(member)
            return self.chord
        return self._append(Event([member], self.unit_eighths))

    def _read_rest_bars(self, number: str) -> None:
        if self.chord or self.n_tuplet_events_left or number == "0":
            raise Refusal("rests of whole bars (Z) stand for themselves, not in a chord or a tuplet, and not 0 times")
        for n_before in range(int(number or 1)):
            if n_before:
                self._read_bar("|", "")
            self.accidentals.begin_event()
            rest = self._append(Event([("z", None, 0)], Fraction(1)))
            rest.length = 8 * Fraction(self.meter)

    def _read_chord_end(self) -> Event:
        chord, self.chord = self.chord, None
        if not (chord and chord.members):
            raise Refusal("a chord without notes")
        return self._append(chord)

    def _read_length(self, text: str, event: Event | None) -> None:
        if event is None:
            raise Refusal("a length without a note")
        numerator, slashes, denominator = re.fullmatch(r"(\d*)(/*)(\d*)", text).groups()
        if denominator and not int(denominator):
            raise Refusal(f"the length {text} is not a number")
        # A chord lasts as long as its first member (ABC 2.1, section 4.17).
        if event is not self.chord or len(event.members) == 1:
            event.length *= Fraction(int(numerator or 1), int(denominator) if denominator else 2 ** len(slashes))

    def _read_broken(self, marker: str) -> None:
        if self.chord or not (self.items and isinstance(self.items[-1], Event)) or self.items[-1].broken:
            raise Refusal("broken rhythm is not between two notes of a bar")
        self.items[-1].broken = len(marker) if marker[0] == ">" else -len(marker)

    def _read_tuplet(self, numbers: str) -> None:
        n_events, *others = (int(number or 0) for number in numbers.split(":"))
        usual = (usual_tuplet_time(n_events, self.meter), n_events)
        if any(number not in (0, expected) for number, expected in zip(others, usual, strict=False)):
            raise Refusal(f"the tuplet ({numbers} has no token")
        if self.n_tuplet_events_left:
            raise Refusal("a tuplet begins inside a tuplet")
        self.n_tuplets += 1
        self.n_tuplet_events_left = n_events
        self.items.append(n_events)

    def _read_bar(self, sign: str, ending: str) -> None:
        if self.chord or self.n_tuplet_events_left:
            raise Refusal("a bar line cuts a chord or a tuplet")
        if not (self.items and isinstance(self.items[-1], BarSign)):
            self.items.append(BarSign())
        self.accidentals.end_bar()
        bar = self.items[-1]
        core = sign.strip("[]")
        # |:| is the beginning of a repeat with a bar line behind it.
        if core and not re.fullmatch(r":?\|+:?|::|\|+::?\|+", core):
            more = "says to play a part more than twice" if "::" in core else "is none of ABC's bar lines"
            raise Refusal(f"the sign {sign} {more}, and has no token")
        bar.ends_repeat |= core.startswith(":") or "::" in core
        bar.starts_repeat |= ":" in core.lstrip("|")[1:] or (":" in core and not core.startswith(":"))
        bar.is_double |= "||" in core or (sign not in (core, f"[{core}]"))
        bar.ending += ending.rstrip(".")
        if bar.ending not in ("", "1", "2"):
            raise Refusal("the tune has endings other than a first and a second one")
