"""Small random networks."""

import numpy as np

from folkprobe.network.checkpoint import Checkpoint, Layer, Softmax

VOCABULARY = ("M:4/4", "</s>", "K:Cmaj", "|", "C", "D", "E", "<s>", "2", "z", "G", "A")


def random_checkpoint(rng_seed=0, n_units=(5, 4, 6), vocabulary=VOCABULARY, n_embedding=None):
    """A 3-layer network with weights large enough for every gate to matter, and initial states that are not zero."""
    rng = np.random.default_rng(rng_seed)

    def normal(*shape):
        return rng.normal(0, 0.7, shape).astype(np.float32)

    layers, n_in = [], n_embedding or len(vocabulary)
    for n in n_units:
        layers.append(Layer(normal(4, n_in, n), normal(4, n, n), normal(4, n), normal(n), normal(n), np.arange(n)))
        n_in = n
    return Checkpoint(
        name="random",
        source_format="made by the tests",
        source_sha256="0" * 64,
        vocabulary=tuple(vocabulary),
        layers=tuple(layers),
        softmax=Softmax(V=normal(len(vocabulary), n_in), v=normal(len(vocabulary))),
        embedding=normal(len(vocabulary), n_embedding) if n_embedding else None,
    )


def folkrnn_content(checkpoint):
    """The dict that folk-rnn would pickle for a network."""
    arrays = [np.eye(len(checkpoint.vocabulary), dtype=np.float32)]
    for layer in checkpoint.layers:
        for gate in range(4):
            # folk-rnn's own files hold the recurrent matrices in Fortran order.
            arrays += [layer.W_x[gate], np.asfortranarray(layer.W_h[gate]), layer.b[gate]]
        arrays += [layer.c0[None], layer.h0[None]]
    arrays += [checkpoint.softmax.V.T, checkpoint.softmax.v]
    return {"token2idx": {t: i for i, t in enumerate(checkpoint.vocabulary)}, "param_values": arrays}
