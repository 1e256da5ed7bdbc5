"""Log-probability of tunes under a network other than the one that drew them."""

from collections.abc import Sequence

import numpy as np

from folkprobe.music.tunes import Tunes
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.drawing import log_probability
from folkprobe.network.lstm import Network
from folkprobe.network.trajectory import replay, steps_of_tune


def score_tunes(checkpoint: Checkpoint, tunes: Tunes) -> np.ndarray:
    """Return the log-probability of each tune's drawn tokens under a network; see `score_batches`."""
    return score_batches(checkpoint, [tunes])[0]


def score_batches(checkpoint: Checkpoint, batches: Sequence[Tunes]) -> list[np.ndarray]:
    """Return the log-probability of each tune's drawn tokens under a network, for several batches side by side.

    Parameters
    ----------
    checkpoint : Checkpoint
        Of the tunes' vocabulary.
    batches : sequence of Tunes
        All drawn in the same arithmetic. Their prompt is read but does not count, nor does `<s>`.

    Returns
    -------
    list of ndarray of float64, each of shape (n_tunes,)
        In nats, at temperature 1, in the arithmetic that the tunes were drawn in.
    """
    tunes_of = [(tunes, k) for tunes in batches for k in range(len(tunes))]
    read = [steps_of_tune(tunes, k) for tunes, k in tunes_of]
    following = np.concatenate([tunes.indices(k)[1:] for tunes, k in tunes_of])
    is_drawn = np.isfinite(np.concatenate([tunes.log_probability(k)[1:] for tunes, k in tunes_of]))
    lengths = np.array([len(steps) for steps in read])
    starts = np.cumsum(lengths) - lengths
    numbers = np.concatenate([tunes.first_tune + np.arange(len(tunes)) for tunes in batches])
    scores = np.zeros(len(read))
    for _, logits, lanes, places, steps in replay(Network(checkpoint, batches[0].dtype), read, numbers):
        at = starts[places] + steps
        scores[places] += np.where(is_drawn[at], log_probability(logits, 1.0, lanes, following[at]), 0.0)
    return np.split(scores, np.cumsum([len(tunes) for tunes in batches])[:-1])
