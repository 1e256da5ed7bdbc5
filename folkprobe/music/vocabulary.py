"""Tokens of the folk-rnn v2 format and their classes."""

import re
from collections.abc import Iterable

START_TOKEN = "<s>"
END_TOKEN = "</s>"

# The order is the one in which figures and tables list the classes.
_TOKEN_CLASSES = {
    "special": re.compile(r"</?s>"),
    "meter": re.compile(r"M:[1-9]\d*/[1-9]\d*"),
    "key": re.compile(r"K:[A-G][#b]?(maj|min|dor|mix|lyd|phr|loc)"),
    "bar": re.compile(r"\|:|:\||\|[12]?"),
    # ASSUME: the rest z is a pitch: it is an event that takes the place of a note.
    "pitch": re.compile(r"[_=^]?([A-G],?|[a-g]'?)|z"),
    # A length (N, N/M, /M), a broken-rhythm marker, or both fused.
    "duration": re.compile(r"(?=.)([1-9]\d*)?(/[1-9]\d*)?[<>]?"),
    "tuplet": re.compile(r"\([2-9]"),
    "chord": re.compile(r"[\[\]]"),
}
TOKEN_CLASSES = tuple(_TOKEN_CLASSES)


def token_class(token: str) -> str | None:
    """Return the class of a token of the folk-rnn v2 format, of `TOKEN_CLASSES`; None for any other string."""
    return next((name for name, pattern in _TOKEN_CLASSES.items() if pattern.fullmatch(token)), None)


def writes_bars(tokens: Iterable[str]) -> bool:
    """Report whether bars can be counted in tunes of these tokens: there are bar lines, and a metre."""
    tokens = list(tokens)
    return "|" in tokens and any(token_class(token) == "meter" for token in tokens)


def group_by_class(tokens: Iterable[str]) -> dict[str | None, list[str]]:
    """Sort the tokens of a vocabulary into their classes.

    Returns
    -------
    dict
        Every one of `TOKEN_CLASSES` in their order, with its tokens in the given order (none for an absent class);
        under None at the end, the strings that are not tokens of the format, if there are any.
    """
    groups: dict[str | None, list[str]] = {name: [] for name in TOKEN_CLASSES}
    for token in tokens:
        groups.setdefault(token_class(token), []).append(token)
    return groups
