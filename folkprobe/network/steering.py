"""Edits of the softmax layer: transforms checkpoint -> checkpoint, as excision is.

Removing the directions D (orthonormal columns) from what the softmax reads replaces V h by V (h - D D^T h), so
V' = V - (V D) D^T. That takes the mean of D^T h away too, a shift of the bias; with the mean m of h kept it is
v' = v + V D D^T m. Pushing adds a shift to v. Neither touches the LSTM: only tokens carry the edit on.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from folkprobe.network.checkpoint import Checkpoint, Softmax, Steering
from folkprobe.network.lstm import one_blas_thread
from folkprobe.network.softmax import visible_part
from folkprobe.refusal import Refusal

_BISECTIONS = 60


def remove_directions(
    checkpoint: Checkpoint, directions: np.ndarray, *, hidden_state_mean: np.ndarray | None = None
) -> Checkpoint:
    """Make the softmax blind to directions of the last layer's hidden state.

    Parameters
    ----------
    checkpoint : Checkpoint
        Not modified.
    directions : ndarray, shape (n_units,) or (n_units, n_directions)
        Orthonormal columns; `folkprobe.network.softmax.decompose_softmax` gives some as w.
    hidden_state_mean : ndarray, shape (n_units,), optional
        Read in place of the hidden state along the directions; None reads 0 there, which is a shift of the bias too
        wherever the mean is not 0.

    Returns
    -------
    Checkpoint
        V and v are float64.

    Raises
    ------
    Refusal
        If the columns are not orthonormal, or a length is not that of the last layer.
    """
    D = np.atleast_2d(np.asarray(directions, dtype=np.float64).T).T
    n_units = checkpoint.layers[-1].n_units
    if D.shape[0] != n_units:
        raise Refusal(f"directions of length {D.shape[0]} do not fit the {n_units} units that the softmax reads")
    if not np.allclose(D.T @ D, np.eye(D.shape[1]), atol=1e-9):
        raise Refusal("the directions to remove are not orthonormal: give unit vectors at right angles")
    mean = np.zeros(n_units) if hidden_state_mean is None else np.asarray(hidden_state_mean, dtype=np.float64)
    if mean.shape != (n_units,):
        raise Refusal(f"a mean of shape {mean.shape} does not fit the {n_units} units that the softmax reads")
    with one_blas_thread():
        V = checkpoint.softmax.V.astype(np.float64)
        return _steered(checkpoint, V - (V @ D) @ D.T, V @ (D @ (D.T @ mean)), D)


def push_bias(checkpoint: Checkpoint, shift: np.ndarray) -> Checkpoint:
    """Add to the logits of every step.

    Parameters
    ----------
    checkpoint : Checkpoint
        Not modified.
    shift : ndarray, shape (n_vocabulary,)
        In logits; alpha s_k u_k is what a hidden state of alpha w_k more would do.

    Returns
    -------
    Checkpoint
        v is float64.

    Raises
    ------
    Refusal
        If the length is not the vocabulary's, or a value is not finite.
    """
    shift = np.asarray(shift, dtype=np.float64)
    if shift.shape != checkpoint.softmax.v.shape or not np.isfinite(shift).all():
        raise Refusal(f"a push needs a finite number for each of the {len(checkpoint.vocabulary)} tokens")
    return _steered(checkpoint, checkpoint.softmax.V, shift, np.zeros((checkpoint.layers[-1].n_units, 0)))


def _steered(checkpoint: Checkpoint, V: np.ndarray, shift: np.ndarray, directions: np.ndarray) -> Checkpoint:
    edited = Softmax(V=V, v=checkpoint.softmax.v + shift)
    record = Steering(directions=directions, shift=shift)
    return replace(checkpoint, softmax=edited, steerings=(*checkpoint.steerings, record))


def carried_variance(checkpoint: Checkpoint, covariance: np.ndarray, directions: np.ndarray) -> float:
    """Return the variance of the visible logits that directions carry, summed over tokens.

    Parameters
    ----------
    checkpoint : Checkpoint
    covariance : ndarray, shape (n_units, n_units)
        Of the last layer's hidden state over steps.
    directions : ndarray, shape (n_units, n_directions)
        Orthonormal columns.

    Returns
    -------
    float
        In squared logits. All directions together carry the variance of the visible logits.
    """
    moved = visible_part(checkpoint.softmax.V @ directions)
    return float(np.einsum("vi,ij,vj->", moved, directions.T @ covariance @ directions, moved))


def random_directions(checkpoint: Checkpoint, covariance: np.ndarray, like: np.ndarray, *, rng_seed: int) -> np.ndarray:
    """Draw directions at right angles to a given one that together carry as much of the logits' variance.

    Parameters
    ----------
    checkpoint : Checkpoint
    covariance : ndarray, shape (n_units, n_units)
        Of the last layer's hidden state over steps.
    like : ndarray, shape (n_units,)
        The direction to match, a unit vector.
    rng_seed : int

    Returns
    -------
    ndarray of float64, shape (n_units, n_directions)
        Orthonormal, orthogonal to `like`; `carried_variance` is that of `like`. A direction is that of a random
        combination of the tokens' centred rows of V (isotropic ones carry next to nothing); as many are taken as it
        needs, and the last is turned towards an isotropic one until the match is exact.

    Raises
    ------
    Refusal
        If all other directions together carry less than this one.
    """
    rng = np.random.default_rng(rng_seed)
    V = visible_part(checkpoint.softmax.V)
    with one_blas_thread():
        target = carried_variance(checkpoint, covariance, like[:, None])
        chosen = np.empty((len(like), 0))

        def orthogonal(vector: np.ndarray) -> np.ndarray:
            taken = np.column_stack([like, chosen])
            for _ in range(2):  # Twice is enough for full precision (Kahan and Parlett).
                vector = vector - taken @ (taken.T @ vector)
            return vector / np.linalg.norm(vector)

        def carried(last: np.ndarray) -> float:
            return carried_variance(checkpoint, covariance, np.column_stack([chosen, last]))

        for _ in range(2 * len(like)):
            if chosen.shape[1] > len(like) - 3:
                break
            strong, weak = orthogonal(V.T @ rng.normal(size=len(V))), orthogonal(rng.normal(size=len(like)))
            if carried(strong) >= target >= carried(weak):
                return np.column_stack([chosen, _turned(strong, weak, carried, target)])
            # If even the weak end overshoots, try the next draw.
            if carried(strong) < target:
                chosen = np.column_stack([chosen, strong])
    raise Refusal("no random directions carry as much logit variance as this one: all others together carry less")


def _turned(strong: np.ndarray, weak: np.ndarray, carried: Callable[[np.ndarray], float], target: float) -> np.ndarray:
    """Find the unit vector between two at which `carried` is the target, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        vector = (1 - middle) * weak + middle * strong
        vector /= np.linalg.norm(vector)
        low, high = (low, middle) if carried(vector) >= target else (middle, high)
    return vector
