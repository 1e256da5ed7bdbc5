"""Verdicts on the published claims, from the numbers that a study computed and the weights it computed them from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from folkprobe.claims.claim import DATA, HISTORY, NOTHING, QUESTION, TUNE, WEIGHTS, Claim, Quantity
from folkprobe.refusal import Refusal

REPRODUCED, NOT_REPRODUCED = "reproduced", "not reproduced"
OTHER_ROUNDING = "explained by another rounding"
TRUE_BY_CONSTRUCTION, FALSE_BY_CONSTRUCTION = "true by construction", "false by construction"
JUDGED = (REPRODUCED, OTHER_ROUNDING, NOT_REPRODUCED, TRUE_BY_CONSTRUCTION, FALSE_BY_CONSTRUCTION)
ANSWERED = "answered for this network"
# The quantity that answers an open question, a text.
ANSWER = "answer"
_WAITING = {
    WEIGHTS: "needs the v2 weights",
    TUNE: "needs the unprinted tune",
    DATA: "needs the training data",
    QUESTION: "open question",
    HISTORY: "not a question of a checkpoint",
}
VERDICTS = (*JUDGED, ANSWERED, *_WAITING.values())
# By claim and quantity: the value under our sign of the direction, and under the opposite one ("" if independent).
Values = Mapping[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True)
class Judged:
    """One computed quantity of a claim.

    Attributes
    ----------
    quantity : str
    printed, tolerance : str
        Empty where the quantity is only reported beside the claim.
    value : str
        Under the chosen sign; empty for nan.
    sign : str
        "ours" or "opposite" where the value depends on a direction's sign, else empty.
    fits : bool or None
        None where the claim is not judged, and for a quantity that is only reported.
    """

    quantity: str
    printed: str
    tolerance: str
    value: str
    sign: str
    fits: bool | None


@dataclass(frozen=True)
class Verdict:
    """The verdict on one claim.

    Attributes
    ----------
    claim : Claim
    verdict : str
        One of `VERDICTS`.
    quantities : tuple of Judged
        The quantities that judge it, then those only reported.
    """

    claim: Claim
    verdict: str
    quantities: tuple[Judged, ...]


def tune_checks(claims: Sequence[Claim], values: Values) -> tuple[int, int]:
    """Count the facts that identify the unprinted tune, and those of them that the shown tune satisfies.

    Parameters
    ----------
    claims : sequence of Claim
    values : mapping
        See `judge_claims`.

    Returns
    -------
    n_fit, n_facts : int
        Equal where the shown tune is that tune.
    """
    facts = [(claim, quantity) for claim in claims if claim.identifies_tune for quantity in claim.quantities]
    return sum(quantity.fits(_value(claim, quantity, values)[0]) for claim, quantity in facts), len(facts)


def judge_claims(claims: Sequence[Claim], values: Values, *, is_v2: bool) -> list[Verdict]:
    """Judge every claim that can be judged, and report what the others need.

    Parameters
    ----------
    claims : sequence of Claim
    values : mapping of (str, str) to (str, str)
        By claim and quantity, the computed value under our sign and under the opposite one, "" where there is none.
    is_v2 : bool
        Whether the values were computed from the weights that the claims are about.

    Returns
    -------
    list of Verdict
        In the order of the claims. A claim about the weights is judged where `is_v2`; one about the unprinted tune
        where, besides, the shown tune satisfies all known facts about it. All quantities of a claim must fit. A claim
        that cannot come out otherwise is true or false by construction, never reproduced.
        Where the article's sign of a singular direction is not known, the sign under which more claims about that
        direction fit is used for all of them; ours if there is no difference. An open question is answered for this
        network where `values` has its `ANSWER`.

    Raises
    ------
    Refusal
        For a claim that would be judged without a computed value for each quantity, or without any quantity.
    """
    n_fit, n_facts = tune_checks(claims, values)
    available = {NOTHING} | ({WEIGHTS} if is_v2 else set()) | ({TUNE} if is_v2 and n_fit == n_facts else set())
    of_claim: dict[str, list[str]] = {}
    for name, quantity in values:
        of_claim.setdefault(name, []).append(quantity)
    signs = _signs(claims, values)
    verdicts = []
    for claim in claims:
        is_judged = claim.needs in available
        if is_judged and not claim.quantities:
            raise Refusal(f"the claim {claim.id} needs {claim.needs}, but lists no quantity to judge it by")
        judged = [_judged(claim, quantity, values, signs, is_judged=is_judged) for quantity in claim.quantities]
        named = {quantity.quantity for quantity in claim.quantities}
        beside = [
            Judged(quantity, "", "", values[claim.id, quantity][0], "", None)
            for quantity in of_claim.get(claim.id, ())
            if quantity not in named
        ]
        verdict = _verdict(claim, judged) if is_judged else _WAITING[claim.needs]
        if claim.needs == QUESTION and (claim.id, ANSWER) in values:
            verdict = ANSWERED
        verdicts.append(Verdict(claim, verdict, (*judged, *beside)))
    return verdicts


def _verdict(claim: Claim, judged: Sequence[Judged]) -> str:
    all_fit = all(each.fits for each in judged)
    if claim.by_construction:
        return TRUE_BY_CONSTRUCTION if all_fit else FALSE_BY_CONSTRUCTION
    if all_fit:
        return REPRODUCED
    pairs = zip(claim.quantities, judged, strict=True)
    is_explained = all(each.fits or each.value in quantity.explained_by for quantity, each in pairs)
    return OTHER_ROUNDING if is_explained else NOT_REPRODUCED


def _value(claim: Claim, quantity: Quantity, values: Values) -> tuple[str, str]:
    key = (claim.id, quantity.quantity)
    if key not in values:
        raise Refusal(f"claim {claim.id}: {quantity.quantity!r} was not computed; name a quantity that is")
    return values[key]


def _signs(claims: Sequence[Claim], values: Values) -> dict[int | None, str]:
    """Choose the sign of each direction, one for all claims about its u_i and w_i."""
    n_fit: dict[int, list[int]] = {}
    for claim in claims:
        for quantity in claim.quantities:
            if quantity.sign_of_direction is not None:
                counts = n_fit.setdefault(quantity.sign_of_direction, [0, 0])
                for place, value in enumerate(_value(claim, quantity, values)):
                    counts[place] += quantity.fits(value)
    return {None: ""} | {
        direction: "ours" if ours >= other else "opposite" for direction, (ours, other) in n_fit.items()
    }


def _judged(
    claim: Claim, quantity: Quantity, values: Values, signs: dict[int | None, str], *, is_judged: bool
) -> Judged:
    sign = signs[quantity.sign_of_direction]
    ours, opposite = _value(claim, quantity, values)
    value = opposite if sign == "opposite" else ours
    fits = quantity.fits(value) if is_judged else None
    return Judged(quantity.quantity, quantity.printed, quantity.tolerance, value, sign, fits)
