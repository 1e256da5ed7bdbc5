"""Tunes in staff notation, as MEI: what was written, bar by bar, with the bars that are wrong marked.

Verovio, which draws MEI (see `folkprobe.music.engraving`), can read ABC itself, but drops notes after a tuplet and
crashes on a stray bracket.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree

from folkprobe.music.bars import OK_VERDICTS, Bar, BarCount, count_bars
from folkprobe.music.beats import beat_starts
from folkprobe.music.durations import format_eighths, read_stretches
from folkprobe.music.keys import fifths_of_key_token, signature_of_fifths
from folkprobe.music.pitch import Note, PitchedStretch, read_notes
from folkprobe.music.playorder import Section
from folkprobe.music.vocabulary import token_class
from folkprobe.refusal import Refusal

# Vermilion of the palette of Okabe and Ito, which readers with any colour vision tell from black.
WRONG_COLOUR = "#d55e00"

_NAMESPACE = "http://www.music-encoding.org/ns/mei"
# MEI's names of note values, in eighths, longest first.
_VALUES = (
    (Fraction(32), "long"),
    (Fraction(16), "breve"),
    *((Fraction(8, 2**k), str(2**k)) for k in range(9)),
)
_SHORTEST = _VALUES[-1][0]
# ASSUME: a note tied together from more is unreadable.
_MOST_TIED = 8
# A measure of so many events fills a line of the report; Verovio breaks lines between measures only.
_LONG_MEASURE = 12
_DRAWN_ACCIDENTALS = {-2: "ff", -1: "f", 0: "n", 1: "s", 2: "x"}
_SOUNDING_ACCIDENTALS = _DRAWN_ACCIDENTALS | {2: "ss"}
# Beyond seven sharps or flats there is no signature; accidentals are then written before the notes.
_MOST_FIFTHS = 7

Element = ElementTree.Element


def mei_score(tokens: Sequence[str]) -> str:
    """Write a tune as MEI.

    Parameters
    ----------
    tokens : sequence of str
        The tune; a string that is not a token, or cannot be read in its place, is left out.

    Returns
    -------
    str
        An MEI 5 document of one staff. Bars, repeats and endings are those of `folkprobe.music.bars.count_bars`; a bar
        too long for a line is several measures, of which the first has its number, with no bar line between them. A
        measured bar whose verdict is none of `OK_VERDICTS` is coloured, with its length and the length that it should
        have, in eighths, written above (``9 of 8``). ``n`` of a note, chord or rest is the event's `token_index`.

    Raises
    ------
    Refusal
        For a tune without bars, or with a length that staff notation cannot show.
    """
    count = count_bars(tokens)
    if not count.bars:
        raise Refusal("the tune has no bars, there is nothing to draw")
    pitched = {each.stretch.start: each for each in read_notes(tokens, read_stretches(tokens))}
    stretches = [pitched[bar.start] for bar in count.bars]
    mei = Element("mei", xmlns=_NAMESPACE, meiversion="5.0")
    file_description = _child(_child(mei, "meiHead"), "fileDesc")
    _child(_child(file_description, "titleStmt"), "title")
    _child(file_description, "pubStmt")
    score = _child(_child(_child(_child(mei, "music"), "body"), "mdiv"), "score")
    staves = _child(_score_definition(score, stretches[0], None), "staffGrp")
    _child(staves, "staffDef", {"n": "1", "lines": "5", "clef.shape": "G", "clef.line": "2"})
    section = _child(score, "section")
    endings = _endings(count)
    ending = None
    n_before_first = 0 if count.bars[0].verdict == "pickup" else 1
    for index, (bar, stretch) in enumerate(zip(count.bars, stretches, strict=True)):
        if index and (stretch.stretch.meter, stretch.key) != (
            stretches[index - 1].stretch.meter,
            stretches[index - 1].key,
        ):
            _score_definition(section, stretch, stretches[index - 1])
        if endings.get(index) != endings.get(index - 1):
            ending = _child(section, "ending", {"n": endings[index]}) if index in endings else None
        place = section if ending is None else ending
        lines = _bar_lines(tokens, count, index)
        _add_bar(place, {"n": str(n_before_first + index)} | lines, bar, stretch)
    return ElementTree.tostring(mei, encoding="unicode", xml_declaration=True)


def _child(parent: Element, tag: str, attributes: dict[str, str] | None = None) -> Element:
    return ElementTree.SubElement(parent, tag, attributes or {})


def _drawn_fifths(key: str | None) -> int:
    fifths = fifths_of_key_token(key)
    return fifths if abs(fifths) <= _MOST_FIFTHS else 0


def _score_definition(parent: Element, stretch: PitchedStretch, previous: PitchedStretch | None) -> Element:
    """Add the key and metre in force from here on, where they change."""
    attributes = {}
    fifths = _drawn_fifths(stretch.key)
    if previous is None or fifths != _drawn_fifths(previous.key):
        attributes["keysig"] = f"{abs(fifths)}{'s' if fifths > 0 else 'f' if fifths else ''}"
    meter = stretch.stretch.meter
    if meter and (previous is None or meter != previous.stretch.meter):
        attributes["meter.count"], attributes["meter.unit"] = meter[2:].split("/")
    return _child(parent, "scoreDef", attributes)


def _endings(count: BarCount) -> dict[int, str]:
    """Return the ending that each bar is in, by bar; an ending that nothing returns from is none."""
    endings = {}
    for section in count.sections:
        if section.first_ending is not None and section.n_plays > 1:
            first_end = section.end_bar if section.second_ending is None else section.second_ending
            endings |= dict.fromkeys(range(section.first_ending, first_end), "1")
            endings |= dict.fromkeys(range(first_end, section.end_bar), "2")
    return endings


def _bar_lines(tokens: Sequence[str], count: BarCount, index: int) -> dict[str, str]:
    """Return the bar lines on both sides of a bar: repeats as they are played, whatever the tokens are."""
    bars = count.bars
    sections = count.sections
    number = next(number for number, each in enumerate(sections) if each.first_bar <= index < each.end_bar)
    section = sections[number]
    is_last = index == len(bars) - 1
    lines = {"right": "single"}
    if _is_sent_back(section, index):
        lines["right"] = "rptend"
    elif is_last:
        # A tune that stopped without a bar token stops in mid-bar.
        lines["right"] = "end" if _signs(tokens, bars[index].end, len(tokens)) else "invis"
    if section.n_plays > 1 and index == section.first_bar:
        # Readers go back to the beginning, or to the last sign that sent them back, without being told.
        is_known = number == 0 or _is_sent_back(sections[number - 1], index - 1)
        if not is_known or "|:" in _signs(tokens, bars[index - 1].end if index else 0, bars[index].start):
            lines["left"] = "rptstart"
    if bars[index].duration != bars[index].expected:
        lines["metcon"] = "false"
    return lines


def _is_sent_back(section: Section, index: int) -> bool:
    """Report whether a section's bar is the last before it is played again."""
    return section.n_plays > 1 and index + 1 == (section.second_ending or section.end_bar)


def _signs(tokens: Sequence[str], start: int, end: int) -> list[str]:
    return [token for token in tokens[start:end] if token_class(token) == "bar"]


def _add_bar(place: Element, attributes: dict[str, str], bar: Bar, pitched: PitchedStretch) -> None:
    """Add a bar as one measure; as several without a bar line between them where it would not fit on a line."""
    colour = {} if bar.verdict in OK_VERDICTS | {"unmeasured"} else {"color": WRONG_COLOUR}
    music = _Layer(pitched, colour, is_pickup=bar.verdict == "pickup")
    limits = music.parts()
    for first_event, end_event in pairwise(limits):
        measure = _child(place, "measure", attributes)
        if end_event < limits[-1]:
            measure.set("right", "invis")
        if first_event > 0:
            for name in ("n", "left"):
                measure.attrib.pop(name, None)
        staff = _child(measure, "staff", {"n": "1"})
        layer = _child(staff, "layer", {"n": "1"})
        if colour and first_event == 0:
            direction = _child(measure, "dir", {"place": "above", "staff": "1", "tstamp": "1"})
            label = _child(direction, "rend", colour | {"fontstyle": "normal", "fontweight": "bold"})
            label.text = f"{format_eighths(bar.duration)} of {format_eighths(bar.expected)}"
        if pitched.stretch.events:
            music.fill(layer, first_event, end_event)
        else:
            _child(layer, "mSpace")


class _Layer:
    """The events of one bar while they become notes, beams and tuplets."""

    def __init__(self, pitched: PitchedStretch, colour: dict[str, str], *, is_pickup: bool) -> None:
        self.stretch, self.notes_of_events = pitched.stretch, pitched.notes
        self.colour = colour
        self.beats = set(beat_starts(pitched.stretch, is_pickup=is_pickup))
        self.signature = signature_of_fifths(_drawn_fifths(pitched.key))
        # A reader's alterations by line and space: an accidental on a staff holds in its own octave only.
        self.staff_alteration: dict[tuple[str, int], int] = {}
        self.beam: Element | None = None

    def parts(self) -> list[int]:
        """Return where measures of a readable width begin, and where the last one ends, in events."""
        n_events = len(self.stretch.events)
        inside = {
            number
            for tuplet in self.stretch.tuplets
            for number in range(tuplet.first_event + 1, tuplet.first_event + tuplet.n_events)
        }
        limits = [0]
        for number in range(n_events):
            is_long = number - limits[-1] >= _LONG_MEASURE and n_events - number > _LONG_MEASURE // 4
            begins_beat = self.stretch.events[number].token_index in self.beats
            if is_long and number not in inside and (begins_beat or number - limits[-1] >= 2 * _LONG_MEASURE):
                limits.append(number)
        return [*limits, n_events]

    def fill(self, layer: Element, first_event: int, end_event: int) -> None:
        """Add the events of one measure."""
        tuplets = {tuplet.first_event: tuplet for tuplet in self.stretch.tuplets}
        parent, ratio, tuplet_end = layer, Fraction(1), first_event
        self.beam = None
        for number in range(first_event, end_event):
            event = self.stretch.events[number]
            token_index = event.token_index
            if number in tuplets and tuplets[number].n_events:
                tuplet = tuplets[number]
                token_index = tuplet.token_index
                parent, ratio = self._tuplet(layer, tuplet.size, tuplet.time), Fraction(tuplet.time, tuplet.size)
                tuplet_end = number + tuplet.n_events
                self.beam = None
            elif number == tuplet_end and parent is not layer:
                parent, ratio = layer, Fraction(1)
                self.beam = None
            if token_index in self.beats:
                self.beam = None
            self._add_event(parent, event.token_index, self.notes_of_events[number], event.duration_eighths / ratio)

        for place in [layer, *layer.iter("tuplet")]:
            for position, beam in enumerate(place):
                if beam.tag == "beam" and len(beam) == 1:
                    # A note alone has a flag, which its beam would hide.
                    place[position] = beam[0]

    def _tuplet(self, parent: Element, size: int, time: int) -> Element:
        return _child(parent, "tuplet", {"num": str(size), "numbase": str(time), "num.format": "count"} | self.colour)

    def _add_event(self, parent: Element, token_index: int, notes: tuple[Note, ...], written: Fraction) -> None:
        """Add an event as one note or rest, or as several that are tied."""
        odd = written.denominator // (written.denominator & -written.denominator)
        if odd > 1:
            # No note value lasts a third: it is a tuplet of one.
            time = 1 << (odd.bit_length() - 1)
            parent, written = self._tuplet(parent, odd, time), written * odd / time
            self.beam = None
        values = list(_note_values(written))
        for piece, (name, n_dots) in enumerate(values):
            attributes = {"n": str(token_index), "dur": name} | ({"dots": str(n_dots)} if n_dots else {}) | self.colour
            is_beamed = bool(notes) and name.isdecimal() and int(name) >= 8
            if not is_beamed:
                self.beam = None
            elif self.beam is None:
                self.beam = _child(parent, "beam", self.colour)
            place = self.beam if is_beamed else parent
            if not notes:
                _child(place, "rest", attributes)
                continue
            tie = {} if len(values) == 1 else {"tie": "i" if piece == 0 else "t" if piece == len(values) - 1 else "m"}
            if len(notes) > 1:
                place, attributes = _child(place, "chord", attributes), {}
            for note in notes:
                self._add_note(place, note, attributes | tie, is_tied_on=piece > 0)
        if odd > 1:
            self.beam = None

    def _add_note(self, place: Element, note: Note, attributes: dict[str, str], *, is_tied_on: bool) -> None:
        line = (note.letter, note.octave)
        element = _child(place, "note", {"pname": note.letter.lower(), "oct": str(note.octave)} | attributes)
        is_misread = self.staff_alteration.get(line, self.signature[note.letter]) != note.alteration
        if (note.is_marked or is_misread) and not is_tied_on:
            _child(element, "accid", {"accid": _DRAWN_ACCIDENTALS[note.alteration]} | self.colour)
            self.staff_alteration[line] = note.alteration
        elif note.alteration or self.signature[note.letter]:
            # Readers that do not follow signatures and accidentals, as Verovio does, are told how it sounds.
            element.set("accid.ges", _SOUNDING_ACCIDENTALS[note.alteration])


def _note_values(eighths: Fraction) -> Iterator[tuple[str, int]]:
    """Yield a length as note values with their dots, the longest first, each with one dot at most."""
    n_values = 0
    left = Fraction(eighths)
    while left:
        n_values += 1
        value = next((each for each in _VALUES if each[0] <= left), None)
        if value is None or n_values > _MOST_TIED:
            raise Refusal(f"a length of {eighths} eighths cannot be shown in staff notation, leave the tune out")
        n_dots = int(left >= value[0] * Fraction(3, 2) and value[0] > _SHORTEST)
        yield value[1], n_dots
        left -= value[0] * Fraction(2 + n_dots, 2)
