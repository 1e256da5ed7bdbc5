"""Keys and their signatures."""

LETTERS = "CDEFGAB"
ACCIDENTALS = {"__": -2, "_": -1, "=": 0, "^": 1, "^^": 2}

_SHARPS_IN_ORDER = "FCGDAEB"
# Position of a mode's tonic on the line of fifths, relative to major.
_MODE_FIFTHS = {"lyd": 1, "maj": 0, "mix": -1, "dor": -2, "min": -3, "phr": -4, "loc": -5}


def key_fifths(tonic: str, mode: str) -> int:
    """Count the sharps of a key signature.

    Parameters
    ----------
    tonic : str
        A letter, with ``#`` or ``b`` behind it or without.
    mode : str
        maj, min, dor, mix, lyd, phr or loc.

    Returns
    -------
    int
        Negative for flats; beyond 7 either way where the signature has double ones.
    """
    return _SHARPS_IN_ORDER.index(tonic[0]) - 1 + {"": 0, "#": 7, "b": -7}[tonic[1:]] + _MODE_FIFTHS[mode]


def signature_of_fifths(fifths: int) -> dict[str, int]:
    """Return the alteration of each letter in semitones under a signature of so many sharps (flats where negative)."""
    # A letter's alteration: how often the line of fifths has passed it.
    return {letter: (fifths - position + 6) // 7 for position, letter in enumerate(_SHARPS_IN_ORDER)}


def fifths_of_key_token(token: str | None) -> int:
    """Return the number of sharps of a key token such as ``K:Cdor``; 0 for None, a tune without a key."""
    return 0 if token is None else key_fifths(token[2:-3], token[-3:])
