"""Log-probability of tunes under a network other than the one that drew them."""

import numpy as np

from folkprobe.music.tunes import Tunes
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.trajectory import capture_trajectories, steps_of_tune


def score_tunes(checkpoint: Checkpoint, tunes: Tunes) -> np.ndarray:
    """Return the log-probability of each tune's drawn tokens under a network.

    Parameters
    ----------
    checkpoint : Checkpoint
        Of the tunes' vocabulary.
    tunes : Tunes
        Their prompt is read but does not count, nor does `<s>`.

    Returns
    -------
    ndarray of float64, shape (n_tunes,)
        In nats, at temperature 1, in the arithmetic that the tunes were drawn in. A probability below that arithmetic's
        smallest number counts as that number: exp(-103) in float32, exp(-745) in float64.
    """
    steps = [steps_of_tune(tunes, k) for k in range(len(tunes))]
    trajectories = capture_trajectories(
        checkpoint, steps, dtype=tunes.dtype, first_tune=tunes.first_tune, arrays=("posterior",)
    )
    scores = np.empty(len(tunes))
    for k, trajectory in enumerate(trajectories):
        following = tunes.indices(k)[1:]
        probability = trajectory.posterior[np.arange(len(following)), following]
        smallest = np.finfo(probability.dtype).smallest_subnormal
        drawn = np.isfinite(tunes.log_probability(k)[1:])
        scores[k] = np.log(np.maximum(probability, smallest).astype(np.float64))[drawn].sum()
    return scores
