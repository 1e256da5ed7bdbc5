"""Which seeds of folk-rnn's stream give a tune that begins with given tokens.

Along given tokens the network's posteriors are the same for every seed, so they are computed once, by the arithmetic of
sampler folk-rnn. Each then leaves an interval in which the stream's next number has to lie, and a seed is abandoned at
its first number that lies elsewhere. No network is run for a seed.

The stream is ``numpy.random.RandomState(rng_seed).random_sample()``: a Mersenne Twister seeded by ``init_genrand``, two
of its 32-bit outputs a number. Its first outputs depend on the first words of its state and on those from 397 on, which
is computed for many seeds at once; seeds that pass the first numbers are checked with NumPy itself.

Reference: M. Matsumoto and T. Nishimura, *Mersenne Twister*, ACM TOMACS 8 (1998) 3-30, and its 2002 initialisation.
"""

import hashlib
import json
import logging
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from folkprobe.artefact import whole_file
from folkprobe.music.vocabulary import START_TOKEN
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.drawing import FolkRnn, folk_rnn_distribution
from folkprobe.network.lstm import Network, Tile, one_blas_thread
from folkprobe.refusal import Refusal

N_SEEDS = 2**32
# The outputs below need no word of the state that has been renewed.
_MIDDLE, _N_STATE, _MAX_NUMBERS = 397, 624, 113
# Sieving more numbers at once costs 2 of 400 words each, and leaves hardly any seed for numpy.
_N_SIEVED = 8
# Seeds that fit into the processor's cache together, and blocks of them after which progress is written.
_BLOCK, _BLOCKS_BETWEEN_NOTES = 2**15, 2**7
_MAX_EXPECTED = 100_000
_SECONDS_BETWEEN_LINES = 5.0

_log = logging.getLogger(__name__)


class Intervals(NamedTuple):
    """Intervals in which successive numbers of a stream must lie: ``lower <= u < upper``.

    Attributes
    ----------
    lower, upper : ndarray, shape (n_numbers,)
    """

    lower: np.ndarray
    upper: np.ndarray


def find_intervals(checkpoint: Checkpoint, prefix: str, *, prompt: str = "", temperature: float = 1.0) -> Intervals:
    """Find which numbers of folk-rnn's stream draw given tokens at the start of its first tune.

    Parameters
    ----------
    checkpoint : Checkpoint
    prefix : str
        The tokens to be drawn, separated by white space, at least one; they follow the prompt.
    prompt : str
        Tokens that the tune begins with and that are not drawn.
    temperature : float

    Returns
    -------
    Intervals
        One for each token of the prefix.

    Raises
    ------
    Refusal
        For an empty prefix and for a token that the vocabulary lacks.
    """
    if not prefix.split():
        raise Refusal("the prefix of find_seed is empty: give the tokens that the tune begins with")
    given, wanted = (checkpoint.token_indices(text) for text in ([START_TOKEN, *prompt.split()], prefix.split()))
    # As generate_tunes computes the first tune: float32 is not the same in a wider tile.
    tile = Tile(Network(checkpoint, FolkRnn.dtype), FolkRnn.max_lanes)
    lower, upper = np.zeros(len(wanted)), np.ones(len(wanted))
    with one_blas_thread():
        tile.start_after(given[:-1])
        tile.reset(0)
        for place, (read, token) in enumerate(zip((given[-1], *wanted[:-1]), wanted, strict=True)):
            logits = tile.step(np.array([read]))
            _, distribution, _ = folk_rnn_distribution(logits[:, 0], np.float32(temperature))
            lower[place] = distribution[token - 1] if token else 0.0
            # The last token takes what rounding leaves over.
            upper[place] = distribution[token] if token < len(distribution) - 1 else 1.0
    return Intervals(lower, upper)


def first_numbers(rng_seeds: np.ndarray, n_numbers: int) -> np.ndarray:
    """Return the first numbers of ``RandomState(rng_seed).random_sample()`` for many seeds.

    Parameters
    ----------
    rng_seeds : ndarray of uint32, shape (n_seeds,)
    n_numbers : int
        At most 113.

    Returns
    -------
    ndarray of float64, shape (n_numbers, n_seeds)
        In [0, 1).
    """
    low, high = _words(rng_seeds, n_numbers)
    return np.array([_number(low, high, number) for number in range(n_numbers)]).reshape(n_numbers, len(rng_seeds))


def select_seeds(intervals: Intervals, first_rng_seed: int, n_seeds: int) -> np.ndarray:
    """Return the seeds of a range (ending at most at 2**32), ascending, whose first numbers lie in the intervals."""
    lower, upper = intervals
    n_sieved = min(len(lower), _N_SIEVED)
    found: list[int] = []
    for start in range(first_rng_seed, first_rng_seed + n_seeds, _BLOCK):
        stop = min(start + _BLOCK, first_rng_seed + n_seeds)
        seeds = np.arange(start, stop, dtype=np.int64)
        low, high = _words(seeds.astype(np.uint32), n_sieved)
        for number in range(n_sieved):
            uniform = _number(low, high, number)
            passed = (lower[number] <= uniform) & (uniform < upper[number])
            seeds, low, high = seeds[passed], low[:, passed], high[:, passed]
        found += [seed for seed in seeds.tolist() if _is_in_all(intervals, seed)]
    return np.array(found, dtype=np.int64)


def scan_seeds(intervals: Intervals, first_rng_seed: int, n_seeds: int, progress_path: Path | str) -> np.ndarray:
    """Select as `select_seeds`; an interrupted scan of the same range resumes.

    Parameters
    ----------
    intervals : Intervals
    first_rng_seed, n_seeds : int
    progress_path : Path or str
        Progress of the scan, written atomically every few seconds. That of another scan is ignored.

    Returns
    -------
    ndarray of int64
        Ascending.

    Raises
    ------
    Refusal
        For a range that is empty or leaves [0, 2**32), or if so many seeds are expected that the prefix is not
        selective.
    """
    stop = first_rng_seed + n_seeds
    if first_rng_seed < 0 or n_seeds < 1 or stop > N_SEEDS:
        raise Refusal(f"the seeds {first_rng_seed} to {stop - 1} are not a range of seeds from 0 to {N_SEEDS - 1}")
    expected = n_seeds * float(np.prod(intervals.upper - intervals.lower))
    if expected > _MAX_EXPECTED:
        raise Refusal(f"about {expected:,.0f} of {n_seeds:,} seeds begin a tune with this prefix: give a longer one")
    scan = hashlib.sha256(np.array(intervals).tobytes() + f"{first_rng_seed} {n_seeds}".encode()).hexdigest()
    next_seed, found = _read_progress(progress_path, scan, first_rng_seed)
    begun_at, begun, said = next_seed, time.monotonic(), time.monotonic()
    while next_seed < stop:
        n_now = min(_BLOCK * _BLOCKS_BETWEEN_NOTES, stop - next_seed)
        found += select_seeds(intervals, next_seed, n_now).tolist()
        next_seed += n_now
        with whole_file(progress_path) as temporary:
            temporary.write_text(json.dumps({"scan": scan, "next_rng_seed": next_seed, "found": found}))
        if time.monotonic() - said > _SECONDS_BETWEEN_LINES:
            said = time.monotonic()
            rate = (next_seed - begun_at) / (said - begun)
            line = "%d of %d seeds, %d found; %.2f million a second, about %.0f s left"
            _log.info(line, next_seed - first_rng_seed, n_seeds, len(found), rate / 1e6, (stop - next_seed) / rate)
    return np.array(found, dtype=np.int64)


def _read_progress(path: Path | str, scan: str, first_rng_seed: int) -> tuple[int, list[int]]:
    try:
        progress = json.loads(Path(path).read_text(encoding="utf-8"))
        if progress["scan"] == scan:
            _log.info("resuming at seed %d", progress["next_rng_seed"])
            return progress["next_rng_seed"], progress["found"]
    except (OSError, ValueError, LookupError, TypeError):
        pass
    return first_rng_seed, []


def _words(rng_seeds: np.ndarray, n_numbers: int) -> tuple[np.ndarray, np.ndarray]:
    """Return words 0 and on of the seeded states, and those from 397 on, as many as the first numbers need."""
    if n_numbers > _MAX_NUMBERS:
        raise ValueError(f"{n_numbers} numbers need renewed words of the state")
    n_outputs = 2 * n_numbers
    low = np.empty((n_outputs + 1, len(rng_seeds)), np.uint32)
    high = np.empty((n_outputs, len(rng_seeds)), np.uint32)
    word, shifted = rng_seeds.astype(np.uint32), np.empty(len(rng_seeds), np.uint32)
    for place in range(_MIDDLE + n_outputs):
        if place:
            np.right_shift(word, 30, out=shifted)
            word ^= shifted
            word *= np.uint32(1812433253)
            word += np.uint32(place)
        if place <= n_outputs:
            low[place] = word
        if place >= _MIDDLE:
            high[place - _MIDDLE] = word
    return low, high


def _number(low: np.ndarray, high: np.ndarray, number: int) -> np.ndarray:
    first, second = (_output(low[place : place + 2], high[place]) for place in (2 * number, 2 * number + 1))
    # 27 and 26 bits make one number of 53.
    return ((first >> 5) * 67108864.0 + (second >> 6)) / 9007199254740992.0


def _output(pair: np.ndarray, middle: np.ndarray) -> np.ndarray:
    mixed = (pair[0] & np.uint32(0x80000000)) | (pair[1] & np.uint32(0x7FFFFFFF))
    y = middle ^ (mixed >> 1) ^ ((mixed & np.uint32(1)) * np.uint32(0x9908B0DF))
    y ^= y >> 11
    y ^= (y << 7) & np.uint32(0x9D2C5680)
    y ^= (y << 15) & np.uint32(0xEFC60000)
    return y ^ (y >> 18)


def _is_in_all(intervals: Intervals, rng_seed: int) -> bool:
    uniform = np.random.RandomState(rng_seed).random_sample(len(intervals.lower))
    return bool(((intervals.lower <= uniform) & (uniform < intervals.upper)).all())
