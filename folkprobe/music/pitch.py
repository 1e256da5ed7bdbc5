"""Sounding pitch of a token, given its key and its bar.

An accidental holds to the end of its bar, for its letter in all octaves (ABC 2.1, section 11.3, the default of
``propagate-accidentals``).
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from folkprobe.music.durations import Event, Stretch
from folkprobe.music.keys import ACCIDENTALS, LETTERS, fifths_of_key_token, signature_of_fifths
from folkprobe.music.vocabulary import token_class

_SEMITONES = dict(zip(LETTERS, (0, 2, 4, 5, 7, 9, 11), strict=True))
_MIDDLE_C = 60


class Note(NamedTuple):
    """One note as it sounds.

    Attributes
    ----------
    letter : str
    octave : int
        4 for the one from ``C`` (middle C) to ``B``.
    alteration : int
        In semitones, by its own accidental, the bar's or the key's.
    is_marked : bool
        Whether an accidental stands before it.
    """

    letter: str
    octave: int
    alteration: int
    is_marked: bool

    @property
    def midi_number(self) -> int:
        """MIDI note number; middle C is 60."""
        return _MIDDLE_C + 12 * (self.octave - 4) + _SEMITONES[self.letter] + self.alteration


class PitchedStretch(NamedTuple):
    """A stretch with the notes of its events.

    Attributes
    ----------
    stretch : Stretch
    key : str or None
        The key token in force at its first event (without events: at its end); None before any key.
    notes : tuple of tuple of Note
        For each event; empty for a rest.
    """

    stretch: Stretch
    key: str | None
    notes: tuple[tuple[Note, ...], ...]


def read_notes(tokens: Sequence[str], stretches: Sequence[Stretch]) -> list[PitchedStretch]:
    """Find the sounding notes of every event.

    Parameters
    ----------
    tokens : sequence of str
        The tune.
    stretches : sequence of Stretch
        From `folkprobe.music.durations.read_stretches`, of the same tokens.

    Returns
    -------
    list of PitchedStretch
        One for each stretch. A key token in mid-bar holds from there on; the bar's accidentals stay.
    """
    pitched, key = [], None
    for stretch in stretches:
        ignored = {flag.token_index for flag in stretch.flags}
        key_changes = [
            index
            for index in range(stretch.start, stretch.end)
            if token_class(tokens[index]) == "key" and index not in ignored
        ]
        first_key, altered, notes = key, {}, []
        for number, event in enumerate(stretch.events):
            while key_changes and key_changes[0] < event.token_index:
                key = tokens[key_changes.pop(0)]
            first_key = first_key if number else key
            notes.append(_notes_of_event(event, signature_of_fifths(fifths_of_key_token(key)), altered))
        key = tokens[key_changes[-1]] if key_changes else key
        pitched.append(PitchedStretch(stretch, first_key if stretch.events else key, tuple(notes)))
    return pitched


def _notes_of_event(event: Event, signature: dict[str, int], altered: dict[str, int]) -> tuple[Note, ...]:
    """Return the notes of an event; its accidentals are added to those of the bar, `altered`."""
    notes = []
    for pitch in event.pitches:
        if pitch != "z":
            accidental, letter, octave_sign = re.fullmatch(r"([_=^]*)([A-Ga-g])([,']?)", pitch).groups()
            octave = 4 + letter.islower() + {"": 0, ",": -1, "'": 1}[octave_sign]
            letter = letter.upper()
            if accidental:
                altered[letter] = ACCIDENTALS[accidental]
            notes.append(Note(letter, octave, altered.get(letter, signature[letter]), bool(accidental)))
    return tuple(notes)
