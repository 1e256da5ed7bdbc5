"""How a number was rounded before it was printed."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

# What an interval's lower and upper end were rounded by; a single number is a lower end.
_ROUNDINGS = {
    "nearest": (ROUND_HALF_UP, ROUND_HALF_UP),
    "outward": (ROUND_FLOOR, ROUND_CEILING),
    "cut": (ROUND_FLOOR, ROUND_FLOOR),
}
ROUNDINGS = tuple(_ROUNDINGS)


def rounded(value: float, n_decimals: int, rounding: str, *, upper_end: bool = False) -> Decimal:
    """Round a positive number as a table does.

    Parameters
    ----------
    value : float
        Positive and finite.
    n_decimals : int
        Digits after the point, at least 0.
    rounding : {"nearest", "outward", "cut"}
        Halves go up; "outward" takes a lower end down and an upper end up; "cut" truncates, which is not rounding but
        occurs.
    upper_end : bool
        Whether the number is the upper end of an interval.
    """
    return Decimal(value).quantize(Decimal(1).scaleb(-n_decimals), rounding=_ROUNDINGS[rounding][upper_end])


def explaining_roundings(
    printed: Sequence[str | None], candidates: Mapping[str, Sequence[float]]
) -> list[tuple[str, str]]:
    """Find which roundings of which numbers give what was printed.

    Parameters
    ----------
    printed : (str or None, str or None)
        Lower and upper end of an interval, with the decimals as printed; None where nothing was, as for an infinite
        end or a single number.
    candidates : mapping of str to (float, float)
        The numbers that may have been printed, by a name for how they were computed.

    Returns
    -------
    list of (str, str)
        Name of the candidate and rounding, every pair that gives all printed ends; in the order of the candidates, then
        of the roundings. Empty where no rounding explains the print.
    """
    return [
        (name, rounding)
        for name, ends in candidates.items()
        for rounding in ROUNDINGS
        if all(
            text is None or rounded(end, _n_decimals(text), rounding, upper_end=place == 1) == Decimal(text)
            for place, (text, end) in enumerate(zip(printed, ends, strict=True))
        )
    ]


def verdict_on_cell(rule: tuple[str, str], explanations: Sequence[tuple[str, str]]) -> str:
    """Describe how far a printed cell follows the rule of its table.

    Parameters
    ----------
    rule : (str, str)
        The table's, as `explaining_roundings` names it. It is fixed beforehand: a rule found from the cells that it
        judges would follow their misprints.
    explanations : sequence of (str, str)
        Those of the cell.

    Returns
    -------
    str
        "its table's rule", "another rounding than its table's", "no rounding, only digits cut off" or "no rounding".
    """
    if rule in explanations:
        return "its table's rule"
    if any(rounding != "cut" for _, rounding in explanations):
        return "another rounding than its table's"
    return "no rounding, only digits cut off" if explanations else "no rounding"


def named_explanation(explanation: tuple[str, str]) -> str:
    """Write an explanation as text."""
    candidate, rounding = explanation
    return f"{rounding}, {candidate}"


def _n_decimals(text: str) -> int:
    return max(0, -Decimal(text).as_tuple().exponent)
