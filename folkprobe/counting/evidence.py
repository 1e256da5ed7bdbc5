"""What a network expects of the bar: the probability of a bar token after so many further eighths.

From given states the network reads pitches of one eighth each, and P_j is the probability of all bar tokens together
after j of them. The pitches are those that the unperturbed network draws from its own states, among pitches only, so
whatever is done to a copy of it, both read the same.

References
----------
F. A. Gers and J. Schmidhuber, Recurrent nets that time and count, Proc. IJCNN 3 (2000) 189, and G. Weiss, Y. Goldberg
and E. Yahav, On the practical computational power of finite precision RNNs for language recognition, Proc. ACL (2018)
740: LSTMs can count in their cells.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from folkprobe.music.tunes import Tunes
from folkprobe.music.vocabulary import group_by_class
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.continuation import Readings, States, capture_states, draw_on, read_on
from folkprobe.network.lstm import Network


class Undefined(Exception):
    """An experiment that the network or its tunes do not allow; the message says why."""


@dataclass(frozen=True)
class Counter:
    """A network whose count is asked for.

    Attributes
    ----------
    network : Network
    tunes : Tunes
        That it drew.
    pitches, bars : ndarray of int
        Their places in the vocabulary.
    """

    network: Network
    tunes: Tunes
    pitches: np.ndarray
    bars: np.ndarray

    @classmethod
    def of(cls, checkpoint: Checkpoint, tunes: Tunes) -> "Counter":
        """Pack a network; raise `Undefined` if its vocabulary has no bar tokens or no pitches."""
        groups = group_by_class(checkpoint.vocabulary)
        for name in ("bar", "pitch"):
            if not groups[name]:
                raise Undefined(f"the vocabulary has no {name} token, so there is no count to perturb")
        pitches, bars = (checkpoint.token_indices(groups[name]).astype(np.int64) for name in ("pitch", "bar"))
        return cls(Network(checkpoint, tunes.dtype), tunes, pitches, bars)

    def states(self, sites: pd.DataFrame) -> States:
        """Return the states of the network at sites of its tunes."""
        return capture_states(self.network, self.tunes, sites["tune"].to_numpy(), sites["step"].to_numpy())

    def draw(self, states: States, sites: pd.DataFrame, *, n_eighths: int, rng_seed: int) -> Readings:
        """Let the network draw pitches and read them; the stream of each site is its own."""
        keys = zip((self.tunes.first_tune + sites["tune"]).tolist(), sites["step"].tolist(), strict=True)
        uniform = [
            np.random.default_rng(np.random.SeedSequence(rng_seed, spawn_key=key)).random(n_eighths) for key in keys
        ]
        return draw_on(self.network, states, np.array(uniform).T, self.pitches, self.bars)

    def read(
        self, states: States, token_index: np.ndarray, told: dict | None = None, *, keep: bool = False
    ) -> Readings:
        """Let the network read given tokens, see `folkprobe.network.continuation.read_on`."""
        return read_on(self.network, states, token_index, self.bars, told=told, keep_hidden_state=keep)


def count_sites(sites: pd.DataFrame, elapsed: range) -> pd.DataFrame:
    """Return the sites of some elapsed eighths; raise `Undefined` if fewer than two tunes have any."""
    chosen = sites[sites["elapsed_eighths"].isin(elapsed)]
    if chosen["tune"].nunique() < 2:
        raise Undefined(
            f"{chosen['tune'].nunique()} of the tunes have a 4/4 bar, after the first, with a note that ends "
            f"{elapsed.start} to {elapsed.stop - 1} eighths after the bar token, and at least 2 are needed"
        )
    return chosen
