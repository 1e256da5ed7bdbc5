"""Control networks that need no training: transforms checkpoint -> checkpoint, as excision is.

A control keeps the architecture and the distribution of every matrix's weights, and loses what training has put where.
"""

import re
from dataclasses import replace

import numpy as np

from folkprobe.network.checkpoint import Checkpoint, Layer, Softmax
from folkprobe.refusal import Refusal

UNTRAINED = "untrained"
_OF_A_LAYER = re.compile(r"layer_([1-9])_permuted")


def transform_checkpoint(checkpoint: Checkpoint, transform: str, *, rng_seed: int) -> Checkpoint:
    """Permute the weights of a network within each of its matrices.

    Parameters
    ----------
    checkpoint : Checkpoint
        It is not changed.
    transform : str
        ``untrained`` permutes all matrices and vectors: of each gate apart, initial states, softmax and a learned
        embedding. ``layer_2_permuted`` permutes those of layer 2 alone, and so on.
    rng_seed : int
        Not negative. Layer l is permuted in the same way in both.

    Returns
    -------
    Checkpoint

    Raises
    ------
    Refusal
        For another name, or a layer that the network lacks.
    """
    found = _OF_A_LAYER.fullmatch(transform)
    numbers = [int(found[1])] if found else range(1, len(checkpoint.layers) + 1)
    if (not found and transform != UNTRAINED) or max(numbers) > len(checkpoint.layers):
        raise Refusal(
            f"the transform {transform!r} is not {UNTRAINED} or layer_1_permuted to "
            f"layer_{len(checkpoint.layers)}_permuted"
        )
    layers = list(checkpoint.layers)
    for number in numbers:
        layers[number - 1] = _permuted_layer(layers[number - 1], np.random.default_rng([rng_seed, number]))
    if found:
        return replace(checkpoint, layers=tuple(layers))
    rng = np.random.default_rng([rng_seed, 0])
    softmax = Softmax(V=_permuted(checkpoint.softmax.V, rng), v=_permuted(checkpoint.softmax.v, rng))
    embedding = None if checkpoint.embedding is None else _permuted(checkpoint.embedding, rng)
    return replace(checkpoint, layers=tuple(layers), softmax=softmax, embedding=embedding)


def _permuted_layer(layer: Layer, rng: np.random.Generator) -> Layer:
    by_gate = {name: np.stack([_permuted(gate, rng) for gate in getattr(layer, name)]) for name in ("W_x", "W_h", "b")}
    return replace(layer, **by_gate, **{name: _permuted(getattr(layer, name), rng) for name in ("h0", "c0")})


def _permuted(array: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rng.permutation(array.ravel()).reshape(array.shape)
