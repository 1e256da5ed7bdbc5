"""What the softmax reads, step by step: the hidden state of the last layer along the singular directions of V.

The file `projections.h5` keeps, for every step of many tunes, h_t . w_k for the leading directions and the token that
was drawn next, and the mean and covariance of h_t, from which the variance of the logits along any direction follows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from folkprobe.hdf5 import open_result, write_result
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.lstm import one_blas_thread
from folkprobe.network.softmax import Directions, decompose_softmax, visible_part
from folkprobe.refusal import Refusal

# By the name that files and tables use: whether the decomposition is gauge-fixed.
DECOMPOSITIONS = {"as_trained": False, "gauge_fixed": True}
# The article looks at three.
N_LEADING = 3


@dataclass(frozen=True)
class Projections:
    """Hidden states of the last layer along the leading directions.

    Attributes
    ----------
    vocabulary : tuple of str
    tune_offsets : ndarray of int64, shape (n_tunes + 1,)
        Steps of tune k are ``tune_offsets[k]`` to ``tune_offsets[k + 1]``, end exclusive.
    next_token_index : ndarray of int16, shape (n_steps,)
        The token that followed the step.
    is_drawn : ndarray of bool, shape (n_steps,)
        False where that token was the prompt's.
    projection : dict of str to ndarray of float64, shape (n_steps, n_leading)
        By decomposition (`DECOMPOSITIONS`): h_t . w_k.
    mean : ndarray of float64, shape (n_units,)
        Of h_t over all steps.
    covariance : ndarray of float64, shape (n_units, n_units)
        Of h_t over all steps (divided by n_steps).
    """

    vocabulary: tuple[str, ...]
    tune_offsets: np.ndarray
    next_token_index: np.ndarray
    is_drawn: np.ndarray
    projection: dict[str, np.ndarray]
    mean: np.ndarray
    covariance: np.ndarray

    @property
    def tune_index(self) -> np.ndarray:
        """Position of each step's tune, shape (n_steps,)."""
        return np.repeat(np.arange(len(self.tune_offsets) - 1), np.diff(self.tune_offsets))

    @property
    def next_token(self) -> np.ndarray:
        """The token that followed each step, shape (n_steps,)."""
        return np.array(self.vocabulary, dtype=object)[self.next_token_index]


def project_hidden_state(
    checkpoint: Checkpoint, tunes: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]]
) -> Projections:
    """Project the hidden states of many tunes.

    Parameters
    ----------
    checkpoint : Checkpoint
        Whose softmax gives the directions.
    tunes : iterable of (hidden_state, next_token_index, is_drawn)
        For each tune: hidden state of the last layer, shape (n_steps, n_units); the token after each step; whether it
        was drawn.

    Raises
    ------
    Refusal
        If there is no step at all.
    """
    names = ("hidden_state", "next_token_index", "is_drawn")
    columns = {name: list(values) for name, values in zip(names, zip(*tunes, strict=True), strict=False)}
    if not columns:
        raise Refusal("there is no tune to project: replay at least one")
    n_steps = [len(states) for states in columns["hidden_state"]]
    hidden_state = np.concatenate(columns["hidden_state"]).astype(np.float64)
    mean = hidden_state.mean(axis=0)
    projection = {}
    with one_blas_thread():
        for name, gauge_fixed in DECOMPOSITIONS.items():
            w = decompose_softmax(checkpoint, gauge_fixed=gauge_fixed).w[:, :N_LEADING]
            projection[name] = hidden_state @ w
        hidden_state -= mean
        covariance = hidden_state.T @ hidden_state / len(hidden_state)
    return Projections(
        vocabulary=checkpoint.vocabulary,
        tune_offsets=np.cumsum([0, *n_steps], dtype=np.int64),
        next_token_index=np.concatenate(columns["next_token_index"]),
        is_drawn=np.concatenate(columns["is_drawn"]),
        projection=projection,
        mean=mean,
        covariance=covariance,
    )


def variance_shares(
    checkpoint: Checkpoint, directions: Directions, covariance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of the logits' variance over steps that each direction carries.

    Parameters
    ----------
    checkpoint : Checkpoint
    directions : Directions
        Of either decomposition.
    covariance : ndarray, shape (n_units, n_units)
        Of the last layer's hidden state over steps.

    Returns
    -------
    of_logits : ndarray, shape (n_directions,)
        s_i^2 w_i^T C w_i over their sum, which is the variance of all logits that this decomposition describes: the
        shares sum to 1, since the u_i are orthogonal.
    of_visible : ndarray, shape (n_directions,)
        The same of the logits less their mean over tokens, which is all that the softmax sees. These sum to 1 for the
        gauge-fixed decomposition only, for which the two are equal.

    Notes
    -----
    Both are nan where nothing varies.
    """
    V = visible_part(checkpoint.softmax.V)
    variance = np.einsum("ui,uv,vi->i", directions.w, covariance, directions.w, optimize=True)
    carried = directions.s**2 * variance
    visible = (visible_part(directions.u * directions.s) ** 2).sum(axis=0) * variance
    total_visible = np.einsum("tu,uv,tv->", V, covariance, V, optimize=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return carried / carried.sum(), visible / total_visible


_ARRAYS = ("tune_offsets", "next_token_index", "is_drawn", "mean", "covariance")


def write_projections(projections: Projections, path: Path | str) -> None:
    """Write a `projections.h5` atomically. The same projections give the same bytes."""
    with write_result(path) as file:
        file.create_dataset("vocabulary", data=list(projections.vocabulary), dtype=h5py.string_dtype())
        for name in _ARRAYS:
            file[name] = getattr(projections, name)
        for name, values in projections.projection.items():
            file[f"projection/{name}"] = values


def read_projections(path: Path | str) -> Projections:
    """Read a `projections.h5`, or raise a Refusal if it is missing or incomplete."""
    with open_result(path, kind="projections.h5", maker="the rule project_hidden_state") as file:
        return Projections(
            vocabulary=tuple(file["vocabulary"].asstr()[()]),
            projection={name: file[f"projection/{name}"][()] for name in DECOMPOSITIONS},
            **{name: file[name][()] for name in _ARRAYS},
        )
