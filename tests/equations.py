"""The network's equations in float64, written for clarity: one matrix product per gate, nothing fused or reordered.

    i = sigma(x W_xi + h W_hi + b_i)   f, o alike   g = tanh(x W_xc + h W_hc + b_c)   c <- f c + i g   h <- o tanh(c)
    logits = V h + v

`reference.py` says the same one number at a time and knows about held units; this one is fast enough for a network of
the real size. Neither uses anything of folkprobe but the names of the arrays.
"""

import numpy as np


def sigma(z):
    return 1.0 / (1.0 + np.exp(-z))


def replay(checkpoint, token_indices):
    """Hidden states of each layer (n_steps, n_units), and logits (n_steps, n_vocabulary)."""
    embedding = np.eye(len(checkpoint.vocabulary)) if checkpoint.embedding is None else checkpoint.embedding
    # Converted once, not at every step.
    layers = [
        [np.asarray(getattr(layer, name), np.float64) for name in ("W_x", "W_h", "b", "h0", "c0")]
        for layer in checkpoint.layers
    ]
    V, v = (np.asarray(a, np.float64) for a in (checkpoint.softmax.V, checkpoint.softmax.v))
    h = [layer[3] for layer in layers]
    c = [layer[4] for layer in layers]
    hidden_state, logits = [[] for _ in layers], []
    for index in token_indices:
        x = np.asarray(embedding[index], np.float64)
        for number, (W_x, W_h, b, _, _) in enumerate(layers):
            i = sigma(x @ W_x[0] + h[number] @ W_h[0] + b[0])
            f = sigma(x @ W_x[1] + h[number] @ W_h[1] + b[1])
            g = np.tanh(x @ W_x[2] + h[number] @ W_h[2] + b[2])
            o = sigma(x @ W_x[3] + h[number] @ W_h[3] + b[3])
            c[number] = f * c[number] + i * g
            h[number] = o * np.tanh(c[number])
            hidden_state[number].append(h[number])
            x = h[number]
        logits.append(V @ x + v)
    return [np.array(states) for states in hidden_state], np.array(logits)
