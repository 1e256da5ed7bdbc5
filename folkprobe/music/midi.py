"""Tunes as standard MIDI files, played as they are counted: repeats and endings unfolded."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from mido import Message, MetaMessage, MidiFile, MidiTrack

from folkprobe.artefact import whole_file
from folkprobe.music.bars import count_bars
from folkprobe.music.durations import read_stretches
from folkprobe.music.keys import fifths_of_key_token
from folkprobe.music.pitch import Note, read_notes
from folkprobe.refusal import Refusal

# 2,520 ticks an eighth are divisible by 2 to 10 and 12: every length of the v2 vocabulary but /16, and every tuplet of
# them, begins on a tick.
TICKS_PER_QUARTER = 5040
_TICKS_PER_EIGHTH = TICKS_PER_QUARTER // 2
# ASSUME: a beat of half a second, MIDI's own default; no token says how fast a tune goes.
MICROSECONDS_PER_QUARTER = 500_000
_VELOCITY = 80
# The format's limit on a delta time (variable-length quantity of four bytes).
_LONGEST_TICKS = 2**28 - 1

_MAJOR_NAMES = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
_MINOR_NAMES = ("Abm", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m", "A#m")


class PlayedEvent(NamedTuple):
    """A note, a chord or a rest with its time.

    Attributes
    ----------
    token_index : int
        Its first token in the tune.
    onset_eighths, duration_eighths : Fraction
        Onset from the beginning of the tune, and duration.
    notes : tuple of Note
        The notes that sound; empty for a rest.
    meter, key : str or None
        Tokens in force in its bar.
    """

    token_index: int
    onset_eighths: Fraction
    duration_eighths: Fraction
    notes: tuple[Note, ...]
    meter: str | None
    key: str | None


def played_events(tokens: Sequence[str]) -> Iterator[PlayedEvent]:
    """Play a tune.

    Parameters
    ----------
    tokens : sequence of str
        Any strings; a string that is not a token, or cannot be read in its place, is not played.

    Yields
    ------
    PlayedEvent
        In the play order of `folkprobe.music.bars.count_bars`, one after another, rests included.
    """
    count = count_bars(tokens)
    pitched = {each.stretch.start: each for each in read_notes(tokens, read_stretches(tokens))}
    onset = Fraction(0)
    for bar in count.play_order:
        stretch, key, notes_of_events = pitched[count.bars[bar].start]
        for event, notes in zip(stretch.events, notes_of_events, strict=True):
            duration = Fraction(event.duration_eighths)
            yield PlayedEvent(event.token_index, onset, duration, notes, stretch.meter, key)
            onset += event.duration_eighths


def write_midi(tokens: Sequence[str], path: Path | str, *, title: str) -> None:
    """Write `midi_bytes` atomically."""
    with whole_file(path) as temporary:
        temporary.write_bytes(midi_bytes(tokens, title=title))


def midi_bytes(tokens: Sequence[str], *, title: str) -> bytes:
    """Return a tune as a standard MIDI file of one track.

    Parameters
    ----------
    tokens : sequence of str
        The tune. The same tune gives the same bytes.
    title : str
        The track's name; characters outside Latin-1 become question marks.

    Raises
    ------
    Refusal
        If the tune is too long for the format.
    """
    track = MidiTrack()
    track.append(MetaMessage("track_name", name=title.encode("latin-1", "replace").decode("latin-1")))
    track.append(MetaMessage("set_tempo", tempo=MICROSECONDS_PER_QUARTER))
    now = 0
    for tick, message in sorted(_timed_messages(tokens), key=lambda timed: timed[0]):
        if tick - now > _LONGEST_TICKS:
            raise Refusal(
                f"{title}: a note or rest of {(tick - now) // _TICKS_PER_EIGHTH} eighths is too long for MIDI"
            )
        track.append(message.copy(time=tick - now))
        now = tick
    file = BytesIO()
    MidiFile(type=0, ticks_per_beat=TICKS_PER_QUARTER, tracks=[track]).save(file=file)
    return file.getvalue()


def _timed_messages(tokens: Sequence[str]) -> Iterator[tuple[int, Message | MetaMessage]]:
    """Return the messages of a tune with their ticks; of those at one tick, ends of notes come first."""
    meter = key = None
    for event in played_events(tokens):
        start = round(event.onset_eighths * _TICKS_PER_EIGHTH)
        end = round((event.onset_eighths + event.duration_eighths) * _TICKS_PER_EIGHTH)
        if event.meter != meter:
            meter = event.meter
            yield from ((start, message) for message in _meter_messages(meter))
        if event.key != key:
            key = event.key
            yield from ((start, message) for message in _key_messages(key))
        numbers = sorted({note.midi_number for note in event.notes})
        yield from ((start, Message("note_on", note=number, velocity=_VELOCITY)) for number in numbers)
        yield from ((end, Message("note_off", note=number, velocity=0)) for number in numbers)


def _meter_messages(meter: str) -> Iterator[MetaMessage]:
    n, d = (int(number) for number in meter[2:].split("/"))
    # The format requires a power of two below.
    if n <= 255 and d <= 2**7 and d & (d - 1) == 0:
        yield MetaMessage("time_signature", numerator=n, denominator=d)


def _key_messages(key: str) -> Iterator[MetaMessage]:
    fifths = fifths_of_key_token(key)
    # MIDI has major and minor only; other modes are written as the major of their signature.
    if -7 <= fifths <= 7:
        yield MetaMessage("key_signature", key=(_MINOR_NAMES if key.endswith("min") else _MAJOR_NAMES)[fifths + 7])
