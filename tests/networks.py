"""Small random networks."""

import numpy as np

from folkprobe.network.checkpoint import Checkpoint, Layer, Softmax

VOCABULARY = ("M:4/4", "</s>", "K:Cmaj", "|", "C", "D", "E", "<s>", "2", "z", "G", "A")


def random_checkpoint(rng_seed=0, n_units=(5, 4, 6), vocabulary=VOCABULARY, n_embedding=None):
    """A network with weights large enough for every gate to matter, and initial states that are not zero."""
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


def assert_same_network(mine, theirs):
    """The same tokens, values and precision."""
    assert mine.vocabulary == theirs.vocabulary
    pairs = [(mine.softmax.V, theirs.softmax.V), (mine.softmax.v, theirs.softmax.v)]
    for a, b in zip(mine.layers, theirs.layers, strict=True):
        pairs += [(getattr(a, name), getattr(b, name)) for name in ("W_x", "W_h", "b", "h0", "c0", "unit_index")]
    assert (mine.embedding is None) == (theirs.embedding is None)
    if mine.embedding is not None:
        pairs.append((mine.embedding, theirs.embedding))
    for a, b in pairs:
        assert a.dtype == b.dtype
        assert np.array_equal(a, b)
