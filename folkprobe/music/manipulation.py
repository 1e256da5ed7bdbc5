"""Tunes with their bar tokens deleted or moved, for a network to read in place of its own output."""

from collections.abc import Sequence

import numpy as np

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


_FRONT = ("special", "meter", "key")
