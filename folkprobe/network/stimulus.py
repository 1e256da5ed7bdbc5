"""Stimuli: what a network reads instead of its own tokens.

A `Stimulus` determines who draws a tune's tokens, which tokens are read together with them and where the tune ends; the
loop that draws tunes (`folkprobe.network.sampling`) calls it once, before the first step, and refers to none by name.

Part 7 of the articles feeds the network two tokens at once. To test whether periods at the bar come from the bar
tokens, it can also generate without ever reading one, or with each at a random place (`folkprobe.network.withheld`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from folkprobe.music.vocabulary import END_TOKEN, START_TOKEN, TOKEN_CLASSES, token_class
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.drawing import Drawer, Given, LaneNumbers
from folkprobe.network.withheld import LateBars, WithoutBars
from folkprobe.refusal import Refusal


class Unmixed:
    """Draws no second tokens."""

    def start(self, lane: int, tune: int) -> None:
        """Begin a tune in a lane."""

    def keep(self, lanes: np.ndarray) -> None:
        """Continue with some of the lanes, as `Tile.keep`."""

    def draw(self, lanes: np.ndarray) -> None:
        """Return None: every token is read alone."""


class Mixer:
    """Draws the second tokens of two-hot inputs, lane by lane, each tune's from a stream of its own.

    Parameters
    ----------
    class_index : ndarray of int, shape (n_tokens,)
        They are drawn from these, uniformly.
    rng_seed, n_lanes : int
    """

    def __init__(self, class_index: np.ndarray, rng_seed: int, n_lanes: int) -> None:
        self._class_index, self._n_lanes = class_index, n_lanes
        # The first child of the tune's own seed sequence, so that the tune's own numbers stay as they are.
        self._uniform = LaneNumbers(rng_seed, n_lanes, branch=(0,))
        self.start = self._uniform.start

    def keep(self, lanes: np.ndarray) -> None:
        """Continue with some of the lanes, as `Tile.keep`."""
        self._uniform.keep(lanes)
        self._n_lanes = len(lanes)

    def draw(self, lanes: np.ndarray) -> np.ndarray:
        """Draw a second token for some lanes.

        Parameters
        ----------
        lanes : ndarray of int, shape (n,)

        Returns
        -------
        ndarray of int, shape (n_lanes,)
            -1 for the other lanes.
        """
        mixed_index = np.full(self._n_lanes, -1)
        place = (self._uniform.take(lanes) * len(self._class_index)).astype(np.int64)
        mixed_index[lanes] = self._class_index[place]
        return mixed_index


class Stimulus:
    """Base of all stimuli: it changes nothing, and each of them overrides what it changes.

    Attributes
    ----------
    kind : str
    token_weight : float
        Of the generated token where a second one is read with it.
    mixed_class : str
        Of the second tokens; empty where there are none.
    """

    kind: str
    token_weight = 1.0
    mixed_class = ""

    def last_step(self, n_prefix: int, max_steps: int) -> tuple[int, str]:  # noqa: ARG002
        """Return the step after which a tune ends without `</s>`, and its stop reason in that case.

        Parameters
        ----------
        n_prefix : int
            Number of tokens of `<s>` and the prompt.
        max_steps : int
            As requested; a stimulus that needs more raises a Refusal.
        """
        return max_steps, "max_steps"

    def drawer(self, sampler: Drawer, checkpoint: Checkpoint, *, temperature: float, **streams: int) -> Drawer:  # noqa: ARG002
        """Return the drawer of the tune's tokens.

        Parameters
        ----------
        sampler : Drawer
            Draws them unless the stimulus does.
        checkpoint : Checkpoint
            Has the vocabulary.
        temperature : float
        **streams
            `rng_seed` and `n_lanes`, as for `LaneNumbers`.

        Raises
        ------
        Refusal
            If the vocabulary lacks tokens that the stimulus needs.
        """
        return sampler

    def mixer(self, checkpoint: Checkpoint, rng_seed: int, n_lanes: int) -> Mixer | Unmixed:  # noqa: ARG002
        """Return the drawer of the tokens that are read together with the generated ones, see `drawer`."""
        return Unmixed()


class OneHot(Stimulus):
    """Each generated token is read alone."""

    kind = "one_hot"


@dataclass(frozen=True)
class TwoHot(Stimulus):
    """Each generated token is read together with a random one: ``token_weight`` of it and the rest of 1 of the other.

    `<s>` and the prompt are read alone.

    Attributes
    ----------
    token_weight : float
        Of the generated token, above 0 and below 1; 0.7 in part 7.
    mixed_class : str
        The other token is uniform over the tokens of this class (`folkprobe.music.vocabulary.TOKEN_CLASSES`).
    """

    token_weight: float = 0.7
    mixed_class: str = "pitch"

    kind = "two_hot"

    def __post_init__(self) -> None:
        if not 0 < self.token_weight < 1:
            raise Refusal(f"token_weight is {self.token_weight}: give a number above 0 and below 1")
        if self.mixed_class not in TOKEN_CLASSES:
            raise Refusal(f"mixed_class {self.mixed_class!r} is not one of {', '.join(TOKEN_CLASSES)}")

    def mixer(self, checkpoint: Checkpoint, rng_seed: int, n_lanes: int) -> Mixer:
        """Return the mixer that draws tokens of the class."""
        class_index = _class_indices(checkpoint, self.mixed_class, "choose another mixed_class")
        return Mixer(class_index, rng_seed, n_lanes)


@dataclass(frozen=True)
class Forced(Stimulus):
    """A given token sequence is read, after `<s>` and the prompt, whatever the network would have drawn.

    Attributes
    ----------
    tokens : str or sequence of str
        Separated by white space if a string; without `<s>`, and `</s>` at most as the last one.
    """

    tokens: Sequence[str]

    kind = "forced"

    def __post_init__(self) -> None:
        tokens = tuple(self.tokens.split() if isinstance(self.tokens, str) else self.tokens)
        if not tokens:
            raise Refusal("the forced sequence has no token: give at least one")
        if START_TOKEN in tokens or END_TOKEN in tokens[:-1]:
            raise Refusal(f"the forced sequence holds {START_TOKEN!r}, or {END_TOKEN!r} before its end: leave it out")
        object.__setattr__(self, "tokens", tokens)

    def last_step(self, n_prefix: int, max_steps: int) -> tuple[int, str]:
        """Return the end of the sequence."""
        n_steps = n_prefix + len(self.tokens) - 1
        if n_steps > max_steps:
            raise Refusal(
                f"reading `<s>`, the prompt and the forced sequence takes {n_steps} steps, but max_steps is "
                f"{max_steps}: allow more steps or shorten the sequence"
            )
        return n_steps, "end_of_stimulus"

    def drawer(self, sampler: Drawer, checkpoint: Checkpoint, *, n_lanes: int, temperature: float, **_: int) -> Given:  # noqa: ARG002
        """Return the drawer that returns the sequence."""
        return Given(checkpoint.token_indices(self.tokens), n_lanes, temperature)


@dataclass(frozen=True)
class BarsDeleted(Stimulus):
    """No bar token is ever read after the prompt: each token is drawn from the other ones, renormalised.

    The tune's random numbers are those of the tune without this, one a token.
    """

    kind = "bars_deleted"

    def drawer(self, sampler: Drawer, checkpoint: Checkpoint, *, temperature: float, **_: int) -> WithoutBars:
        """Return a drawer that hides bar tokens from the sampler."""
        return WithoutBars(sampler, _bar_indices(checkpoint, self), temperature)


@dataclass(frozen=True)
class BarsJittered(Stimulus):
    """Each bar token that is drawn is held back, and read a random number of tokens later.

    The number is uniform on 0 .. 2 shift_steps_max: a bar comes shift_steps_max tokens late in the mean, and at most
    as many before or after that. Until then tokens are drawn as by `BarsDeleted`, so at most one bar is held back at a
    time; the network continues without having read it. A bar still held back when `</s>` is drawn is never read.

    The tune's own random numbers stay in step with those of the tune without this, one a token: where a bar is due, a
    number is taken and not used. The delays, and the tokens that take the places of late bars, come from separate
    streams of the tune.

    Attributes
    ----------
    shift_steps_max : int
        At least 0; 0 leaves every bar where it is.
    """

    shift_steps_max: int = 3

    kind = "bars_jittered"

    def __post_init__(self) -> None:
        if not isinstance(self.shift_steps_max, Integral) or self.shift_steps_max < 0:
            raise Refusal(f"shift_steps_max is {self.shift_steps_max!r}: give a whole number from 0 on")

    def drawer(self, sampler: Drawer, checkpoint: Checkpoint, *, temperature: float, **streams: int) -> LateBars:
        """Return a drawer that holds the sampler's bar tokens back."""
        bar_index = _bar_indices(checkpoint, self)
        return LateBars(sampler, bar_index, temperature, **streams, delay_max=2 * self.shift_steps_max)


def _class_indices(checkpoint: Checkpoint, name: str, remedy: str) -> np.ndarray:
    found = [i for i, token in enumerate(checkpoint.vocabulary) if token_class(token) == name]
    if not found:
        raise Refusal(f"the vocabulary has no token of the class {name!r}: {remedy}")
    return np.array(found)


def _bar_indices(checkpoint: Checkpoint, stimulus: Stimulus) -> np.ndarray:
    return _class_indices(checkpoint, "bar", f"do without the stimulus {stimulus.kind}")


_KINDS = {each.kind: each for each in (TwoHot, Forced, BarsDeleted, BarsJittered)}


def stimulus_of(block: Mapping | str) -> Stimulus:
    """Make a stimulus from its declaration.

    Parameters
    ----------
    block : mapping or str
        ``{"kind": "two_hot", "token_weight": 0.7, "mixed_class": "pitch"}``, ``{"kind": "forced", "tokens": "C D |"}``,
        ``{"kind": "bars_jittered", "shift_steps_max": 3}``; a kind alone stands for its defaults.

    Returns
    -------
    TwoHot, Forced, BarsDeleted or BarsJittered

    Raises
    ------
    Refusal
        For another kind, and for values outside their range.
    """
    arguments = {"kind": block} if isinstance(block, str) else dict(block)
    kind = arguments.pop("kind", None)
    if kind not in _KINDS:
        raise Refusal(f"stimulus {kind!r} is not one of {', '.join(_KINDS)}")
    try:
        return _KINDS[kind](**arguments)
    except TypeError as error:
        raise Refusal(f"stimulus {kind}: {error}") from None
