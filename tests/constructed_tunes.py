"""Well-formed tunes at random, with every repeat and ending where nobody would write it."""

import random

from folkprobe.music.bars import count_bars

# abc2midi and abcm2ps know no thirds inside a triplet, nor note values for a unison of 5 (which ties would not spell).
_LENGTHS = ("2", "3", "4", "5", "6", "7", "8", "9", "12", "16", "3/2", "3/4", "5/2", "7/2", "/2", "/4", "/8")
_PITCHES = (
    "C,",
    "F,",
    "^G,",
    "A,",
    "C",
    "^C",
    "=C",
    "D",
    "_E",
    "F",
    "G",
    "A",
    "_B",
    "c",
    "^d",
    "e",
    "g",
    "b",
    "c'",
    "^f'",
    "z",
)
_SIGNS = [["|"]] * 8 + [
    signs.split()
    for signs in (":|", "|:", ":| |:", "| |:", "|1", "| |1", ":| |2", "|2", "| |2", ":| |1", ":| |", "|: |1", "| | |:")
]


def constructed_tunes(n_tunes, *, rng_seed):
    """Return tunes of a few bars, full ones and others."""
    rng = random.Random(rng_seed)
    tunes = []
    while len(tunes) < n_tunes:
        tune = ["M:4/4", "K:Cmaj", *rng.choice(([], ["|:"], ["|"]))]
        for _ in range(rng.randint(2, 14)):
            tune += _full_bar(rng) if rng.random() < 0.5 else [t for _ in range(rng.randint(1, 6)) for t in _event(rng)]
            tune += rng.choice(_SIGNS)
        if count_bars(tune).wellformed:
            tunes.append(tune)
    return tunes


def _full_bar(rng):
    return [rng.choice(_PITCHES), "8"]


def _event(rng):
    pitch, other, length = rng.choice(_PITCHES), rng.choice(_PITCHES), rng.choice([[], [rng.choice(_LENGTHS)]])
    shape = rng.random()
    if shape < 0.08:
        return ["[", "C", "^f'", "]", *length]
    if shape < 0.16:
        return ["(3", pitch, *length, other, pitch]
    if shape < 0.2:
        return [pitch, "/3", other, "/3", pitch, "/3"]
    return [pitch, rng.choice("<>"), other] if shape < 0.28 else [pitch, *length]
