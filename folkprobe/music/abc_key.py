"""Keys of ABC tunes."""

import re
from dataclasses import dataclass

from folkprobe.music.keys import key_fifths, signature_of_fifths
from folkprobe.refusal import Refusal

# ABC 2.1, section 3.1.14: only the first three letters of a mode count, in any case.
_MODE_NAMES = {"": "maj", "m": "min", "ion": "maj", "aeo": "min"} | {m: m for m in ("maj", "min", "dor", "mix")}
_KEY = re.compile(r"(?P<tonic>[A-G])(?P<sign>[#b]?)\s*(?P<mode>[A-Za-z]*)\s*(?P<rest>.*)")
# What may follow a key without changing a note's name: clefs, octaves, and settings of any program, as in staffscale=.8
KEY_SETTINGS = re.compile(
    r"""(?:^|\s+)(?:
    [A-Za-z]\w*=(?:"[^"]*"|\S+)
    | (?:treble|bass|alto|tenor|soprano|mezzosoprano|baritone|perc|none|auto)\d?(?:[-+^_]\d+)?
    | [-+]?8v[ab]
    )(?=\s|$)""",
    re.VERBOSE,
)
_KEY_ACCIDENTALS = re.compile(r"(exp\b\s*)?([_=^]{1,2}[A-Ga-g]\s*)+|exp\b.*")


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


def parse_key(key: str) -> Key:
    """Read the value of a ``K:`` field.

    Parameters
    ----------
    key : str
        Such as "G", "Em", "A Mixolydian"; clefs and settings like `staffscale=.8` are skipped.

    Returns
    -------
    Key
        Tonic, mode and signature.

    Raises
    ------
    Refusal
        For a key without tonic, of another mode, or with accidentals of its own.
    """
    match = _KEY.fullmatch(KEY_SETTINGS.sub("", key).strip())
    if not match:
        raise Refusal(f"the key {key!r} has no tonic")
    words, rest = match["mode"], match["rest"]
    if _KEY_ACCIDENTALS.fullmatch(f"{words} {rest}".strip()) or (rest and _KEY_ACCIDENTALS.fullmatch(rest)):
        raise Refusal(f"the key {key!r} has accidentals of its own")
    # Capital M stands for major in some books and for minor in others.
    mode = None if words == "M" else _MODE_NAMES.get(words.lower()[:3])
    if mode is None:
        raise Refusal(f"the mode of the key {key!r} is not one of maj, min, dor, mix")
    if rest:
        raise Refusal(f"the key {key!r} goes on with {rest!r}, which is neither a mode nor a clef")
    return Key(match["tonic"], mode, signature_of_fifths(key_fifths(match["tonic"] + match["sign"], mode)))
