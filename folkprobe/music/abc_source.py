"""Parser for one tune of an ABC tune book, as far as the folk-rnn format can express it."""

import re
from dataclasses import dataclass
from fractions import Fraction

from folkprobe.music.keys import ACCIDENTALS, LETTERS, key_fifths, signature_of_fifths
from folkprobe.refusal import Refusal

# ABC 2.1, section 3.1.14: only the first three letters of a mode count, in any case.
_MODE_NAMES = {"": "maj", "m": "min", "ion": "maj", "aeo": "min"} | {m: m for m in ("maj", "min", "dor", "mix")}
# C| and 2/2 are read as 4/4: the same eight eighths, and the format has no other token for them.
_METERS = {"C": "4/4", "C|": "4/4", "2/2": "4/4"}

_KEY = re.compile(r"(?P<tonic>[A-G])(?P<sign>[#b]?)\s*(?P<mode>[A-Za-z]*)(?P<rest>.*)")
_CLEF = re.compile(r"(\s*(clef=\S+|treble\S*|bass\S*|alto\S*|tenor\S*|(transpose|octave|middle|stafflines)=\S+))*\s*")
_FIELD_LINE = re.compile(r"([A-Za-z+]):(?![|:])(.*)")
# Digits are bounded, so that no number takes long.
_BODY = re.compile(
    r"""
    \[(?P<field>[A-Za-z]):(?P<value>[^\]]*)\]
    | (?P<ending>(?:(?<=[|:])|\[)\d[\d,.x-]*)
    | (?P<bar>\[?(?:[|:]*\|[|:]*|:{2,})\]?)
    | \((?P<tuplet>[2-9](?::\d?){0,2})
    | (?P<note>(?P<accidental>\^{1,2}|_{1,2}|=)?(?P<letter>[A-Ga-gxz])(?P<octave>[,']*))
    | (?P<length>\d{1,4}/{0,8}\d{0,4}|/{1,8}\d{0,4})
    | (?P<broken><{1,3}|>{1,3})
    | (?P<chord_start>\[)
    | (?P<chord_end>\])
    # Not in the format: text, grace notes, decorations (ABC 2.1, section 4.16, leaves H to W and h to w to them),
    # slurs, ties, spacers, line ends.
    | (?P<dropped>"[^"]*" | \{[^}]*\} | ![\w.()<>+^-]+! | \+[a-z.()<>]+\+ | y\d* | [\s()~.H-Wh-w`$*!\\-])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Key:
    """A tonic, one of the modes maj, min, dor and mix, and the key signature that they make.

    Attributes
    ----------
    tonic : str
        Its letter; a sharp or flat shows in the signature only.
    mode : str
        As in the format's key tokens.
    signature : dict of str to int
        Alteration of each letter in semitones.
    """

    tonic: str
    mode: str
    signature: dict[str, int]


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
    """All bar lines and repeat signs between two events."""

    ends_repeat: bool = False
    starts_repeat: bool = False
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


def parse_key(key: str) -> Key:
    """Read the value of a ``K:`` field.

    Parameters
    ----------
    key : str
        Such as "G", "Em", "A Mixolydian"; words about the clef are skipped.

    Returns
    -------
    Key
        Tonic, mode and signature.

    Raises
    ------
    Refusal
        For a key without tonic, of another mode, or with accidentals of its own.
    """
    match = _KEY.fullmatch(key)
    if not match:
        raise Refusal(f"the key {key!r} has no tonic")
    words, rest = match["mode"], match["rest"]
    if _CLEF.fullmatch(words + rest):
        words = rest = ""
    # Capital M stands for major in some books and for minor in others.
    mode = None if words == "M" else _MODE_NAMES.get(words.lower()[:3])
    if mode is None:
        raise Refusal(f"the mode of the key {key!r} is not one of maj, min, dor, mix")
    if not _CLEF.fullmatch(rest):
        raise Refusal(f"the key {key!r} has accidentals of its own")
    return Key(match["tonic"], mode, signature_of_fifths(key_fifths(match["tonic"] + match["sign"], mode)))


def usual_tuplet_time(n_events: int, meter: str) -> int:
    """Return in the time of how many events a tuplet of `n_events` is played (ABC 2.1, section 4.13)."""
    return {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(n_events) or (3 if meter in ("6/8", "9/8", "12/8") else 2)


def parse_tune(abc: str) -> SourceTune:
    """Read one ABC tune.

    Parameters
    ----------
    abc : str
        Header lines up to ``K:``, then the music. Titles, text, grace notes, decorations, slurs, ties, lyrics and the
        other fields that say nothing about notes and bars are skipped.

    Returns
    -------
    SourceTune
        Its meter, key and music.

    Raises
    ------
    Refusal
        For a tune that the folk-rnn format cannot express, whatever the vocabulary, with the reason.

    References
    ----------
    .. [1] C. Walshaw et al., The ABC music standard 2.1, 2011.
    """
    lines = [re.sub(r"(?<!\\)%.*", "", line).strip() for line in abc.splitlines()]
    header = {}
    body_start = len(lines)
    for line_index, line in enumerate(lines):
        if match := _FIELD_LINE.fullmatch(line):
            header[match[1]] = match[2].strip()
            if match[1] == "K":
                body_start = line_index + 1
                break
    if "K" not in header:
        raise Refusal("the tune has no key (K:)")
    if header.get("M", "none") in ("", "none"):
        raise Refusal("the tune has no meter (M:)")
    meter = _METERS.get(header["M"], header["M"])
    if not re.fullmatch(r"[1-9]\d?/[1-9]\d?", meter):
        raise Refusal(f"the meter {meter} is not a simple fraction")
    reader = _MusicReader(meter, parse_key(header["K"]))
    # ABC 2.1, section 3.1.7, says what holds for a tune without L:.
    reader.read_field("L", header.get("L") or ("1/16" if Fraction(meter) < Fraction(3, 4) else "1/8"))
    for letter in header.keys() & {"V", "m"}:
        reader.read_field(letter, header[letter])
    for line in lines[body_start:]:
        if match := _FIELD_LINE.fullmatch(line):
            reader.read_field(match[1], match[2].strip())
        else:
            reader.read_line(line + "\n")
    reader.close()
    return SourceTune(meter, reader.key, reader.items)


class _MusicReader:
    """State of the parser: the music read so far."""

    def __init__(self, meter: str, key: Key) -> None:
        self.meter = meter
        self.key = key
        self.items: list[Event | BarSign | int] = []
        self.unit_eighths = Fraction(1)
        self.chord: Event | None = None
        self.n_tuplets = self.n_tuplet_events_left = 0

    def read_field(self, letter: str, value: str) -> None:
        if letter == "L":
            match = re.fullmatch(r"([1-9]\d{0,2})(?:/([1-9]\d{0,2}))?", value)
            if not match:
                raise Refusal(f"the unit note length L:{value} is not a fraction")
            self.unit_eighths = 8 * Fraction(int(match[1]), int(match[2] or 1))
        elif letter == "M" and _METERS.get(value, value) != self.meter:
            raise Refusal("the meter changes inside the tune")
        elif letter == "K" and not _CLEF.fullmatch(value) and parse_key(value) != self.key:
            raise Refusal("the key changes inside the tune")
        elif letter == "V":
            raise Refusal("the tune has voices (V:)")
        elif letter == "m":
            raise Refusal("the tune has macros (m:)")

    def read_line(self, line: str) -> None:
        position = 0
        lengthened: Event | None = None  # the event that a length would apply to, directly before it
        while position < len(line):
            match = _BODY.match(line, position)
            if not match:
                raise Refusal(f"the sign {line[position]!r} cannot be expressed in the format")
            position = match.end()
            if match["length"]:
                self._read_length(match["length"], lengthened)
            lengthened = None
            if match["note"]:
                lengthened = self._read_note(match)
            elif match["chord_start"]:
                if self.chord:
                    raise Refusal("a chord begins inside a chord")
                self.chord = Event([], self.unit_eighths)
            elif match["chord_end"]:
                lengthened = self._read_chord_end()
            elif match["broken"]:
                self._read_broken(match["broken"])
            elif match["tuplet"]:
                self._read_tuplet(match["tuplet"])
            elif match["field"]:
                self.read_field(match["field"], match["value"].strip())
            elif match["bar"] or match["ending"]:
                self._read_bar(match["bar"] or "", (match["ending"] or "").lstrip("["))

    def close(self) -> None:
        if self.chord or self.n_tuplet_events_left:
            raise Refusal("the tune ends inside a chord or a tuplet")
        if not any(isinstance(item, Event) for item in self.items):
            raise Refusal("the tune has no notes")

    def _append(self, event: Event) -> Event:
        if self.n_tuplet_events_left:
            event.tuplet_index = self.n_tuplets
            self.n_tuplet_events_left -= 1
        self.items.append(event)
        return event

    def _read_note(self, match: re.Match[str]) -> Event:
        letter = match["letter"]
        member = ("z", None, 0)
        if letter not in "xz":
            octave = letter.islower() + match["octave"].count("'") - match["octave"].count(",")
            step = LETTERS.index(letter.upper()) + len(LETTERS) * octave
            member = (letter.upper(), ACCIDENTALS.get(match["accidental"]), step)
        if self.chord:
            self.chord.members.append(member)
            return self.chord
        return self._append(Event([member], self.unit_eighths))

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
        bar = self.items[-1]
        bar.ends_repeat |= sign.lstrip("[").startswith(":")
        bar.starts_repeat |= sign.rstrip("]").endswith(":")
        bar.ending += ending.rstrip(".")
        if bar.ending not in ("", "1", "2"):
            raise Refusal("the tune has endings other than a first and a second one")
