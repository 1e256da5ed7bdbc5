"""Compare captured states with an independent evaluation of the network's equations."""

from collections.abc import Sequence

import numpy as np

from folkprobe.claims.values import Values
from folkprobe.network.checkpoint import Checkpoint


def check_equations(
    checkpoint: Checkpoint, tokens: Sequence[str], hidden_state: Sequence[np.ndarray], posterior: np.ndarray
) -> Values:
    """Compare a trajectory with the equations that the articles print, in float64 and step by step.

    Parameters
    ----------
    checkpoint : Checkpoint
    tokens : sequence of str
        Read at each step.
    hidden_state : sequence of ndarray, shape (n_steps, n_units)
        Of each layer.
    posterior : ndarray, shape (n_steps, n_vocabulary)
        At temperature 1.

    Returns
    -------
    dict of (str, str) to tuple of float
        By claim and quantity: the largest differences.
    """
    embedding = np.eye(len(checkpoint.vocabulary)) if checkpoint.embedding is None else checkpoint.embedding
    states = [(layer.h0.astype(np.float64), layer.c0.astype(np.float64)) for layer in checkpoint.layers]
    of_states, of_posterior = 0.0, 0.0
    for step, token in enumerate(checkpoint.token_indices(list(tokens))):
        x = embedding[token].astype(np.float64)
        for number, (layer, (h, c)) in enumerate(zip(checkpoint.layers, states, strict=True)):
            i, f, g, o = (x @ layer.W_x[gate] + h @ layer.W_h[gate] + layer.b[gate] for gate in range(4))
            c = _sigma(f) * c + _sigma(i) * np.tanh(g)
            x = _sigma(o) * np.tanh(c)
            states[number] = (x, c)
            of_states = max(of_states, np.abs(x - hidden_state[number][step]).max(initial=0.0))
        weights = np.exp(checkpoint.softmax.V @ x + checkpoint.softmax.v)
        of_posterior = max(of_posterior, np.abs(weights / weights.sum() - posterior[step]).max())
    return {
        ("x.p2.eq", "largest difference of h from the equations"): (of_states,),
        ("x.p2.eq", "largest difference of p from softmax(V h + v)"): (of_posterior,),
    }


def _sigma(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))
