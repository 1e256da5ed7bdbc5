"""The two implementations of a step's elementwise part: the same bits everywhere, and the right numbers."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from project import ROOT

from folkprobe.network import compiled, elementwise

# Hexadecimal digests of everything that the kernels compute, by either implementation.
_PROGRAM = """
import sys
sys.path[:0] = {paths!r}
from folkprobe.network import compiled, elementwise
from test_elementwise import digest
print(digest(compiled), digest(elementwise))
"""
_SHAPES = ((128, 192, 1), (7, 32, 5), (512, 1, 1), (33, 1, 3), (1, 48, 48))


@pytest.fixture(autouse=True)
def numpy_alone(monkeypatch):
    """The NumPy implementation does not hand over to the compiled one."""
    monkeypatch.setattr(elementwise, "_N_REPAID", float("inf"))


def _numbers(shape, dtype, rng):
    """Numbers of all sizes, with zeros and infinities among them."""
    numbers = rng.normal(size=shape) * 10.0 ** rng.integers(-12, 3, shape)
    numbers[rng.random(shape) < 0.02] = 0.0
    numbers[rng.random(shape) < 0.02] = np.inf
    return (numbers * rng.choice([-1, 1], shape)).astype(dtype)


def digest(module):
    """Return the digest of what an implementation computes."""
    rng, seen = np.random.default_rng(4), hashlib.sha256()
    for dtype in (np.float64, np.float32):
        for n_units, n_lanes, n_columns in _SHAPES:
            gates, added = _numbers((4 * n_units, n_lanes), dtype, rng), rng.normal(size=(4 * n_units, n_columns))
            cell_state = rng.normal(size=(n_units, n_lanes)).astype(dtype)
            hidden_state = np.empty_like(cell_state)
            module.update_states(
                gates, added.astype(dtype), rng.integers(0, n_columns, n_lanes), cell_state, hidden_state
            )
            logits = rng.normal(size=(137, n_lanes)).astype(dtype) * 9
            logits[rng.random(logits.shape) < 0.1] = -np.inf
            scaled, cumulative = module.cumulative_weights(logits, 1.3)
            counts = module.n_at_most(cumulative, rng.random(n_lanes) * cumulative[-1])
            for array in (gates, cell_state, hidden_state, scaled, cumulative, counts):
                assert not np.isnan(array).any()
                seen.update(np.ascontiguousarray(array).tobytes())
    return seen.hexdigest()


def test_both_implementations_give_the_same_bits():
    assert digest(compiled) == digest(elementwise)


@pytest.mark.parametrize(
    "environment",
    [
        {"NPY_DISABLE_CPU_FEATURES": "AVX512F AVX2 FMA3"},
        {"NUMBA_CPU_NAME": "generic"},
        pytest.param({"NUMBA_OPT": "1"}, marks=pytest.mark.full),
    ],
    ids=lambda environment: next(iter(environment)),
)
def test_the_bits_are_those_of_any_processor(environment):
    """Vector units of other widths, or none, and no fused multiplication."""
    program = _PROGRAM.format(paths=[str(ROOT), str(ROOT / "tests"), str(ROOT / "tests/folkprobe")])
    # An instruction set that this NumPy was built without cannot be disabled; it warns.
    command = [sys.executable, "-W", "ignore", "-c", program]
    ended = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == [digest(compiled)] * 2


@pytest.mark.parametrize(("dtype", "n_ulp"), [(np.float64, 3), (np.float32, 3)])
def test_tanh_is_right_to_a_few_units_in_the_last_place(dtype, n_ulp):
    rng = np.random.default_rng(1)
    z = np.concatenate([rng.normal(size=3000) * 10.0 ** rng.integers(-15, 2, 3000), [0.0, 19.1, -19.1, 300, -300]])
    z = z.astype(dtype)
    expected = np.tanh(z.astype(np.longdouble))
    error = np.abs(elementwise.tanh(z) - expected)
    assert (error <= n_ulp / 2 * np.finfo(dtype).eps * np.abs(expected)).all()


def test_weights_are_exponentials_and_vanish_where_a_token_has_no_probability():
    logits = np.random.default_rng(2).normal(size=(137, 5)) * 30
    logits[3], logits[4] = -np.inf, -800 + logits.max(axis=0)
    for module in (compiled, elementwise):
        scaled, cumulative = module.cumulative_weights(logits, 2.0)
        weights = np.diff(cumulative, axis=0, prepend=0.0)
        assert scaled == pytest.approx((logits - logits.max(axis=0)) / 2)
        assert cumulative == pytest.approx(np.exp(scaled).cumsum(axis=0), rel=1e-14)
        assert (weights[3] == 0).all()


@pytest.mark.parametrize("module", [compiled, elementwise], ids=["compiled", "numpy"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_posterior_that_is_not_finite_is_seen(module, dtype, bad):
    logits = np.zeros((137, 3), dtype)
    logits[50, 1] = bad
    _, cumulative = module.cumulative_weights(logits, 1.0)
    assert np.isfinite(cumulative[-1]).tolist() == [True, False, True]
    gates = np.zeros((8, 32), dtype)
    gates[5, 7] = np.nan
    states = np.ones((2, 32), dtype), np.ones((2, 32), dtype)
    module.update_states(gates, np.zeros((8, 1), dtype), np.zeros(32, np.int64), *states)
    assert np.argwhere(np.isnan(states[1])).tolist() == [[1, 7]]


def test_a_process_hands_over_once_it_repays_the_loading(monkeypatch):
    monkeypatch.setattr(elementwise, "_N_REPAID", 1000)
    monkeypatch.setattr(elementwise, "_N_AT_LEAST", 10)
    monkeypatch.setattr(elementwise.Route, "n_elements", 0)
    assert elementwise.Route.compiled(990) is None
    # The call itself costs as much as ten elements.
    assert elementwise.Route.compiled(1) is None
    assert elementwise.Route.compiled(1) is compiled
