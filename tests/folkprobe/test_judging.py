"""Verdicts on made-up claims."""

from dataclasses import replace

import pytest

from folkprobe.claims.claim import Claim, Quantity
from folkprobe.claims.judging import ANSWER, ANSWERED, JUDGED, VERDICTS, judge_claims, tune_checks
from folkprobe.refusal import Refusal

WITHIN = Quantity("x", "one", lowest=1, highest=1)


def claim(name, needs, *quantities, **more):
    return Claim(name, "part 3", "number", "it is so", needs, "claims.csv", tuple(quantities), **more)


FREE = claim("free", "nothing", WITHIN)
WEIGHTS = claim("weights", "v2_weights", WITHIN)
FACT = claim("fact", "unprinted_tune", WITHIN, Quantity("word", "A D", one_of=("A D",)), identifies_tune=True)
TUNE = claim("tune", "unprinted_tune", WITHIN)
DATA = claim("data", "training_data", answer="data")
QUESTION = claim("question", "open_question", answer="thought")
HISTORY = claim("history", "history", answer="a book")
CLAIMS = (FREE, WEIGHTS, FACT, TUNE, DATA, QUESTION, HISTORY)


def values(**changed):
    given = {(name, "x"): ("1.0", "") for name in ("free", "weights", "fact", "tune")}
    given["fact", "word"] = ("A D", "")
    for name, value in changed.items():
        given[name, "x"] = (value, "")
    return given


def verdicts(given, is_v2):
    return {each.claim.id: each.verdict for each in judge_claims(CLAIMS, given, is_v2=is_v2)}


def test_what_is_judged_depends_on_the_weights_and_on_the_tune():
    waiting = {
        "data": "needs the training data",
        "question": "open question",
        "history": "not a question of a checkpoint",
    }
    free = {"free": "reproduced"}
    # The tune is known, but of other weights it says nothing.
    assert verdicts(values(), is_v2=False) == waiting | free | {
        "weights": "needs the v2 weights",
        "fact": "needs the unprinted tune",
        "tune": "needs the unprinted tune",
    }
    judged = {"weights": "reproduced", "fact": "reproduced", "tune": "reproduced"}
    assert verdicts(values(), is_v2=True) == waiting | free | judged
    missing = {"fact": "needs the unprinted tune", "tune": "needs the unprinted tune"}
    assert verdicts(values(fact="2"), is_v2=True) == waiting | free | {"weights": "reproduced"} | missing
    assert set(VERDICTS) == {*JUDGED, ANSWERED, *verdicts(values(), is_v2=False).values()}


def test_a_number_outside_or_absent_is_not_reproduced():
    for value in ("1.1", "nan", ""):
        assert verdicts(values(free=value), is_v2=False)["free"] == "not reproduced"
    both = replace(FREE, quantities=(WITHIN, Quantity("y", "two", lowest=2)))
    given = values() | {("free", "y"): ("1", "")}
    (verdict,) = judge_claims([both], given, is_v2=False)
    assert verdict.verdict == "not reproduced"
    assert [each.fits for each in verdict.quantities] == [True, False]


def test_what_cannot_come_out_otherwise_is_not_reproduced():
    constructed = replace(FREE, by_construction="One is one.")
    for value, verdict in (("1.0", "true by construction"), ("2", "false by construction")):
        (judged,) = judge_claims([constructed], values(free=value), is_v2=False)
        assert judged.verdict == verdict
    # Of other weights it says nothing either.
    (judged,) = judge_claims([replace(WEIGHTS, by_construction="One is one.")], values(), is_v2=False)
    assert judged.verdict == "needs the v2 weights"


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (("rule", "rule"), "reproduced"),
        (("rule", "another"), "explained by another rounding"),
        (("another", "another"), "explained by another rounding"),
        (("another", "none"), "not reproduced"),
    ],
)
def test_another_rounding_explains_a_print_and_does_not_reproduce_it(words, verdict):
    cells = [Quantity(name, "its cell", one_of=("rule",), explained_by=("another",)) for name in "xy"]
    given = {("cell", name): (word, "") for name, word in zip("xy", words, strict=True)}
    (judged,) = judge_claims([claim("cell", "nothing", *cells)], given, is_v2=False)
    assert judged.verdict == verdict
    assert [each.fits for each in judged.quantities] == [word == "rule" for word in words]


def test_checks_of_the_tune_are_counted():
    assert tune_checks(CLAIMS, values()) == (2, 2)
    assert tune_checks(CLAIMS, values(fact="0")) == (1, 2)


def test_a_claim_without_a_computation_is_never_judged():
    with pytest.raises(Refusal, match="claim free: 'x' was not computed"):
        judge_claims([FREE], {}, is_v2=False)
    with pytest.raises(Refusal, match="the claim bare needs nothing, but lists no quantity"):
        judge_claims([claim("bare", "nothing")], {}, is_v2=False)


def test_what_is_computed_beside_is_reported_and_judges_nothing():
    given = values() | {("free", "z"): ("99", ""), ("question", "w"): ("5", "")}
    free, *_, question, _ = judge_claims(CLAIMS, given, is_v2=False)
    assert [(each.quantity, each.value, each.fits) for each in free.quantities] == [
        ("x", "1.0", True),
        ("z", "99", None),
    ]
    assert [(each.quantity, each.value, each.fits) for each in question.quantities] == [("w", "5", None)]
    assert free.verdict == "reproduced"


def test_one_sign_must_do_for_all_that_is_claimed_of_a_direction():
    def of(name, direction):
        return claim(name, "nothing", Quantity("p", "98 %", lowest=0.9, sign_of_direction=direction))

    claims = [of("a", 2), of("b", 2), of("c", 2), of("d", 3)]
    # Two of three fit under the opposite sign, so the one that fits under ours does not count.
    given = {
        ("a", "p"): ("0.1", "0.95"),
        ("b", "p"): ("0.2", "0.97"),
        ("c", "p"): ("0.99", "0"),
        ("d", "p"): ("0.99", "0.98"),
    }
    judged = judge_claims(claims, given, is_v2=False)
    assert [each.verdict for each in judged] == ["reproduced", "reproduced", "not reproduced", "reproduced"]
    assert [(each.quantities[0].value, each.quantities[0].sign) for each in judged] == [
        ("0.95", "opposite"),
        ("0.97", "opposite"),
        ("0", "opposite"),
        ("0.99", "ours"),
    ]


def test_an_open_question_with_an_answer_is_answered_for_this_network():
    answered = values() | {("question", ANSWER): ("Layer 1 holds it.", ""), ("data", ANSWER): ("No matter.", "")}
    assert verdicts(answered, False) == verdicts(values(), False) | {"question": ANSWERED}
