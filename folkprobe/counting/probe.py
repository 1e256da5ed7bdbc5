"""A linear probe of the count: how well the eighths since the bar token can be decoded from a layer's states.

What can be decoded need not be used: the probe is reported beside what the layer holds, by interchange, and beside a
control target, the count shifted by a random offset of each tune, which states can only tell by chance.

References
----------
J. Hewitt and P. Liang, Designing and interpreting probes with control tasks, Proc. EMNLP-IJCNLP (2019) 2733.
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg


@dataclass(frozen=True)
class Probe:
    """A ridge regression of targets on states.

    Attributes
    ----------
    weights : ndarray, shape (n_states, n_targets)
    state_mean, target_mean : ndarray, shape (n_states,) and (n_targets,)
        Of the steps that it was fitted to.
    """

    weights: np.ndarray
    state_mean: np.ndarray
    target_mean: np.ndarray

    @classmethod
    def fit(cls, states: np.ndarray, targets: np.ndarray, *, penalty: float) -> "Probe":
        """Fit targets, shape (n_steps, n_targets), to states, shape (n_steps, n_states)."""
        state_mean, target_mean = states.mean(axis=0, dtype=np.float64), targets.mean(axis=0)
        centred = states - state_mean
        gram = centred.T @ centred + penalty * np.eye(states.shape[1])
        return cls(linalg.solve(gram, centred.T @ (targets - target_mean), assume_a="pos"), state_mean, target_mean)

    def decode(self, states: np.ndarray) -> np.ndarray:
        """Return the predicted targets, shape (n_steps, n_targets)."""
        return (states - self.state_mean) @ self.weights + self.target_mean


def decode_held_out(
    states: np.ndarray, targets: np.ndarray, is_second_fold: np.ndarray, *, penalty: float
) -> np.ndarray:
    """Decode the targets of each fold by a probe that was fitted to the other fold.

    Parameters
    ----------
    states : ndarray, shape (n_steps, n_states)
    targets : ndarray, shape (n_steps, n_targets)
    is_second_fold : ndarray of bool, shape (n_steps,)
    penalty : float
        Of the ridge.

    Returns
    -------
    ndarray, shape (n_steps, n_targets)
    """
    decoded = np.empty(targets.shape)
    for held_out in (is_second_fold, ~is_second_fold):
        probe = Probe.fit(states[~held_out], targets[~held_out], penalty=penalty)
        decoded[held_out] = probe.decode(states[held_out])
    return decoded


def offset_counts(eighths: np.ndarray, tune: np.ndarray, *, bar_eighths: int, rng_seed: int) -> np.ndarray:
    """Shift the count of each tune by a random offset, modulo a bar.

    Parameters
    ----------
    eighths, tune : ndarray of int, shape (n_steps,)
        The count, and the number of the tune, whose stream is its own.
    bar_eighths : int
        Length of a full bar.
    rng_seed : int

    Returns
    -------
    ndarray of int, shape (n_steps,)
        0 to ``bar_eighths - 1``.
    """
    present, places = np.unique(tune, return_inverse=True)
    streams = [np.random.default_rng(np.random.SeedSequence(rng_seed, spawn_key=(int(k),))) for k in present]
    offsets = np.array([stream.integers(bar_eighths) for stream in streams], dtype=np.int64)
    return (eighths + offsets[places]) % bar_eighths


def share_decoded(
    targets: np.ndarray, decoded: np.ndarray, tune: np.ndarray, weights: np.ndarray, *, level: float
) -> tuple[float, float, float]:
    """Return the R2 of a decoded target, with a percentile interval over tunes.

    Parameters
    ----------
    targets, decoded : ndarray, shape (n_steps,)
    tune : ndarray of int, shape (n_steps,)
        0 to n_tunes - 1.
    weights : ndarray, shape (n_resamples, n_tunes)
        From `folkprobe.statistics.resampling.resample_weights`.
    level : float
        Confidence level, in (0, 1).

    Returns
    -------
    r2, lower, upper : float
        About the mean of all targets; below 0 where the decoded values are worse than that mean.
    """
    n_tunes = weights.shape[1]
    squares = (targets - decoded) ** 2, (targets - targets.mean()) ** 2
    errors, variation = (np.bincount(tune, each, minlength=n_tunes) for each in squares)
    with np.errstate(invalid="ignore", divide="ignore"):
        resampled = 1 - (weights @ errors) / (weights @ variation)
    lower, upper = np.nanquantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return float(1 - errors.sum() / variation.sum()), float(lower), float(upper)
