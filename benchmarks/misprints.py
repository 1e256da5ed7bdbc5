"""How many misprints of the article's tables the verdicts on its cells would notice.

    python benchmarks/misprints.py

Changes every printed number of `resources/claims.yaml` that belongs to a table of windows, first by one in its last
place, then each of its digits to every other digit, and judges each changed cell. What is still reproduced is listed.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from decimal import Decimal

from folkprobe.claims.claim import read_claims
from folkprobe.claims.rounding import explaining_roundings, verdict_on_cell
from folkprobe.signal.window_tables import interval_candidates


def misprints_in_the_last_place(text):
    """Both neighbours of a printed number."""
    unit = Decimal(1).scaleb(Decimal(text).as_tuple().exponent)
    return [str(Decimal(text) + unit), str(Decimal(text) - unit)]


def misprints_of_a_digit(text):
    """Every number that differs from the printed one in one digit."""
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    return [
        text[:place] + digit + text[place + 1 :] for place in places for digit in "0123456789" if digit != text[place]
    ]


def judge_printed(claims, misprints):
    """The verdict on every printed cell, by claim, and whether each misprint of it fits, by claim, end and number."""
    as_printed, fits = {}, {}
    for claim in claims.claims:
        if claim.cell is None:
            continue
        (quantity,) = claim.quantities
        table, window = claim.cell["table"], claim.cell["window"]
        candidates = interval_candidates(table, window, claims.window_n_steps, claim.cell["period_steps"])
        ends = {end: claim.cell.get(end) for end in ("lower", "upper")}

        def verdict(ends, rule=claims.rounding_rules[table, window], candidates=candidates):
            return verdict_on_cell(rule, explaining_roundings(list(ends.values()), candidates))

        as_printed[claim.id] = verdict(ends)
        for end, text in ends.items():
            for number in misprints(text) if text else ():
                fits[claim.id, end, number] = quantity.fits(verdict(ends | {end: number}))
    return as_printed, fits


if __name__ == "__main__":
    claims = read_claims(ROOT / "resources/claims.yaml", ROOT / "workflow/schemas/claims.schema.yaml")
    for misprints in (misprints_in_the_last_place, misprints_of_a_digit):
        _, fits = judge_printed(claims, misprints)
        print(f"{misprints.__name__}: {len(fits) - sum(fits.values())} of {len(fits)} noticed; not noticed:")
        for (claim, end, number), is_reproduced in fits.items():
            if is_reproduced:
                print(f"    {claim}, {end} {number}")
