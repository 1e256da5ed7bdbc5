"""Steps and states of a network's tunes in 4/4 and in other metres, for a probe that is carried to the others."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from folkprobe.counting.clocks import ClockedSteps, clocked_steps
from folkprobe.counting.states import states_at
from folkprobe.music.durations import bar_eighths
from folkprobe.music.tunes import Tunes
from folkprobe.music.vocabulary import token_class
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.sampling import generate_tunes

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OfMeter:
    """The steps of tunes at which the count can be read, in one metre, with the states there.

    Attributes
    ----------
    meter : str
        Its token.
    at : ClockedSteps
    states : dict of int to ndarray of float32, shape (n_steps, 2 n_units)
        By layer, from 1: [h, tanh c].
    """

    meter: str
    at: ClockedSteps
    states: dict[int, np.ndarray]

    @classmethod
    def of(cls, checkpoint: Checkpoint, tunes: Tunes, n_tunes: int, meter: str) -> "OfMeter | None":
        """Replay the first tunes; None if fewer than two of them have a bar of that metre after the first."""
        at = clocked_steps(tunes, n_tunes, meter=meter)
        if at.n_tunes < 2:
            log.warning("no probe in %s: %d tunes have a bar of it after the first, 2 are needed", meter, at.n_tunes)
            return None
        states, _ = states_at(checkpoint, tunes, at.steps_of_tunes(at.tune.max() + 1))
        layers = sorted({layer for layer, _ in states})
        return cls(meter, at, {layer: np.hstack([states[layer, "h"], states[layer, "tanh_c"]]) for layer in layers})

    @property
    def bar_eighths(self) -> int:
        """Length of a full bar."""
        return int(bar_eighths(self.meter))


def other_meters(checkpoint: Checkpoint, tunes: Tunes, prompts: Sequence[str], n_tunes: int) -> Iterator[OfMeter]:
    """Draw tunes as the given ones were drawn, with prompts in other metres, and read them.

    Parameters
    ----------
    checkpoint : Checkpoint
    tunes : Tunes
    prompts : sequence of str
        Each with one metre token; those that the vocabulary lacks are left out.
    n_tunes : int
        Of each prompt.
    """
    for prompt in prompts:
        (meter,) = (token for token in prompt.split() if token_class(token) == "meter")
        unknown = [token for token in prompt.split() if token not in checkpoint.vocabulary]
        if unknown:
            log.warning("no probe in %s: the vocabulary has no %s", meter, ", ".join(unknown))
            continue
        as_drawn = {name: getattr(tunes, name) for name in ("rng_seed", "temperature", "max_steps", "dtype")}
        drawn = generate_tunes(checkpoint, n_tunes=n_tunes, prompt=prompt, **as_drawn)
        read = OfMeter.of(checkpoint, drawn, n_tunes, meter)
        if read is not None:
            yield read
