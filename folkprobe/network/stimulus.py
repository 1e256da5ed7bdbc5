"""What a network reads instead of its own tokens.

Part 7 of the articles feeds it two tokens at once. To ask whether periods at the bar come from the bar tokens, it can
also be made to write without ever reading one, or with each at a random place (`folkprobe.network.withheld`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from folkprobe.music.vocabulary import END_TOKEN, START_TOKEN, TOKEN_CLASSES, token_class
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.drawing import LaneNumbers
from folkprobe.refusal import Refusal


@dataclass(frozen=True)
class TwoHot:
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

    def class_indices(self, checkpoint: Checkpoint) -> np.ndarray:
        """Find the tokens of the class.

        Parameters
        ----------
        checkpoint : Checkpoint

        Returns
        -------
        ndarray of int, shape (n_tokens,)
            In ascending order.

        Raises
        ------
        Refusal
            Where the vocabulary has none.
        """
        return _class_indices(checkpoint, self.mixed_class, "choose another mixed_class")


@dataclass(frozen=True)
class Forced:
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


class _WithheldBars:
    kind: str

    def bar_indices(self, checkpoint: Checkpoint) -> np.ndarray:
        """Find the bar tokens.

        Parameters
        ----------
        checkpoint : Checkpoint

        Returns
        -------
        ndarray of int, shape (n_tokens,)
            In ascending order.

        Raises
        ------
        Refusal
            Where the vocabulary has none.
        """
        return _class_indices(checkpoint, "bar", f"do without the stimulus {self.kind}")


@dataclass(frozen=True)
class BarsDeleted(_WithheldBars):
    """No bar token is ever read after the prompt: each token is drawn from the other ones, renormalised.

    The tune's random numbers are those of the tune without this, one a token.
    """

    kind = "bars_deleted"


@dataclass(frozen=True)
class BarsJittered(_WithheldBars):
    """Each bar token that is drawn is held back, and read a random number of tokens later.

    The number is uniform on 0 .. 2 shift_steps_max: a bar comes shift_steps_max tokens late in the mean, and at most
    as many before or after that. Until then tokens are drawn as by `BarsDeleted`, so one bar waits at a time; the
    network has read no bar yet and goes on from there. A bar that still waits when `</s>` is drawn is never read.

    The tune's own random numbers stay in step with those of the tune without this, one a token: where a bar is due, a
    number is taken and not used. The delays, and the tokens that take the places of late bars, come from streams of
    the tune's own.

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


def _class_indices(checkpoint: Checkpoint, name: str, remedy: str) -> np.ndarray:
    found = [i for i, token in enumerate(checkpoint.vocabulary) if token_class(token) == name]
    if not found:
        raise Refusal(f"the vocabulary has no token of the class {name!r}: {remedy}")
    return np.array(found)


class Mixer:
    """Draws the second tokens of two-hot inputs, lane by lane, each tune's from a stream of its own.

    Parameters
    ----------
    stimulus : TwoHot
    checkpoint : Checkpoint
        Gives the vocabulary.
    rng_seed, n_lanes : int
    """

    def __init__(self, stimulus: TwoHot, checkpoint: Checkpoint, rng_seed: int, n_lanes: int) -> None:
        self._class_indices = stimulus.class_indices(checkpoint)
        self._n_lanes = n_lanes
        # The first child of the tune's own seed sequence, so that the tune's own numbers stay as they are.
        self._uniform = LaneNumbers(rng_seed, n_lanes, branch=(0,))
        self.start = self._uniform.start

    def keep(self, lanes: np.ndarray) -> None:
        """Go on with some of the lanes, as `Tile.keep`.

        Parameters
        ----------
        lanes : ndarray of int, shape (n_lanes,)
        """
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
        place = (self._uniform.take(lanes) * len(self._class_indices)).astype(np.int64)
        mixed_index[lanes] = self._class_indices[place]
        return mixed_index


Stimulus = TwoHot | Forced | BarsDeleted | BarsJittered
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
