"""Tunes: drawn from the right distribution, and the same whatever surrounds them."""

import subprocess
import sys
from dataclasses import replace

import kernels
import numpy as np
import pytest
import reference
from networks import VOCABULARY, random_checkpoint
from project import ROOT

from folkprobe.network.excision import excise_units
from folkprobe.network.sampling import generate_tunes
from folkprobe.refusal import Refusal


def _same(tunes, other, offset=0):
    for k in range(len(other)):
        assert tunes.tokens(offset + k) == other.tokens(k)
        assert np.array_equal(tunes.log_probability(offset + k), other.log_probability(k), equal_nan=True)
        assert tunes.stop_reason(offset + k) == other.stop_reason(k)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_tune_k_does_not_depend_on_how_many_or_which_are_requested(checkpoint, dtype):
    many = generate_tunes(checkpoint, rng_seed=4, n_tunes=250, max_steps=60, dtype=dtype)
    _same(many, generate_tunes(checkpoint, rng_seed=4, n_tunes=3, max_steps=60, dtype=dtype))
    _same(many, generate_tunes(checkpoint, rng_seed=4, n_tunes=130, max_steps=60, dtype=dtype, first_tune=101), 101)


def test_tune_k_at_real_size_does_not_depend_on_the_tile(session_checkpoint):
    few = generate_tunes(session_checkpoint, rng_seed=4, n_tunes=2, max_steps=12, dtype="float32")
    many = generate_tunes(session_checkpoint, rng_seed=4, n_tunes=70, max_steps=12, dtype="float32")
    _same(many, few)


def test_each_token_is_drawn_by_inversion_from_the_tunes_own_stream(checkpoint):
    prompt, temperature = "M:4/4 K:Cmaj", 0.8
    tunes = generate_tunes(checkpoint, rng_seed=11, n_tunes=6, prompt=prompt, temperature=temperature, max_steps=40)
    for k in range(6):
        stream = np.random.default_rng(np.random.SeedSequence(11, spawn_key=(k,)))
        expected = ["<s>", "M:4/4", "K:Cmaj"]
        while expected[-1] != "</s>" and len(expected) < 41:
            indices = [VOCABULARY.index(token) for token in expected]
            p = reference.posterior(reference.run(checkpoint, indices)[-1][2], temperature)
            expected.append(VOCABULARY[np.searchsorted(np.cumsum(p), stream.random(), side="right")])
        assert tunes.tokens(k) == expected


def test_tokens_follow_the_posterior():
    checkpoint = random_checkpoint(2)
    tunes = generate_tunes(checkpoint, rng_seed=0, n_tunes=5000, max_steps=1)
    p = reference.posterior(reference.run(checkpoint, [VOCABULARY.index("<s>")])[0][2])
    counts = np.bincount([tunes.indices(k)[1] for k in range(5000)], minlength=len(p))
    chi_square = ((counts - 5000 * np.array(p)) ** 2 / (5000 * np.array(p))).sum()
    assert chi_square < 31.3  # 0.999 quantile at 11 degrees of freedom


def test_intact_and_excised_networks_draw_from_the_same_streams(checkpoint):
    # A unit that reaches nothing: no row of it in any product.
    layer = checkpoint.layers[0]
    W_h, W_x = layer.W_h.copy(), checkpoint.layers[1].W_x.copy()
    W_h[:, 2], W_x[:, 2] = 0, 0
    idle = replace(
        checkpoint,
        layers=(replace(layer, W_h=W_h), replace(checkpoint.layers[1], W_x=W_x), checkpoint.layers[2]),
    )
    intact = generate_tunes(idle, rng_seed=9, n_tunes=20, max_steps=60)
    excised = generate_tunes(excise_units(idle, 1, [2]), rng_seed=9, n_tunes=20, max_steps=60)
    assert [intact.tokens(k) for k in range(20)] == [excised.tokens(k) for k in range(20)]


def test_a_tune_ends_with_the_end_token_or_is_kept_whole_and_flagged(checkpoint):
    tunes = generate_tunes(checkpoint, rng_seed=0, n_tunes=60, max_steps=25)
    reasons = {tunes.stop_reason(k) for k in range(60)}
    assert reasons == {"end_token", "max_steps"}
    for k in range(60):
        tokens = tunes.tokens(k)
        assert tokens[0] == "<s>"
        assert "</s>" not in tokens[:-1]
        if tunes.stop_reason(k) == "end_token":
            assert tokens[-1] == "</s>"
        else:
            assert len(tokens) == 26
            assert tokens[-1] != "</s>"


def test_an_end_token_at_the_last_step_is_an_end(checkpoint):
    ends = replace(checkpoint, softmax=replace(checkpoint.softmax, v=np.where(np.array(VOCABULARY) == "</s>", 1e3, 0)))
    tunes = generate_tunes(ends, rng_seed=0, n_tunes=1, max_steps=1)
    assert tunes.tokens(0) == ["<s>", "</s>"]
    assert tunes.stop_reason(0) == "end_token"


def test_the_prompt_has_no_log_probability(checkpoint):
    tunes = generate_tunes(checkpoint, rng_seed=0, n_tunes=2, prompt="  M:4/4   K:Cmaj ", max_steps=30)
    assert tunes.prompt == "M:4/4 K:Cmaj"
    assert np.isnan(tunes.log_probability(0)[:3]).all()
    assert (tunes.log_probability(0)[3:] <= 0).all()


def test_a_network_without_a_layer_1_still_generates(checkpoint):
    gone = excise_units(checkpoint, 1, range(5))
    assert gone.layers[0].n_units == 0
    assert len(generate_tunes(gone, rng_seed=0, n_tunes=3, max_steps=20)) == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"n_tunes": 0}, "n_tunes is 0"),
        ({"n_tunes": 2.5}, "n_tunes is 2.5: give a whole number"),
        ({"rng_seed": None}, "rng_seed is None: give a whole number"),
        ({"max_steps": "9"}, "max_steps is '9': give a whole number"),
        ({"temperature": "1"}, "temperature is '1': give a positive number"),
        ({"prompt": ["C"]}, "give tokens in one string"),
        ({"rng_seed": -1}, "rng_seed is -1"),
        ({"first_tune": -1}, "first_tune is -1"),
        ({"temperature": 0}, "temperature is 0"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"temperature": -1.0}, "temperature is -1"),
        ({"prompt": "M:4/4 H"}, "'H'"),
        ({"prompt": "M:4/4 </s>"}, "'</s>'"),
        ({"prompt": "C C C C", "max_steps": 4}, "takes 5 steps"),
        ({"sampler": "folk"}, "sampler 'folk'"),
        ({"dtype": "float16"}, "dtype 'float16'"),
    ],
)
def test_bad_arguments_are_refused_by_name(checkpoint, arguments, sentence):
    with pytest.raises(Refusal, match=sentence):
        generate_tunes(checkpoint, **({"rng_seed": 0, "n_tunes": 1} | arguments))


def test_a_posterior_that_is_not_finite_names_tune_and_step(checkpoint):
    with pytest.raises(Refusal, match="tune 0 is not finite at step 0"):
        generate_tunes(checkpoint, rng_seed=0, n_tunes=1, temperature=1e-320)


_PROGRAM = """
import sys
sys.path[:0] = {paths!r}
from networks import random_checkpoint
from folkprobe.network.sampling import generate_tunes
checkpoint = random_checkpoint(n_units=(90, 60, 85))
def digest(n_tunes):
    tunes = generate_tunes(checkpoint, rng_seed=1, n_tunes=n_tunes, max_steps=25, dtype={dtype!r})
    return [(tunes.indices(k).tobytes(), tunes.log_probability(k).tobytes()) for k in range(8)]
assert digest(8) == digest(97) == digest(150)
"""


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("family", kernels.families())
@pytest.mark.parametrize("n_threads", [1, 2])
def test_tune_k_on_every_kernel_family(environment_of_kernels, family, dtype, n_threads):
    """Row classes, tile heights and small products are what BLAS kernels round differently."""
    environment = environment_of_kernels(family, n_threads)
    program = _PROGRAM.format(paths=[str(ROOT), str(ROOT / "tests")], dtype=dtype)
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)


_TOKENS = """
import sys, json
sys.path[:0] = {paths!r}
from folkprobe.network.formats import convert_checkpoint
from folkprobe.network.sampling import generate_tunes
tunes = generate_tunes(convert_checkpoint({source!r}), rng_seed=1, n_tunes=12, max_steps=80, dtype="float64")
print(json.dumps(tunes.token_index.tolist()))
"""


def test_float64_tokens_do_not_depend_on_the_kernel_family(shared_file):
    """A small version of benchmarks/kernel_families.py, at real size."""
    program = _TOKENS.format(paths=[str(ROOT)], source=str(shared_file("checkpoints/session-512.pkl")))
    families = kernels.families_that_run()
    if len(families) < 2:
        pytest.skip(f"SKIPPED: needs two kernel families to compare, and here run {families}")
    seen = set()
    for family in families:
        environment = kernels.environment_of(family)
        ended = subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True)
        seen.add(ended.stdout)
    assert len(seen) == 1
