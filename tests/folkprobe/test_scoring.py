"""Log-probabilities under another network, against a scalar loop."""

import numpy as np
import pytest
import reference
from networks import random_checkpoint

from folkprobe.network.sampling import generate_tunes
from folkprobe.network.scoring import score_tunes


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-3)])
def test_scores_are_those_of_a_scalar_loop(checkpoint, dtype, tolerance):
    how = {"rng_seed": 3, "n_tunes": 5, "first_tune": 2, "temperature": 1.7, "prompt": "M:4/4", "max_steps": 30}
    tunes = generate_tunes(random_checkpoint(rng_seed=9), dtype=dtype, **how)
    for k, score in enumerate(score_tunes(checkpoint, tunes)):
        index = [int(i) for i in tunes.indices(k)]
        steps = reference.run(checkpoint, index[:-1], [])
        posteriors = [reference.posterior(logits) for _, _, logits in steps]
        # `<s>` and the metre are given; temperature 1, whatever the tunes were drawn at.
        expected = sum(np.log(posteriors[t][index[t + 1]]) for t in range(1, len(index) - 1))
        assert score == pytest.approx(expected, abs=tolerance)


def test_a_networks_own_tunes_have_the_log_probability_that_they_were_drawn_with(checkpoint):
    tunes = generate_tunes(checkpoint, rng_seed=1, n_tunes=20, max_steps=40)
    own = [np.nansum(tunes.log_probability(k)) for k in range(20)]
    assert score_tunes(checkpoint, tunes) == pytest.approx(own, abs=1e-9)


def test_a_probability_that_float32_rounds_to_nothing_is_finite(checkpoint):
    from dataclasses import replace

    tunes = generate_tunes(checkpoint, rng_seed=1, n_tunes=3, max_steps=10, dtype="float32")
    v = checkpoint.softmax.v.copy()
    v[tunes.indices(0)[1]] -= 500
    sure = replace(checkpoint, softmax=replace(checkpoint.softmax, v=v))
    scores = score_tunes(sure, tunes)
    assert np.isfinite(scores).all()
    assert scores[0] < -100
