"""Notes of a MIDI file, as anything that plays it hears them."""

from typing import NamedTuple

from mido import MidiFile


class PlayedNote(NamedTuple):
    """One note, in eighths from the beginning."""

    onset: float
    end: float
    number: int


def read_midi_notes(path):
    """Return the notes of a file of one track by onset, those of a chord by height.

    abc2midi lets the notes of a chord begin 10 ticks after one another, of 240 an eighth.
    """
    midi = MidiFile(path)
    notes, sounding, tick = [], {}, 0
    for message in midi.tracks[0]:
        tick += message.time
        if message.type == "note_on" and message.velocity:
            sounding.setdefault(message.note, []).append(tick)
        elif message.type in ("note_on", "note_off"):
            ticks = sounding[message.note].pop(0), tick
            notes.append(PlayedNote(*(2 * each / midi.ticks_per_beat for each in ticks), message.note))
    assert not any(sounding.values()), "a note never ends"
    chords, first = {}, None
    for note in sorted(notes):
        if first is None or note.onset >= first.end:
            first = note
        # A unison inside a chord is one note.
        chords.setdefault((first.onset, note.number), note)
    return [note for _, note in sorted(chords.items())]
