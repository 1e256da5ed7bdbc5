"""Where the bars of a tune end, and how many steps they have, whichever bar tokens a network reads."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from folkprobe.music.bars import count_bars
from folkprobe.music.manipulation import delete_bars
from folkprobe.music.tunes import Tunes
from folkprobe.music.vocabulary import token_class


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
