"""The claims of part 3, computed: the list is complete, the signs are, and values agree with slow ways."""

import json
import math

import numpy as np
import pytest
from networks import random_checkpoint
from project import ROOT

from folkprobe.claims.claim import read_claims
from folkprobe.claims.part3 import compare_vocabulary, compute_part3_claims, count_modes, count_parameters
from folkprobe.network.projection import project_hidden_state
from folkprobe.network.softmax import decompose_softmax
from folkprobe.refusal import Refusal

VOCABULARY = ("<s>", "</s>", "M:4/4", "K:Cmaj", "K:Cdor", "|:", ":|", "|", ">", "<", "2", "/2", "b", "g", "G,", "_B,")
LISTED = read_claims(ROOT / "resources/claims.yaml", ROOT / "workflow/schemas/claims.schema.yaml").claims
PUBLISHED = json.loads((ROOT / "resources/vocabulary_v2.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def network():
    return random_checkpoint(n_units=(5, 4, 9), vocabulary=VOCABULARY)


@pytest.fixture(scope="module")
def claims(network):
    h = np.random.default_rng(0).uniform(-1, 1, (40, 9))
    tokens = np.arange(40, dtype=np.int16) % len(VOCABULARY)
    return compute_part3_claims(network, project_hidden_state(network, [(h, tokens, np.ones(40, dtype=bool))]))


def test_all_that_judges_part_3_is_computed(network, claims):
    judged = {
        (claim.id, quantity.quantity)
        for claim in LISTED
        if claim.id.startswith(("p3.", "x.p1.", "x.p2.")) and claim.id != "x.p2.eq"
        for quantity in claim.quantities
    }
    assert len(judged) > 70
    assert judged <= {*claims, *count_parameters(PUBLISHED), *compare_vocabulary(network, PUBLISHED)}
    assert {name for name, _ in claims} <= {claim.id for claim in LISTED}


def test_what_is_true_by_construction_is_true_of_any_weights():
    random = random_checkpoint(n_units=(2, 2, 512), vocabulary=tuple(PUBLISHED))
    projections = project_hidden_state(random, [(np.eye(2, 512), np.zeros(2, dtype=np.int16), np.ones(2, dtype=bool))])
    values = compute_part3_claims(random, projections) | count_parameters(PUBLISHED)
    fits: dict[bool, set[str]] = {True: set(), False: set()}
    for claim in LISTED:
        if claim.id.startswith("p3.") and claim.quantities:
            of_claim = all(each.fits(str(values[claim.id, each.quantity][0])) for each in claim.quantities)
            fits[of_claim].add(claim.id)
    constructed = {claim.id for claim in LISTED if claim.id.startswith("p3.") and claim.by_construction}
    assert constructed == {
        "p3.ctx.params",
        "p3.num.lower42",
        "p3.fig.w1",
        "p3.num.w1range",
        "p3.fig.u1",
        "p3.fig.u23",
    }
    assert constructed <= fits[True]
    assert {"p3.num.s1", "p3.num.w1_70", "p3.num.P1a", "p3.num.P3p"} <= fits[False]


def test_what_depends_on_the_sign_has_two_values_and_names_its_direction(claims):
    signs = {
        (claim.id, quantity.quantity): quantity.sign_of_direction for claim in LISTED for quantity in claim.quantities
    }
    for key, values in claims.items():
        assert len(values) == 2 or signs.get(key) is None, key
        if signs.get(key):
            assert f"_{signs[key]}" in key[1], key


def test_the_parameter_count_needs_no_weights():
    # By the paper on folk-rnn: 1,331,200 in layer 1, twice 2,099,200, and 70,281.
    shape = "of 3 x 512 units over 137 tokens"
    assert count_parameters(PUBLISHED) == {
        ("p3.ctx.params", f"parameters {shape}"): (1331200 + 2 * 2099200 + 70281,),
        ("p3.ctx.params", f"parameters of the softmax layer {shape}"): (70281,),
    }


def test_tokens_out_of_place_are_counted(network):
    key = ("x.p1.vocab", "places with another token than printed")
    assert compare_vocabulary(network, VOCABULARY)[key] == (0,)
    assert compare_vocabulary(network, VOCABULARY[::-1])[key] == (len(VOCABULARY),)
    assert compare_vocabulary(network, (*VOCABULARY[1::-1], *VOCABULARY[2:], "z"))[key] == (3,)


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
        ("p3.fig.w23", "kurtosis of w_2 over w_1's"): [(w[:, 1] ** 4).sum() / (w[:, 0] ** 4).sum()],
        ("p3.num.w3effect", "mean entry of pitch tokens over that of key tokens in u_3, magnitudes"): [
            abs(np.mean([u[VOCABULARY.index(token), 2] for token in ("b", "g", "G,", "_B,")]))
            / abs(np.mean([u[VOCABULARY.index(token), 2] for token in ("K:Cmaj", "K:Cdor")]))
        ],
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
        compute_part3_claims(network, projections)
