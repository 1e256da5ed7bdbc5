"""Recurrence of the tokens of a tune: singly, by class, and as phrases."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from folkprobe.music.vocabulary import token_class
from folkprobe.refusal import Refusal


def _class_test(name: str) -> Callable[[str], bool]:
    return lambda token: token_class(token) == name


_CLASSES: dict[str, Callable[[str], bool]] = {
    "bar": _class_test("bar"),
    "repeat": lambda token: token in (":|", "|:"),
    "pitch": _class_test("pitch"),
    "duration": _class_test("duration"),
    "tuplet": _class_test("tuplet"),
}
# Those whose recurrence may explain a peak; a repeat sign is a bar token too.
RECURRENCE_CLASSES = tuple(_CLASSES)


@dataclass(frozen=True)
class Phrase:
    """A repeated stretch of tokens.

    Attributes
    ----------
    tokens : tuple of str
    first_step, again_step : int
        Where the stretch and its repetition begin, from 0.
    """

    tokens: tuple[str, ...]
    first_step: int
    again_step: int

    @property
    def lag_steps(self) -> int:
        """Steps from the stretch to its repetition."""
        return self.again_step - self.first_step


def class_indicators(tokens: Sequence[str]) -> np.ndarray:
    """Return 1 or 0 by step and class, shape (n_steps, n_classes), columns in the order of `RECURRENCE_CLASSES`."""
    return np.array([[float(belongs(token)) for belongs in _CLASSES.values()] for token in tokens]).reshape(
        len(tokens), len(_CLASSES)
    )


def recurrence_intervals(tokens: Sequence[str]) -> dict[tuple[str, str], np.ndarray]:
    """Return the steps from each occurrence to the next, of each token and of each class.

    Returns
    -------
    dict of (str, str) to ndarray of int, shape (n_occurrences - 1,)
        By kind ("token" or "class") and name; tokens in the order in which they first occur, then the
        `RECURRENCE_CLASSES`. What occurs once has no interval and an empty array; a class without tokens is left out.
    """
    occurrences: dict[tuple[str, str], list[int]] = {}
    for step, token in enumerate(tokens):
        occurrences.setdefault(("token", token), []).append(step)
    for name, column in zip(RECURRENCE_CLASSES, class_indicators(tokens).T, strict=True):
        if column.any():
            occurrences["class", name] = np.flatnonzero(column).tolist()
    return {key: np.diff(steps) for key, steps in occurrences.items()}


def repeated_phrases(tokens: Sequence[str], *, n_tokens_min: int = 4) -> list[Phrase]:
    """Find the longest repeated stretches of tokens.

    Parameters
    ----------
    tokens : sequence of str
    n_tokens_min : int
        Shorter stretches are left out, at least 1.

    Returns
    -------
    list of Phrase
        The longest first, then by first_step and again_step. A stretch that occurs three times makes three pairs; it
        may overlap its repetition.

    Raises
    ------
    Refusal
        If n_tokens_min is below 1.
    """
    if n_tokens_min < 1:
        raise Refusal(f"n_tokens_min = {n_tokens_min} is not a valid phrase length: give 1 or more")
    phrases = []
    for lag in range(1, len(tokens)):
        start = 0
        for step in range(len(tokens) - lag + 1):
            if step < len(tokens) - lag and tokens[step] == tokens[step + lag]:
                continue
            if step - start >= n_tokens_min:
                phrases.append(Phrase(tuple(tokens[start:step]), start, start + lag))
            start = step + 1
    return sorted(phrases, key=lambda phrase: (-len(phrase.tokens), phrase.first_step, phrase.again_step))
