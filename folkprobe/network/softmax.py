"""Singular directions of the softmax layer's V, and the effect of a push along one on the next token.

The logits are V h + v. With V = sum_i s_i u_i w_i^T, a hidden state along w_i moves the logits along u_i, s_i times
as far. The softmax ignores a constant added to all logits, so the part of u_i along the constant vector does nothing:
the gauge-fixed decomposition is that of (I - 1 1^T / n) V, which leaves the part that can be seen.
"""

from typing import NamedTuple

import numpy as np

from folkprobe.music.vocabulary import START_TOKEN
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.lstm import one_blas_thread
from folkprobe.network.trajectory import softmax
from folkprobe.refusal import Refusal


class Directions(NamedTuple):
    """Singular directions, V w_i = s_i u_i, in falling order of s.

    Attributes
    ----------
    u : ndarray of float64, shape (n_vocabulary, n_directions)
        Directions in logit space, orthonormal columns; the entry of `<s>` is negative.
    s : ndarray of float64, shape (n_directions,)
        Singular values, at least 0; n_directions is min(n_vocabulary, n_units).
    w : ndarray of float64, shape (n_units, n_directions)
        Directions in the space of the last layer's hidden state, orthonormal columns.
    """

    u: np.ndarray
    s: np.ndarray
    w: np.ndarray

    @property
    def rank(self) -> int:
        """Number of singular values above max(shape) * eps * s_1, as `numpy.linalg.matrix_rank` counts."""
        tolerance = self.s.max(initial=0) * max(len(self.u), len(self.w)) * np.finfo(np.float64).eps
        return int((self.s > tolerance).sum())

    @property
    def constant_cosine(self) -> np.ndarray:
        """Cosine of each u_i with the constant vector, shape (n_directions,); its square is the unseen share."""
        return self.u.sum(axis=0) / np.sqrt(len(self.u))


def decompose_softmax(checkpoint: Checkpoint, *, gauge_fixed: bool = False) -> Directions:
    """Return the singular value decomposition of the softmax layer's V, in float64.

    Parameters
    ----------
    checkpoint : Checkpoint
    gauge_fixed : bool
        Decompose (I - 1 1^T / n_vocabulary) V instead, from which the constant that the softmax ignores is gone; its
        rank is at most n_vocabulary - 1.

    Returns
    -------
    Directions
        Unpacks as (u, s, w). The sign makes the `<s>` entry of u_i negative; where that entry is 0, the largest one.
        Directions of equal singular values are defined up to a rotation only.

    References
    ----------
    B. L. Sturm, *Making sense of the folk-rnn v2 model*, part 3. The article's u_1 has the opposite sign.
    """
    V = visible_part(checkpoint.softmax.V) if gauge_fixed else checkpoint.softmax.V.astype(np.float64)
    with one_blas_thread():
        u, s, w_T = np.linalg.svd(V, full_matrices=False)
    entry = u[checkpoint.vocabulary.index(START_TOKEN)]
    # An entry at the level of rounding has no sign to go by.
    largest = u[np.abs(u).argmax(axis=0), np.arange(len(s))]
    decisive = np.where(np.abs(entry) > len(u) * np.finfo(np.float64).eps, entry, largest)
    sign = np.where(decisive > 0, -1.0, 1.0)
    return Directions(u * sign, s, w_T.T * sign)


def visible_part(logits: np.ndarray) -> np.ndarray:
    """Subtract the mean over tokens (axis 0, float64), which the softmax ignores."""
    logits = logits.astype(np.float64)
    return logits - logits.mean(axis=0)


def require_direction(directions: Directions, number: int) -> int:
    """Return the position of a direction given its number, counted from 1.

    Returns
    -------
    int
        number - 1.

    Raises
    ------
    Refusal
        If the softmax layer has no such direction, or its singular value is 0 to rounding.
    """
    if number not in range(1, directions.rank + 1):
        raise Refusal(f"direction {number} does not exist: the softmax layer has directions 1 to {directions.rank}")
    return number - 1


def pushed_posterior(checkpoint: Checkpoint, shift: np.ndarray) -> np.ndarray:
    """Return softmax(v + shift): the token distribution for a zero hidden state of the last layer and a pushed bias.

    Parameters
    ----------
    checkpoint : Checkpoint
    shift : ndarray, shape (n_vocabulary,)
        In logits; s_i u_i is what h = w_i would do.

    Returns
    -------
    ndarray of float64, shape (n_vocabulary,)
    """
    return softmax(checkpoint.softmax.v.astype(np.float64) + shift)


def bias_correlation(checkpoint: Checkpoint) -> np.ndarray:
    """Return the Pearson correlation of each column of V with the bias v, over tokens.

    Returns
    -------
    ndarray of float64, shape (n_units,)
        In [-1, 1]; nan for a constant column.

    References
    ----------
    B. L. Sturm, *Making sense of the folk-rnn v2 model*, part 2: columns of V resemble v.
    """
    V, v = visible_part(checkpoint.softmax.V), visible_part(checkpoint.softmax.v)
    norm = np.sqrt((V**2).sum(axis=0) * (v**2).sum())
    return np.divide(v @ V, norm, out=np.full(V.shape[1], np.nan), where=norm > 0)
