"""The list of claims: its form, what is refused, and that it says the same as the configuration."""

import pytest
import yaml
from project import ROOT

from folkprobe.claims.claim import Quantity, read_claims
from folkprobe.refusal import Refusal

PATH, SCHEMA = ROOT / "resources/claims.yaml", ROOT / "workflow/schemas/claims.schema.yaml"


@pytest.fixture
def refused(tmp_path):
    """What is said of the list after a change of its text."""

    def read(old, new):
        text = PATH.read_text(encoding="utf-8")
        assert old in text
        (tmp_path / "claims.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(Refusal) as refusal:
            read_claims(tmp_path / "claims.yaml", SCHEMA)
        return str(refusal.value)

    return read


def test_all_claims_of_the_series_are_there(shared_file):
    known = yaml.safe_load(shared_file("claims.yaml").read_text(encoding="utf-8"))["claims"]
    assert {claim.id for claim in read_claims(PATH, SCHEMA).claims} == {claim["id"] for claim in known}


def test_the_model_is_the_one_that_the_configuration_fetches():
    config = yaml.safe_load((ROOT / "config/folkrnn_v2.yaml").read_text(encoding="utf-8"))
    assert read_claims(PATH, SCHEMA).git_blob_id == config["checkpoint"]["git_blob_id"]


def test_the_article_has_24_cells_and_one_in_its_text():
    claims = read_claims(PATH, SCHEMA)
    cells = list(claims.printed_cells())
    assert len(cells) == 25
    assert claims.window_n_steps == 147
    by_claim = {cell.pop("claim"): cell for cell in cells}
    common = {"table": "main_lobe_support", "window": "hann", "period_steps": 8.8, "upper": "9.4"}
    assert by_claim["p7.tab.support.hann.8.8"] == common | {"lower": "8.3"}
    assert by_claim["p7.num.88text"] == common | {"lower": "8.2"}
    dc = by_claim["p7.tab.sidelobe.rect.Inf"]
    assert (dc["period_steps"], dc["lower"], dc["upper"]) == (float("inf"), "100", None)


def test_a_misspelt_key_a_missing_one_and_a_double_id_are_refused(refused):
    assert "'lowst' was unexpected" in refused("lowest: 508.5", "lowst: 508.5")
    assert "'target' is a required property" in refused("    target: claims_part3.csv\n", "")
    assert "duplicate claim p3.num.s1" in refused("id: p3.num.s2", "id: p3.num.s1")
    assert "claims.schema.yaml defines the form" in refused("needs: nothing", "needs: something")


def test_a_table_without_a_rule_and_a_fact_that_is_judged_as_if_it_were_open_are_refused(refused):
    rule = "  - {table: first_sidelobes, window: hann, computed_from: exact hanning, rounding: nearest}\n"
    assert "p7.tab.sidelobe.hann.2.25: name the rounding rule of first_sidelobes, hann" in refused(rule, "")
    assert "'by_construction' is a dependency of 'identifies_tune'" in refused(
        "    by_construction: *fact_of_the_tune\n", ""
    )


def test_a_claim_without_a_criterion_or_a_question_without_an_answer_is_refused(refused):
    quantity = '    quantities:\n      - {quantity: "s_1", printed: "about 509", lowest: 508.5, highest: 509.5}\n'
    assert "'quantities' is a required property" in refused(quantity, "")
    assert "'answer' is a required property" in refused("    answer: Quantiles of h . w_i over tunes of v2.\n", "")
    assert "s_1" in refused(", lowest: 508.5, highest: 509.5", "")


@pytest.mark.parametrize(
    ("bounds", "inside", "outside", "words"),
    [
        ({"lowest": 1.5, "highest": 2}, ["1.5", "2", "1.9"], ["1.49", "2.01", "nan", ""], "1.5 to 2"),
        ({"lowest": 0}, ["0", "inf", "7"], ["-1e-9", "nan", ""], "at least 0"),
        ({"highest": -30}, ["-30", "-31.4"], ["-29.9", "", "nan"], "at most -30"),
        ({"lowest": 5599881, "highest": 5599881}, ["5599881.0"], ["5599882", "5599880"], "5599881"),
        ({"one_of": ("layer 1", "layer 3")}, ["layer 1", "layer 3"], ["layer 2", ""], "layer 1 or layer 3"),
    ],
)
def test_what_fits_a_tolerance(bounds, inside, outside, words):
    quantity = Quantity("q", "p", **bounds)
    assert all(map(quantity.fits, inside))
    assert not any(map(quantity.fits, outside))
    assert quantity.tolerance == words
