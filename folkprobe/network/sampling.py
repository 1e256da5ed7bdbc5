"""Drawing tunes from a network.

Tune k is a function of (checkpoint, rng_seed, k, temperature, prompt, max_steps, stimulus) and of nothing else, see
`folkprobe.network.lstm` for the arithmetic and `folkprobe.network.drawing` for the random numbers.
"""

import logging
import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np

from folkprobe.music.tunes import STOP_REASONS, Tunes
from folkprobe.music.vocabulary import END_TOKEN, START_TOKEN
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.drawing import SAMPLER_CLASSES
from folkprobe.network.lanes import Lanes
from folkprobe.network.lstm import Network, Tile, one_blas_thread
from folkprobe.network.progress import Progress
from folkprobe.network.stimulus import OneHot, Stimulus
from folkprobe.refusal import Refusal

SAMPLERS = tuple(SAMPLER_CLASSES)

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
    stimulus: Stimulus | None = None,
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
        Tunes end after so many network steps at the latest (so with max_steps + 1 tokens, `<s>` and prompt included);
        such a tune keeps all its tokens and is flagged by its stop reason.
    sampler : {"per-tune", "folk-rnn"}
        Which stream of random numbers is used, see `folkprobe.network.drawing`. With "folk-rnn" the arithmetic is
        float32, whatever `dtype` says, tunes end after 1,000 steps at the latest, as in folk-rnn (whose printed tune
        lacks the last token then), and tunes are drawn one after the other: the ones before `first_tune` are drawn
        too, and `max_steps` moves the later ones along the stream.
    dtype : {"float64", "float32"}
        Of the network's arithmetic, see `folkprobe.network.lstm.Network`.
    first_tune : int
        At least 0; the tunes first_tune .. first_tune + n_tunes - 1 are drawn.
    stimulus : Stimulus, optional
        What is read instead of each generated token alone, see `folkprobe.network.stimulus`. The second token of a
        two-hot input has a stream of its own, so the other random numbers are those of the tune without it. A forced
        sequence is no drawing: every tune is that sequence. Where bars are deleted or jittered, a tune is what the
        network read. The log-probabilities are the network's own, of whatever is read.

    Returns
    -------
    Tunes

    Raises
    ------
    Refusal
        For an argument outside its range, a prompt token that the vocabulary lacks, a prompt that ends the tune or
        leaves no step for drawing, and a network whose posterior is not finite (names the tune and the step).
    """
    (tunes,) = _generated(
        checkpoint,
        (),
        rng_seed=rng_seed,
        n_tunes=n_tunes,
        temperature=temperature,
        prompt=prompt,
        max_steps=max_steps,
        sampler=sampler,
        dtype=dtype,
        first_tune=first_tune,
        stimulus=stimulus,
    )
    return tunes


def generate_excised(checkpoint: Checkpoint, excised: Iterable[Checkpoint], **generation: Any) -> list[Tunes]:
    """Draw the same tunes from several excised versions of one network, side by side.

    Tunes end early and late, so the lanes of many versions stay full where those of one would run empty.

    Parameters
    ----------
    checkpoint : Checkpoint
    excised : iterable of Checkpoint
        Each made from `checkpoint` by `excise_units`.
    **generation
        As for `generate_tunes`.

    Returns
    -------
    list of Tunes
        Of each version, those that `generate_tunes` draws from it, to the last bit.
    """
    generation = generate_tunes.__kwdefaults__ | generation
    if SAMPLER_CLASSES[generation["sampler"]].in_turn:
        return [generate_tunes(version, **generation) for version in excised]
    return _generated(checkpoint, excised, **generation)


def _generated(
    checkpoint: Checkpoint,
    excised: Iterable[Checkpoint],
    *,
    rng_seed: int,
    n_tunes: int,
    temperature: float,
    prompt: str,
    max_steps: int,
    sampler: str,
    dtype: str,
    first_tune: int,
    stimulus: Stimulus | None,
) -> list[Tunes]:
    prefix = _prefix(checkpoint, prompt)
    _refuse_arguments(rng_seed, n_tunes, temperature, max_steps, sampler, first_tune, len(prefix))
    sampler_class, stimulus = SAMPLER_CLASSES[sampler], stimulus or OneHot()
    last_step, last_reason = stimulus.last_step(len(prefix), min(max_steps, sampler_class.max_steps))
    first_drawn = 0 if sampler_class.in_turn else first_tune

    network = Network(checkpoint, sampler_class.dtype or dtype, excised)
    # Version after version, the same tunes of each.
    numbers = np.tile(np.arange(first_drawn, first_tune + n_tunes), network.n_versions)
    n_each = len(numbers) // network.n_versions
    lanes = Lanes(network, numbers, sampler_class.max_lanes)
    tile, drafts = Tile(network, lanes.n_lanes), _Drafts(lanes.n_lanes, prefix, last_step)
    streams = {"rng_seed": rng_seed, "n_lanes": lanes.n_lanes}
    drawer = sampler_class(**streams, temperature=temperature)
    drawer = stimulus.drawer(drawer, checkpoint, **streams, temperature=temperature)
    mixer = stimulus.mixer(checkpoint, **streams)
    by_tune = (drafts, drawer, mixer)

    end_index = checkpoint.vocabulary.index(END_TOKEN)
    finished: dict[int, _Draft] = {}
    progress = Progress(_log, len(numbers))
    with one_blas_thread():
        tile.start_after(prefix[:-1])
        while len(finished) < len(numbers):
            for lane, place in lanes.fill():
                tile.reset(lane, place // n_each)
                for each in by_tune:
                    each.start(lane, int(numbers[place]))
            kept = lanes.shrink()
            if kept is not None:
                for each in (tile, *by_tune):
                    each.keep(kept)
            busy = np.flatnonzero(lanes.place >= 0)
            mixed_index = mixer.draw(busy[drafts.n_tokens[busy] > len(prefix)])
            logits = tile.step(drafts.read(mixed_index), mixed_index, stimulus.token_weight)
            token, log_probability = drawer.draw(logits, busy)
            if not np.isfinite(log_probability).all():
                lane = busy[np.flatnonzero(~np.isfinite(log_probability))[0]]
                tune, step = numbers[lanes.place[lane]], drafts.n_tokens[lane] - 1
                raise Refusal(
                    f"the posterior of tune {tune} is not finite at step {step}: "
                    "the weights or the temperature are too extreme for this arithmetic"
                )
            drafts.add(busy, token, log_probability)
            at_end = token == end_index
            for number in np.flatnonzero(at_end | (drafts.n_tokens[busy] > last_step)):
                lane = busy[number]
                reason = STOP_REASONS.index("end_token" if at_end[number] else last_reason)
                finished[int(lanes.place[lane])] = drafts.finish(lane, reason)
                lanes.place[lane] = -1
                progress.add(int(drafts.n_tokens[lane]) - 1)

    def of_version(number: int) -> Tunes:
        stop = (number + 1) * n_each
        requested = [finished[place] for place in range(stop - n_tunes, stop)]
        return Tunes(
            vocabulary=checkpoint.vocabulary,
            token_index=np.concatenate([draft.token_index for draft in requested]),
            tune_offsets=np.cumsum([0, *(len(draft.token_index) for draft in requested)], dtype=np.int64),
            stop_code=np.array([draft.stop_code for draft in requested], dtype=np.int8),
            log_probabilities=np.concatenate([draft.log_probability for draft in requested]),
            mixed_index=np.concatenate([draft.mixed_index for draft in requested]) if stimulus.mixed_class else None,
            rng_seed=rng_seed,
            first_tune=first_tune,
            temperature=float(temperature),
            prompt=" ".join(prompt.split()),
            sampler=sampler,
            dtype=network.dtype.name,
            max_steps=max_steps,
            stimulus=stimulus.kind,
            token_weight=stimulus.token_weight,
            mixed_class=stimulus.mixed_class,
        )

    return [of_version(number) for number in range(network.n_versions)]


class _Draft(NamedTuple):
    """A finished tune."""

    token_index: np.ndarray
    log_probability: np.ndarray
    mixed_index: np.ndarray
    stop_code: int


class _Drafts:
    """The unfinished tunes, one in each lane."""

    def __init__(self, n_lanes: int, prefix: np.ndarray, last_step: int) -> None:
        self._prefix = prefix
        self._token_index = np.full((n_lanes, last_step + 1), prefix[0], dtype=np.int16)
        self._mixed_index = np.full((n_lanes, last_step + 1), -1, dtype=np.int16)
        self._log_probability = np.full((n_lanes, last_step + 1), np.nan)
        self.n_tokens = np.ones(n_lanes, dtype=np.int64)

    def start(self, lane: int, tune: int) -> None:  # noqa: ARG002
        n_prefix = len(self._prefix)
        self._token_index[lane, :n_prefix] = self._prefix
        self._log_probability[lane, :n_prefix] = np.nan
        self._mixed_index[lane] = -1
        self.n_tokens[lane] = n_prefix

    def keep(self, lanes: np.ndarray) -> None:
        self._token_index, self._mixed_index = self._token_index[lanes], self._mixed_index[lanes]
        self._log_probability, self.n_tokens = self._log_probability[lanes], self.n_tokens[lanes]

    def read(self, mixed_index: np.ndarray | None) -> np.ndarray:
        """Return the last tokens, and record the tokens that are read together with them."""
        last = np.arange(len(self.n_tokens)), self.n_tokens - 1
        if mixed_index is not None:
            self._mixed_index[last] = mixed_index
        return self._token_index[last]

    def add(self, lanes: np.ndarray, token_index: np.ndarray, log_probability: np.ndarray) -> None:
        self._token_index[lanes, self.n_tokens[lanes]] = token_index
        self._log_probability[lanes, self.n_tokens[lanes]] = log_probability
        self.n_tokens[lanes] += 1

    def finish(self, lane: int, stop_code: int) -> _Draft:
        tune = slice(0, self.n_tokens[lane])
        arrays = (self._token_index, self._log_probability, self._mixed_index)
        return _Draft(*(array[lane, tune].copy() for array in arrays), stop_code)


def _prefix(checkpoint: Checkpoint, prompt: str) -> np.ndarray:
    if not isinstance(prompt, str):
        raise Refusal(f"prompt is {prompt!r}: give tokens in one string, separated by spaces")
    tokens = prompt.split()
    for token in (START_TOKEN, END_TOKEN):
        if token in tokens:
            raise Refusal(f"the prompt {prompt!r} holds {token!r}, which only begins or ends a tune: leave it out")
    return checkpoint.token_indices([START_TOKEN, *tokens])


def _refuse_arguments(
    rng_seed: int, n_tunes: int, temperature: float, max_steps: int, sampler: str, first_tune: int, n_prefix: int
) -> None:
    whole_numbers = {"rng_seed": rng_seed, "n_tunes": n_tunes, "max_steps": max_steps, "first_tune": first_tune}
    for name, value in whole_numbers.items():
        if not isinstance(value, Integral):
            raise Refusal(f"{name} is {value!r}: give a whole number")
    if not isinstance(temperature, Real):
        raise Refusal(f"temperature is {temperature!r}: give a positive number")
    if n_tunes < 1:
        raise Refusal(f"n_tunes is {n_tunes}: request at least one tune")
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
    seed_bits = SAMPLER_CLASSES[sampler].seed_bits
    if rng_seed >= 2**seed_bits:
        raise Refusal(
            f"rng_seed is {rng_seed}: the stream of sampler {sampler} takes whole numbers below 2**{seed_bits}"
        )
