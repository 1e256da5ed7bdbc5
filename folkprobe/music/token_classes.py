"""The order of tokens on an axis, and how often each class occurs in tunes."""

import re

import numpy as np

from folkprobe.music.tunes import Tunes
from folkprobe.music.vocabulary import END_TOKEN, TOKEN_CLASSES, token_class

OTHER_CLASS = "other"
# Tokens that open or close a section, or the tune: what the articles ask about.
SECTION_TOKENS = ("|:", ":|", END_TOKEN)

_PITCH = re.compile(r"([_=^]?)([A-Ga-g])([,']?)")
_LENGTH = re.compile(r"(\d*)(?:(/)(\d*))?([<>]?)")


def class_of(token: str) -> str:
    """Return the class of a token, `OTHER_CLASS` for one outside the format."""
    return token_class(token) or OTHER_CLASS


def order_by_class(vocabulary: tuple[str, ...]) -> np.ndarray:
    """Return token indices in the order of an axis: by class, pitches rising, durations growing, all else by name."""
    classes = [*TOKEN_CLASSES, OTHER_CLASS]
    keys = [(classes.index(class_of(token)), _place(token), token) for token in vocabulary]
    return np.array(sorted(range(len(vocabulary)), key=keys.__getitem__), dtype=np.int64)


def _place(token: str) -> tuple[float, ...]:
    """Return the height of a pitch or the size of a length; an empty tuple for other tokens."""
    pitch = _PITCH.fullmatch(token)
    if pitch:
        accidental, letter, octave = pitch.groups()
        height = 7 * letter.islower() + 7 * (octave == "'") - 7 * (octave == ",")
        return (height + "CDEFGAB".index(letter.upper()), "_ =^".index(accidental or " "))
    length = _LENGTH.fullmatch(token) if token_class(token) == "duration" else None
    if length:
        numerator, slash, denominator, marker = length.groups()
        return (bool(marker), int(numerator or 1) / (int(denominator or 2) if slash else 1))
    return ()


def count_classes(tunes: Tunes) -> dict[str, np.ndarray]:
    """Count drawn tokens by class in every tune.

    Returns
    -------
    dict of str to ndarray of int, shape (n_tunes,)
        By class, those of `TOKEN_CLASSES` first; then each of `SECTION_TOKENS` under its own spelling; `drawn`, all of
        them. `<s>` and the prompt were not drawn and do not count.
    """
    tune_index = np.repeat(np.arange(len(tunes)), np.diff(tunes.tune_offsets))
    drawn = ~np.isnan(tunes.log_probabilities)
    token_index, tune_index = tunes.token_index[drawn], tune_index[drawn]
    classes = [class_of(token) for token in tunes.vocabulary]
    members = {name: [c == name for c in classes] for name in (*TOKEN_CLASSES, OTHER_CLASS)}
    members |= {token: [t == token for t in tunes.vocabulary] for token in SECTION_TOKENS}
    members["drawn"] = [True] * len(classes)
    return {
        name: np.bincount(tune_index[np.array(is_member)[token_index]], minlength=len(tunes))
        for name, is_member in members.items()
    }
