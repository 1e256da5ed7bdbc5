"""Drawing tunes from a network.

Every tune has its own stream of random numbers: tune k draws from ``numpy.random.default_rng(SeedSequence(rng_seed,
spawn_key=(k,)))``, which is numpy's way of giving independent streams to parallel jobs. One uniform number is drawn
per token, by inversion: the token is the first whose cumulative probability exceeds it. So an intact and an excised
network that share rng_seed see the same numbers, tune by tune and token by token.
"""

import logging
import math

import numpy as np

from folkprobe.music.tunes import STOP_REASONS, Tunes
from folkprobe.music.vocabulary import END_TOKEN, START_TOKEN
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.lstm import Network, Rows, Tile, one_blas_thread
from folkprobe.network.progress import Progress
from folkprobe.refusal import Refusal

SAMPLERS = ("per-tune",)
_DRAWN_AT_ONCE = 256

_log = logging.getLogger(__name__)


def generate_tunes(
    checkpoint: Checkpoint,
    *,
    rng_seed: int,
    n_tunes: int,
    temperature: float = 1.0,
    prompt: str = "",
    max_steps: int = 1000,
    sampler: str = "per-tune",
    dtype: str = "float64",
    first_tune: int = 0,
) -> Tunes:
    """Draw tunes. Tune k is the same whatever `n_tunes` and `first_tune` are.

    Parameters
    ----------
    checkpoint : Checkpoint
        Intact or excised.
    rng_seed : int
        At least 0.
    n_tunes : int
        At least 1.
    temperature : float
        Positive; the logits are divided by it.
    prompt : str
        Tokens separated by white space that every tune begins with, after `<s>`; empty for none.
    max_steps : int
        Tunes end after so many network steps at the latest (so with max_steps + 1 tokens, `<s>` included); such a
        tune keeps all its tokens and is flagged by its stop reason.
    sampler : {"per-tune"}
        Which stream of random numbers is used, see the module.
    dtype : {"float64", "float32"}
        Of the network's arithmetic, see `folkprobe.network.lstm.Network`.
    first_tune : int
        At least 0; the tunes first_tune .. first_tune + n_tunes - 1 are drawn.

    Returns
    -------
    Tunes

    Raises
    ------
    Refusal
        For an argument outside its range, a prompt token that the vocabulary lacks, a prompt that ends the tune or
        leaves no step for drawing, and a network whose posterior is not finite (names the tune and the step).
    """
    prefix = _prefix(checkpoint, prompt)
    _refuse_arguments(rng_seed, n_tunes, temperature, max_steps, sampler, first_tune, len(prefix))
    network = Network(checkpoint, dtype)
    end_index = checkpoint.vocabulary.index(END_TOKEN)
    n_rows = network.tile_rows(n_tunes)
    tile, rows = Tile(network, n_rows), Rows(first_tune, n_tunes, n_rows)
    uniform = np.zeros((n_rows, _DRAWN_AT_ONCE))
    generators: list[np.random.Generator | None] = [None] * n_rows
    n_read = np.zeros(n_rows, dtype=np.int64)
    token = np.full(n_rows, prefix[0], dtype=np.int64)
    token_index = np.empty((n_rows, max_steps + 1), dtype=np.int16)
    log_probability = np.empty((n_rows, max_steps + 1))
    finished: dict[int, tuple[np.ndarray, np.ndarray, int]] = {}
    every_row = np.arange(n_rows)

    def start_tunes(empty_rows: np.ndarray) -> None:
        for row, tune in rows.refill(empty_rows):
            tile.reset(row)
            generators[row] = np.random.default_rng(np.random.SeedSequence(rng_seed, spawn_key=(tune,)))
            n_read[row] = 0
            token[row] = prefix[0]
            token_index[row, : len(prefix)] = prefix
            log_probability[row, : len(prefix)] = np.nan

    progress = Progress(_log, n_tunes)
    with one_blas_thread():
        start_tunes(every_row)
        while (rows.tune >= 0).any():
            logits = tile.step(token)
            n_read[:] = np.minimum(n_read + 1, max_steps)
            drawing = (rows.tune >= 0) & (n_read >= len(prefix))
            n_drawn = n_read - len(prefix)
            for row in np.flatnonzero(drawing & (n_drawn % _DRAWN_AT_ONCE == 0)):
                uniform[row] = generators[row].random(_DRAWN_AT_ONCE)
            drawn, drawn_log_probability = _draw(logits, temperature, uniform[every_row, n_drawn % _DRAWN_AT_ONCE])
            if not np.isfinite(drawn_log_probability[drawing]).all():
                row = np.flatnonzero(drawing & ~np.isfinite(drawn_log_probability))[0]
                raise Refusal(
                    f"the posterior of tune {rows.tune[row]} is not finite at step {n_read[row] - 1}: "
                    "the weights or the temperature are too extreme for this arithmetic"
                )
            forced = prefix[np.minimum(n_read, len(prefix) - 1)]
            token[:] = np.where(drawing, drawn, forced)
            token_index[every_row, n_read] = token
            log_probability[every_row, n_read] = np.where(drawing, drawn_log_probability, np.nan)

            ended = drawing & (token == end_index)
            done = np.flatnonzero(ended | ((rows.tune >= 0) & (n_read == max_steps)))
            for row in done:
                stop = slice(0, n_read[row] + 1)
                reason = "end_token" if ended[row] else "max_steps"
                finished[int(rows.tune[row])] = (
                    token_index[row, stop].copy(),
                    log_probability[row, stop].copy(),
                    STOP_REASONS.index(reason),
                )
                progress.add(int(n_read[row]))
            if done.size:
                start_tunes(done)
    tunes = [finished[tune] for tune in sorted(finished)]
    return Tunes(
        vocabulary=checkpoint.vocabulary,
        token_index=np.concatenate([indices for indices, _, _ in tunes]),
        tune_offsets=np.cumsum([0, *(len(indices) for indices, _, _ in tunes)], dtype=np.int64),
        stop_code=np.array([code for _, _, code in tunes], dtype=np.int8),
        log_probabilities=np.concatenate([values for _, values, _ in tunes]),
        rng_seed=rng_seed,
        first_tune=first_tune,
        temperature=float(temperature),
        prompt=" ".join(prompt.split()),
        sampler=sampler,
        dtype=dtype,
        max_steps=max_steps,
    )


def _draw(logits: np.ndarray, temperature: float, uniform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One token per row by inversion, and its log-probability; NaN where the posterior is not finite."""
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        logits = logits.astype(np.float64) / temperature
        logits -= logits.max(axis=1, keepdims=True)
        cumulative = np.cumsum(np.exp(logits), axis=1)
        total = cumulative[:, -1]
        # The last token takes what rounding leaves over.
        drawn = np.minimum((cumulative <= (uniform * total)[:, None]).sum(axis=1), logits.shape[1] - 1)
        return drawn, logits[np.arange(len(logits)), drawn] - np.log(total)


def _prefix(checkpoint: Checkpoint, prompt: str) -> np.ndarray:
    tokens = prompt.split()
    for token in (START_TOKEN, END_TOKEN):
        if token in tokens:
            raise Refusal(f"the prompt {prompt!r} holds {token!r}, which only begins or ends a tune: leave it out")
    return checkpoint.token_indices([START_TOKEN, *tokens])


def _refuse_arguments(
    rng_seed: int, n_tunes: int, temperature: float, max_steps: int, sampler: str, first_tune: int, n_prefix: int
) -> None:
    if n_tunes < 1:
        raise Refusal(f"n_tunes is {n_tunes}: ask for at least one tune")
    if rng_seed < 0:
        raise Refusal(f"rng_seed is {rng_seed}: give a whole number from 0 on")
    if first_tune < 0:
        raise Refusal(f"first_tune is {first_tune}: tunes are numbered from 0")
    if not (math.isfinite(temperature) and temperature > 0):
        raise Refusal(f"temperature is {temperature}: give a positive number, 1 for the model's own distribution")
    if max_steps < n_prefix:
        raise Refusal(
            f"max_steps is {max_steps}, but reading `<s>` and the prompt takes {n_prefix} steps: "
            "allow more steps or shorten the prompt"
        )
    if sampler not in SAMPLERS:
        raise Refusal(f"sampler {sampler!r} is not one of {', '.join(SAMPLERS)}")
