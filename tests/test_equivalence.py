"""The network computes the same in every format, in torch, by the plain equations and on the fast path.

At the real size, 3 x 512 units, over 200 steps of a tune that the network itself generated. float32 was at most 7.3e-6
away in the nine tunes of that length among the first sixty, with the learned initial states and without.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from equations import replay
from fuzz.genuine import without_initial_states, write_folkrnn_pickle
from networks import random_checkpoint
from reference import run

from folkprobe.network.checkpoint import read_checkpoint, write_checkpoint
from folkprobe.network.formats import convert_checkpoint
from folkprobe.network.formats.npz import write_npz
from folkprobe.network.formats.pytorch import write_pytorch
from folkprobe.network.formats.safetensors_file import write_safetensors
from folkprobe.network.lstm import one_blas_thread
from folkprobe.network.sampling import generate_tunes
from folkprobe.network.trajectory import capture_trajectory

N_STEPS = 200
TORCH_TOLERANCE, FLOAT32_TOLERANCE = 1e-12, 1e-5


def _torch():
    return pytest.importorskip("torch", reason="SKIPPED: needs torch, of the extra `train`")


@pytest.fixture(scope="module")
def tokens(session_checkpoint):
    """The first 200 tokens of the first tune that has more."""
    tunes = generate_tunes(session_checkpoint, rng_seed=3, n_tunes=24)
    return next(tunes.tokens(k)[:N_STEPS] for k in range(len(tunes)) if len(tunes.tokens(k)) > N_STEPS)


def _replay(checkpoint, tokens):
    with one_blas_thread():
        return replay(checkpoint, checkpoint.token_indices(tokens))


@pytest.fixture(scope="module")
def by_the_equations(session_checkpoint, tokens):
    """Return hidden states and logits by the plain equations, with the initial states and without."""

    @cache
    def of(keeps_states):
        return _replay(session_checkpoint if keeps_states else without_initial_states(session_checkpoint), tokens)

    return of


def _softmax(logits):
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def _in_torch(torch, checkpoint, tokens):
    """Hidden state of the top layer and logits, by torch.nn.LSTM in float64."""
    sizes = {layer.n_units for layer in checkpoint.layers}
    (n_units,) = sizes
    embedding = np.eye(len(checkpoint.vocabulary)) if checkpoint.embedding is None else checkpoint.embedding
    lstm = torch.nn.LSTM(embedding.shape[1], n_units, num_layers=3, dtype=torch.float64)
    with torch.no_grad():
        for k, layer in enumerate(checkpoint.layers):
            # torch's own order and orientation, put together here from the equations and not by the writer.
            getattr(lstm, f"weight_ih_l{k}").copy_(torch.tensor(np.concatenate([W.T for W in layer.W_x])))
            getattr(lstm, f"weight_hh_l{k}").copy_(torch.tensor(np.concatenate([W.T for W in layer.W_h])))
            getattr(lstm, f"bias_ih_l{k}").copy_(torch.tensor(layer.b.reshape(-1)))
            getattr(lstm, f"bias_hh_l{k}").zero_()
        h0 = torch.tensor(np.stack([layer.h0 for layer in checkpoint.layers]), dtype=torch.float64)
        c0 = torch.tensor(np.stack([layer.c0 for layer in checkpoint.layers]), dtype=torch.float64)
        x = torch.tensor(embedding[checkpoint.token_indices(tokens)], dtype=torch.float64)
        top, _ = lstm(x, (h0, c0))
        V, v = (torch.tensor(a, dtype=torch.float64) for a in (checkpoint.softmax.V, checkpoint.softmax.v))
        return top.numpy(), (top @ V.T + v).numpy()


def test_the_plain_equations_agree_with_the_scalar_loop():
    checkpoint = random_checkpoint(n_embedding=3)
    indices = [7, 0, 2, 4, 8, 3, 5, 5]
    hidden_state, logits = replay(checkpoint, indices)
    for step, (h, _, scalar_logits) in enumerate(run(checkpoint, indices)):
        for layer in range(3):
            assert np.allclose(hidden_state[layer][step], h[layer], rtol=0, atol=1e-14)
        assert np.allclose(logits[step], scalar_logits, rtol=0, atol=1e-13)


def test_torch_agrees_with_the_plain_equations(session_checkpoint, tokens):
    torch = _torch()
    hidden_state, logits = _replay(session_checkpoint, tokens)
    top, torch_logits = _in_torch(torch, session_checkpoint, tokens)
    assert np.abs(hidden_state[-1] - top).max() < TORCH_TOLERANCE
    assert np.abs(_softmax(logits) - _softmax(torch_logits)).max() < TORCH_TOLERANCE


def _written(name, checkpoint, folder):
    """Whether a format keeps the initial states, and the network after a journey through it."""
    path, plain = folder / name, without_initial_states(checkpoint)
    if name.startswith("protocol"):
        write_folkrnn_pickle(checkpoint, path, protocol=int(name[-1]))
    elif name == "checkpoint.h5":
        write_checkpoint(checkpoint, path)
        return True, read_checkpoint(path)
    elif name == "PyTorch":
        _torch()
        write_pytorch(plain, path)
    else:
        container, layout = name.split()
        is_pytorch = layout == "pytorch"
        {"safetensors": write_safetensors, "npz": write_npz}[container](
            plain if is_pytorch else checkpoint, path, layout=layout
        )
    keeps_states = not (name == "PyTorch" or name.endswith("pytorch"))
    return keeps_states, convert_checkpoint(path, checkpoint.vocabulary)


FORMATS = ["protocol 2", "protocol 5", "checkpoint.h5", "PyTorch"]
FORMATS += [f"{container} {layout}" for container in ("safetensors", "npz") for layout in ("folkprobe", "pytorch")]


@pytest.mark.parametrize("name", FORMATS)
def test_the_fast_path_agrees_with_the_plain_equations_in_every_format(
    session_checkpoint, tokens, by_the_equations, tmp_path, name
):
    keeps_states, converted = _written(name, session_checkpoint, tmp_path)
    # Equations on what was written, the fast path on what was read.
    hidden_state, logits = by_the_equations(keeps_states)
    for dtype, tolerance in (("float32", FLOAT32_TOLERANCE), ("float64", TORCH_TOLERANCE)):
        trajectory = capture_trajectory(converted, tokens, dtype=dtype)
        for layer in range(3):
            assert np.abs(trajectory.hidden_state[layer] - hidden_state[layer]).max() < tolerance
        assert np.abs(trajectory.posterior - _softmax(logits)).max() < tolerance


def test_the_tolerances_would_notice_a_wrong_network(session_checkpoint, tokens):
    """One weight in 5.6 million, changed in its fourth digit, in the last layer."""
    layers = list(session_checkpoint.layers)
    W_h = layers[2].W_h.copy()
    W_h[1, 0, 0] *= 1.001
    layers[2] = replace(layers[2], W_h=W_h)
    few = tokens[:50]
    expected, _ = _replay(session_checkpoint, few)
    changed, _ = _replay(replace(session_checkpoint, layers=tuple(layers)), few)
    assert np.abs(changed[2] - expected[2]).max() > TORCH_TOLERANCE
