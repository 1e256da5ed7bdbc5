"""Where in its bar each step of a tune is, and the steps at which the count can be perturbed.

*Elapsed* is what has passed since the last bar token, or since the start of the tune, by `folkprobe.music`'s own
counting of what has been read so far: a note is one eighth until a duration token after it says otherwise.

A *site* is a step of a 4/4 tune outside its first bar where what was read ends a note, a rest, a chord or a bar, where
a whole number of eighths has elapsed, and whose next token is a pitch or a bar token. No tuplet, chord or broken rhythm
is under way at a site, so a pitch that is read there lasts one eighth.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np
import pandas as pd

from folkprobe.music.durations import Stretch, bar_eighths, read_stretches
from folkprobe.music.tunes import Tunes
from folkprobe.music.vocabulary import token_class

METER = "M:4/4"
BAR_EIGHTHS = int(bar_eighths(METER))


def elapsed_eighths(tokens: Sequence[str]) -> np.ndarray:
    """Count the eighths since the last bar token.

    Parameters
    ----------
    tokens : sequence of str
        Of a tune.

    Returns
    -------
    ndarray of float64, shape (n_tokens,)
        After each token: the length of the events that began since the last bar token, as far as they have been read;
        0 at a bar token.
    """
    elapsed = np.zeros(len(tokens))
    for stretch in read_stretches(tokens):
        meter = () if stretch.meter is None else (stretch.meter,)
        for step in range(stretch.start, stretch.end):
            elapsed[step] = _eighths((*meter, *tokens[stretch.start : step + 1]))
    return elapsed


@lru_cache(maxsize=2**16)
def _eighths(tokens: tuple[str, ...]) -> float:
    (stretch,) = read_stretches(tokens)
    return float(sum((event.duration_eighths for event in stretch.events), Fraction(0)))


def elapsed_steps(tokens: Sequence[str]) -> np.ndarray:
    """Count the tokens since the last bar token.

    Returns
    -------
    ndarray of int, shape (n_tokens,)
        0 at a bar token and at the first token of the tune.
    """
    step = np.arange(len(tokens))
    is_bar = np.array([token_class(token) == "bar" for token in tokens], dtype=bool)
    return step - np.maximum.accumulate(np.where(is_bar, step, 0)) if len(tokens) else step


def find_sites(tunes: Tunes) -> pd.DataFrame:
    """Find the sites of all tunes, in order.

    Returns
    -------
    DataFrame
        `tune`, the tune's position; `step`, the position of the last token read; `elapsed_eighths`, whole; `after`, the
        class of that token; `next_token`.
    """
    rows = [
        (k, step, int(elapsed), token_class(tokens[step]), tokens[step + 1])
        for k in range(len(tunes))
        for tokens in [tunes.tokens(k)]
        for step, elapsed in _sites_of_tune(tokens)
    ]
    return pd.DataFrame(rows, columns=["tune", "step", "elapsed_eighths", "after", "next_token"])


def _sites_of_tune(tokens: list[str]) -> Iterator[tuple[int, float]]:
    elapsed = elapsed_eighths(tokens)
    for stretch in read_stretches(tokens)[1:]:
        if stretch.meter != METER:
            continue
        # From the bar token that begins the stretch to the token before the one that ends it.
        for step in range(stretch.start - 1, min(stretch.end, len(tokens) - 1)):
            is_next = token_class(tokens[step + 1]) in ("pitch", "bar")
            if elapsed[step].is_integer() and is_next and _is_boundary(stretch, tokens, step):
                yield step, elapsed[step]


def _is_boundary(stretch: Stretch, tokens: list[str], step: int) -> bool:
    """Report whether what was read up to a step, since the last bar token, is whole notes, rests and chords."""
    token = tokens[step]
    n_begun = sum(event.token_index <= step for event in stretch.events)
    chords = [each for each in tokens[stretch.start : step + 1] if token_class(each) == "chord"]
    return (
        (token == "]" or token_class(token) in ("bar", "pitch", "duration"))
        and not token.endswith((">", "<"))
        and chords.count("[") == chords.count("]")
        and not any(
            tuplet.first_event < n_begun < tuplet.first_event + tuplet.size and tuplet.token_index <= step
            for tuplet in stretch.tuplets
        )
    )


def sample_sites(sites: pd.DataFrame, *, n_per_count: int, rng_seed: int) -> pd.DataFrame:
    """Draw some sites of each count without replacement, all where there are fewer; in the order of the tunes."""
    chosen = []
    for count, places in sites.reset_index(drop=True).groupby("elapsed_eighths").groups.items():
        rng = np.random.default_rng(np.random.SeedSequence(rng_seed, spawn_key=(int(count),)))
        chosen.append(rng.permutation(places.to_numpy())[:n_per_count])
    return sites.iloc[np.sort(np.concatenate(chosen))] if chosen else sites
