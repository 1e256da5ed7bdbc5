"""The claims of part 3, computed: the list is complete, the signs are, and values agree with slow ways."""

import csv
import math

import numpy as np
import pytest
from networks import random_checkpoint
from project import ROOT

from folkprobe.network.projection import project_hidden_state
from folkprobe.network.softmax import decompose_softmax
from folkprobe.network.softmax_claims import compute_claims, count_modes
from folkprobe.refusal import Refusal

VOCABULARY = ("<s>", "</s>", "M:4/4", "K:Cmaj", "K:Cdor", "|:", ":|", "|", ">", "<", "2", "/2", "b", "g", "G,", "_B,")
PRINTED = list(csv.DictReader((ROOT / "resources/claims_part3.csv").read_text(encoding="utf-8").splitlines()))
# No network says these: context, and what needs the training data.
NOT_COMPUTED = {"p3.ctx.corpus", "p3.q.repeatmeaning"}


@pytest.fixture(scope="module")
def network():
    return random_checkpoint(n_units=(5, 4, 9), vocabulary=VOCABULARY)


@pytest.fixture(scope="module")
def claims(network):
    h = np.random.default_rng(0).uniform(-1, 1, (40, 9))
    tokens = np.arange(40, dtype=np.int16) % len(VOCABULARY)
    return compute_claims(network, project_hidden_state(network, [(h, tokens, np.ones(40, dtype=bool))]))


def test_what_is_printed_is_computed_and_what_is_computed_is_printed(claims):
    printed = {(row["claim"], row["quantity"]) for row in PRINTED}
    assert len(printed) == len(PRINTED)
    # The AUC comes from its own table.
    expected = {key for key in printed if key[0] not in NOT_COMPUTED | {"p3.q.exploit"}}
    assert expected == set(claims)


def test_what_depends_on_the_sign_has_two_values_and_names_its_direction(claims):
    signs = {(row["claim"], row["quantity"]): row["sign_of_direction"] for row in PRINTED}
    for key, values in claims.items():
        assert len(values) == (2 if signs[key] else 1), key
        if signs[key]:
            assert f"_{signs[key]}" in key[1], key


def test_bounds_are_in_order():
    for row in PRINTED:
        if row["lowest"] and row["highest"]:
            assert float(row["lowest"]) <= float(row["highest"]), row


def test_probabilities_by_hand(network, claims):
    V, v = network.softmax.V.astype(float), network.softmax.v.astype(float)
    u, s, w = decompose_softmax(network)

    def probability(h, *tokens):
        weights = [math.exp(sum(V[t] * h) + v[t]) for t in range(len(v))]
        return sum(weights[VOCABULARY.index(token)] for token in tokens) / sum(weights)

    expected = {
        ("p3.num.P1a", "P(|:) of softmax(v + s_1 u_1)"): [probability(w[:, 0], "|:")],
        ("p3.num.P1c", "P(_B,) of softmax(v + s_1 u_1)"): [probability(w[:, 0], "_B,")],
        ("p3.num.P3p", "P(>) of softmax(v + s_3 u_3)"): [probability(side * w[:, 2], ">") for side in (1, -1)],
        ("p3.num.P3m1", "P(b) of softmax(v - s_3 u_3)"): [probability(side * w[:, 2], "b") for side in (-1, 1)],
        ("p3.num.P2m", "P(K:Cmaj) + P(K:Cdor) of softmax(v - s_2 u_2)"): [
            probability(side * w[:, 1], "K:Cmaj", "K:Cdor") for side in (-1, 1)
        ],
        ("p3.num.w2effect", "mean entry of pitch tokens in u_2"): [
            side * np.mean([u[VOCABULARY.index(token), 1] for token in ("b", "g", "G,", "_B,")]) for side in (1, -1)
        ],
        ("p3.num.w23dur", "entry of > in u_3, centred"): [
            side * (u[VOCABULARY.index(">"), 2] - u[:, 2].mean()) for side in (1, -1)
        ],
        ("p3.num.u1tokens", "rank of |: in u_1 from above"): [1 + (u[:, 0] > u[VOCABULARY.index("|:"), 0]).sum()],
        ("p3.num.s3", "s_3"): [s[2]],
    }
    for key, values in expected.items():
        np.testing.assert_allclose(claims[key], values, rtol=1e-6, err_msg=str(key))


def test_a_token_that_the_vocabulary_lacks_is_nan(claims):
    assert np.isnan(claims["p3.num.u1tokens", "rank of C, in u_1 from above"]).all()


def test_modes_of_known_densities():
    rng = np.random.default_rng(0)
    assert count_modes(rng.normal(size=5000)) == 1
    assert count_modes(np.concatenate([rng.normal(centre, 0.2, 2000) for centre in (-3, 0, 3)])) == 3
    assert count_modes(np.ones(10)) == 1


def test_too_few_directions_are_refused():
    network = random_checkpoint(n_units=(3, 3, 2), vocabulary=VOCABULARY)
    projections = project_hidden_state(network, [(np.ones((4, 2)), np.zeros(4, np.int16), np.ones(4, bool))])
    with pytest.raises(Refusal, match="direction 3 does not exist"):
        compute_claims(network, projections)
