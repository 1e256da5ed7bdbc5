"""How many misprints of the article's tables the verdicts on its cells would notice.

    python benchmarks/misprints.py

Changes every printed number of `resources/claims.yaml` that belongs to a table of windows, first by one in its last
place, then each of its digits to every other digit, and judges each changed cell. What still follows its table's rule
is listed.
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
    """Judge every printed cell as it is, by claim, and with each misprint, by claim, end and number."""
    as_printed, misprinted = {}, {}
    for cell in claims.printed_cells():
        table, window = cell["table"], cell["window"]
        rule = claims.rounding_rules[table, window]
        candidates = interval_candidates(table, window, claims.window_n_steps, cell["period_steps"])
        ends = {end: cell[end] for end in ("lower", "upper")}

        def verdict(ends, rule=rule, candidates=candidates):
            return verdict_on_cell(rule, explaining_roundings(list(ends.values()), candidates))

        as_printed[cell["claim"]] = verdict(ends)
        for end, text in ends.items():
            for number in misprints(text) if text else ():
                misprinted[cell["claim"], end, number] = verdict(ends | {end: number})
    return as_printed, misprinted


if __name__ == "__main__":
    claims = read_claims(ROOT / "resources/claims.yaml", ROOT / "workflow/schemas/claims.schema.yaml")
    for misprints in (misprints_in_the_last_place, misprints_of_a_digit):
        _, misprinted = judge_printed(claims, misprints)
        passed = [misprint for misprint, verdict in misprinted.items() if verdict == "its table's rule"]
        n_noticed = len(misprinted) - len(passed)
        print(f"{misprints.__name__}: {n_noticed} of {len(misprinted)} noticed; not noticed:")
        for claim, end, number in passed:
            print(f"    {claim}, {end} {number}")
