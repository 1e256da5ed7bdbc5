"""Tunes with their bar tokens deleted or moved, for a network to read in place of its own output."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from folkprobe.music.bars import count_bars
from folkprobe.music.tunes import Tunes
from folkprobe.music.vocabulary import token_class
from folkprobe.refusal import Refusal


def delete_bars(tokens: Sequence[str]) -> list[str]:
    """Leave out every bar token."""
    return [token for token in tokens if token_class(token) != "bar"]


def jitter_bars(tokens: Sequence[str], rng: np.random.Generator, *, shift_steps_max: int = 3) -> list[str]:
    """Move every bar token by a random number of tokens, so that bars are no longer periodic.

    Parameters
    ----------
    tokens : sequence of str
    rng : numpy.random.Generator
    shift_steps_max : int
        A bar token moves past at most this many other tokens, either way, each number as likely; at least 0.

    Returns
    -------
    list of str
        The same tokens: the bar tokens in their order among themselves, the others in theirs. `<s>`, metre and key at
        the beginning and `</s>` at the end keep their places.

    Raises
    ------
    Refusal
        If shift_steps_max is negative.
    """
    if shift_steps_max < 0:
        raise Refusal(f"shift_steps_max = {shift_steps_max} is not a distance: give 0 or more")
    others = delete_bars(tokens)
    n_front = next((place for place, token in enumerate(others) if token_class(token) not in _FRONT), len(others))
    n_back = len(others) - 1 if others and others[-1] == "</s>" else len(others)
    bars, before = [], 0
    for token in tokens:
        if token_class(token) == "bar":
            shift = int(rng.integers(-shift_steps_max, shift_steps_max + 1))
            bars.append((min(max(before + shift, n_front), n_back), token))
        else:
            before += 1
    # If two have crossed, the positions stay and the tokens keep their order.
    places = sorted(place for place, _ in bars)
    jittered, done = [], 0
    for place, (_, token) in zip(places, bars, strict=True):
        jittered += [*others[done:place], token]
        done = place
    return jittered + others[done:]


def median_bar_steps(tunes: Tunes) -> float:
    """Return the median number of steps from a bar token to the next in its tune; nan if no tune has two."""
    is_bar = np.array([token_class(token) == "bar" for token in tunes.vocabulary])[tunes.token_index]
    tune_index = np.repeat(np.arange(len(tunes)), np.diff(tunes.tune_offsets))
    places = np.flatnonzero(is_bar)
    steps = np.diff(places)[np.diff(tune_index[places]) == 0]
    return float(np.median(steps)) if len(steps) else np.nan


class NoteEnds(NamedTuple):
    """Places where a note is complete, so that a bar could end.

    Attributes
    ----------
    step : ndarray of int, shape (n_notes,)
        Where the last token of the note is read.
    is_bar_end : ndarray of bool, shape (n_notes,)
        Whether a bar token followed in the tune as it was.
    bar : ndarray of int, shape (n_notes,)
        Which bar this is since the last bar token that was read, counted from 1; or since the tune began, where 0 is a
        pickup.
    """

    step: np.ndarray
    is_bar_end: np.ndarray
    bar: np.ndarray


def note_ends(read: Sequence[str], tune: Sequence[str]) -> NoteEnds:
    """Find the ends of notes in a tune that is read with its bar tokens deleted or moved.

    Parameters
    ----------
    read : sequence of str
        What the network reads.
    tune : sequence of str
        The tune as it was: the same tokens but for the bar tokens.

    Returns
    -------
    NoteEnds
        A note ends with its duration token if it has one, otherwise with its pitch; a chord is one note.

    Raises
    ------
    ValueError
        If the tokens besides the bar tokens differ.
    """
    others = delete_bars(tune)
    if delete_bars(read) != others:
        raise ValueError("the tune that is read has other tokens than the tune as it was, besides bar tokens")
    bar_follows = [
        token_class(after) == "bar"
        for token, after in zip(tune, [*tune[1:], ""], strict=True)
        if token_class(token) != "bar"
    ]
    starts_with_pickup = any(bar.verdict == "pickup" for bar in count_bars(tune).bars[:1])
    rows, place, bar, in_chord = [], 0, 0 if starts_with_pickup else 1, False
    for step, token in enumerate(read):
        if token_class(token) == "bar":
            # A repeat sign before the first note ends no bar.
            bar = 1 if rows else bar
            continue
        in_chord = token == "[" or (in_chord and token != "]")
        may_end = token == "]" or (token_class(token) in ("pitch", "duration") and not in_chord)
        if may_end and not (place + 1 < len(others) and token_class(others[place + 1]) == "duration"):
            rows.append((step, bar_follows[place], bar))
            bar += bar_follows[place]
        place += 1
    steps, is_bar_end, bars = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return NoteEnds(steps, is_bar_end.astype(bool), bars)


_FRONT = ("special", "meter", "key")
