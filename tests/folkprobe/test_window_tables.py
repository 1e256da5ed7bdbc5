"""The tables of part 7, by the claims file where it is at hand."""

import numpy as np
import pytest
import yaml
from project import ROOT

from folkprobe.claims.claim import read_claims
from folkprobe.claims.rounding import explaining_roundings
from folkprobe.signal.window_tables import interval_candidates, lobe_rows

PERIODS = [2.25, 4.5, 8.8, 18, 36, np.inf]
NAMES = {"rect": "rect", "hanning": "hann_matlab_hanning", "hann": "hann_periodic", "hann_symmetric": "hann_symmetric"}
ALONE = {
    "half_width_cycles_per_step": "f_minus6dB",
    "main_lobe_width_cycles_per_step": "width_minus6dB",
    "half_amplitude_cycles_per_step": "f_minus6p0206",
    "first_null_cycles_per_step": "f_first_null",
    "sidelobe_1_cycles_per_step": "first_sidelobe_f",
    "sidelobe_1_level_db": "first_sidelobe_dB",
}


def test_every_number_of_the_claims_file(shared_file):
    claims = yaml.safe_load(shared_file("claims.yaml").read_text())["window_tables_N147"]
    n_checked = 0
    for row in lobe_rows(147, PERIODS):
        expected = claims[NAMES[row["window"]]]
        if row["quantity"] in ALONE:
            expected = expected[ALONE[row["quantity"]]]
        elif row["quantity"].startswith(("main_lobe_support", "first_sidelobes")):
            table = expected["support" if row["quantity"].startswith("main") else "first_sidelobes"]
            of_period = table["Inf" if np.isinf(row["period_steps"]) else f"{row['period_steps']:g}"]
            place = int("upper" in row["quantity"])
            expected = (of_period, np.inf)[place] if np.isinf(row["period_steps"]) else of_period[place]
        else:
            continue
        assert row["value"] == pytest.approx(expected, abs=1e-6), row
        n_checked += 1
    assert n_checked == 4 * (6 + 2 * 2 * 6)


def test_the_second_sidelobe_of_dc_is_the_peak_that_puzzled_the_article():
    rows = {(row["window"], row["quantity"]): row["value"] for row in lobe_rows(147, [9.0])}
    assert rows["rect", "sidelobe_2_period_steps"] == pytest.approx(59.78, abs=0.005)
    assert rows["rect", "sidelobe_2_level_db"] == pytest.approx(-17.83, abs=0.005)


def test_leakages_of_the_claims_file():
    # claims.yaml: p7.num.36dc, p7.num.hann69, p7.num.7_115.
    rows = {
        (row["window"], row["quantity"], row["period_steps"]): row["value"]
        for row in lobe_rows(147, [9.0])
        if row["quantity"].startswith("leakage")
    }
    for key, level_db in {
        ("hann", "leakage_from_dc_db", 36): -57.8,
        ("hann", "leakage_from_dc_db", 69): -35.5,
        ("rect", "leakage_from_dc_db", 69): -24.5,
        ("hann", "leakage_from_8.8_steps_db", 7): -49.4,
        ("hann", "leakage_from_8.8_steps_db", 11.5): -57.3,
    }.items():
        assert rows[key] == pytest.approx(level_db, abs=0.4), key


def test_the_printed_cells_and_the_roundings_that_explain_them():
    listed = read_claims(ROOT / "resources/claims.yaml", ROOT / "workflow/schemas/claims.schema.yaml")
    cells = list(listed.printed_cells())
    assert len(cells) == 25
    explanations = {}
    for cell in cells:
        candidates = interval_candidates(cell["table"], cell["window"], 147, cell["period_steps"])
        explanations[cell["claim"]] = explaining_roundings((cell["lower"], cell["upper"]), candidates)
    # No rule explains more cells of a table than the one that is fixed for it.
    for table, rule in listed.rounding_rules.items():
        of_table = [
            each for cell in cells if (cell["table"], cell["window"]) == table for each in explanations[cell["claim"]]
        ]
        assert of_table.count(rule) == max(map(of_table.count, of_table)), table
    # The only print that no rounding gives, of any frequency.
    assert [cell for cell, found in explanations.items() if all(rounding == "cut" for _, rounding in found)] == [
        "p7.tab.sidelobe.rect.8.8"
    ]
    # DC's support in both tables comes from widths rounded before they were inverted.
    for window, frequency in (("rect", "0.004"), ("hann", "0.007")):
        found = explanations[f"p7.tab.support.{window}.Inf"]
        assert {name for name, _ in found} == {f"frequency rounded to {frequency}"}
    # The text's 8.2 to 9.4 and the table's 8.3 to 9.4 cannot both come from one frequency by one rounding.
    text = explanations["p7.num.88text"]
    assert text == [("frequency rounded to 0.007", "outward")]
    assert text[0] not in explanations["p7.tab.support.hann.8.8"]
