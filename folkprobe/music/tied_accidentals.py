"""Accidentals that a tie carries over a bar line."""

from folkprobe.music.abc_key import Key


class TiedAccidentals:
    """Write them again after the bar line, and take them back for what follows in the bar.

    An accidental holds to the end of its bar in all octaves (ABC 2.1, section 11.3); over the bar line, for the tied
    note only.
    """

    def __init__(self) -> None:
        # Alterations of this bar by letter; those that the tied note needs and the others must take back.
        self._written: dict[str, int] = {}
        self._to_take_back: set[str] = set()
        # Letter and alteration of the last event's notes by step, and of those that a tie connects to the next event.
        self._sounding: dict[int, int] = {}
        self._tied: dict[int, int] = {}
        self._arriving: dict[int, int] = {}
        self._last_step = 0

    def begin_event(self) -> None:
        """Begin a note, a rest or a chord."""
        self._arriving, self._tied, self._sounding = self._tied, {}, {}

    def end_bar(self) -> None:
        """Forget the accidentals of the bar, but for those that are tied."""
        self._written.clear()
        self._to_take_back.clear()

    def tie(self, *, is_in_chord: bool) -> None:
        """Tie the last event to the next, or in a chord its last note."""
        last = {step: self._sounding[step] for step in (self._last_step,) if step in self._sounding}
        self._tied |= last if is_in_chord else self._sounding

    def read(self, letter: str, step: int, alteration: int | None, key: Key) -> int | None:
        """Return the accidental that a note needs, given the one that is written."""
        usual = key.signature[letter]
        if alteration is None and letter not in self._written:
            carried = self._arriving.get(step, usual)
            if carried != usual:
                alteration = carried
                self._to_take_back.add(letter)
            elif letter in self._to_take_back:
                alteration = usual
                self._to_take_back.discard(letter)
        elif alteration is not None:
            self._written[letter] = alteration
            self._to_take_back.discard(letter)
        self._sounding[step] = self._written.get(letter, usual) if alteration is None else alteration
        self._last_step = step
        return alteration
