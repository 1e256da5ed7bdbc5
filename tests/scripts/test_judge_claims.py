"""The script judge_claims; its verdicts on a real study are tested in tests/workflow/test_smoke.py."""

import csv

import pytest
from project import ROOT

from folkprobe.claims.claim import read_claims
from folkprobe.network.source import git_blob_id

SCHEMA = ROOT / "workflow/schemas/claims.schema.yaml"
LISTED = read_claims(ROOT / "resources/claims.yaml", SCHEMA)
BLOB_ID = git_blob_id(b"any checkpoint")


def _wanted(quantity):
    if quantity.one_of:
        return quantity.one_of[0]
    return quantity.highest if quantity.lowest is None else quantity.lowest


@pytest.fixture
def judge(script, tmp_path):
    """Judge a study in which every quantity is what is claimed of it, but for changes."""
    (tmp_path / "source").write_bytes(b"any checkpoint")
    paths = {name: tmp_path / f"{name}.csv" for name in ("claims", "quantities", "part3", "part7")}

    def run(git_blob_id, changes=None, transform=None):
        text = (ROOT / "resources/claims.yaml").read_text(encoding="utf-8")
        (tmp_path / "claims.yaml").write_text(text.replace(LISTED.git_blob_id, git_blob_id), encoding="utf-8")
        wanted = {(claim.id, each.quantity): _wanted(each) for claim in LISTED.claims for each in claim.quantities}
        wanted |= changes or {}
        for part in ("part3", "part7"):
            with paths[part].open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                # Only part 3 has singular directions, of which the article's sign is not known.
                extra = ["value_opposite_sign"] if part == "part3" else []
                writer.writerow(["claim", "quantity", "value", *extra])
                rows = [(*key, value) for key, value in wanted.items() if (key[0][:2] == "p3") == (part == "part3")]
                writer.writerows((*row, *["-99" for _ in extra]) for row in rows)
        script("judge_claims").main(
            claims_path=tmp_path / "claims.yaml",
            schema_path=SCHEMA,
            values_paths=[paths["part3"], paths["part7"]],
            source_path=tmp_path / "source",
            output_claims_path=paths["claims"],
            quantities_path=paths["quantities"],
            page_path=tmp_path / "claims.md",
            model="folkrnn_v2",
            transform=transform,
        )
        with paths["claims"].open(encoding="utf-8", newline="") as file:
            return {row["claim"]: row["verdict"] for row in csv.DictReader(file)}

    return run


def _good(claim):
    return "true by construction" if claim.by_construction else "reproduced"


def test_a_name_makes_no_v2(judge, tmp_path):
    verdicts = judge("0" * 40)
    for claim in LISTED.claims:
        assert (verdicts[claim.id] == _good(claim)) == (claim.needs == "nothing"), claim.id
    assert "these are not the weights" in (tmp_path / "claims.md").read_text(encoding="utf-8")


def test_a_control_made_of_the_weights_is_no_v2(judge):
    verdicts = judge(BLOB_ID, transform="untrained")
    for claim in LISTED.claims:
        assert (verdicts[claim.id] == _good(claim)) == (claim.needs == "nothing"), claim.id


def test_with_the_weights_and_the_tune_all_is_judged_that_can_be(judge, tmp_path):
    verdicts = judge(BLOB_ID)
    waiting = {
        "training_data": "needs the training data",
        "open_question": "open question",
        "history": "not a question of a checkpoint",
    }
    for claim in LISTED.claims:
        assert verdicts[claim.id] == waiting.get(claim.needs, _good(claim)), claim.id
    assert "these are the weights" in (tmp_path / "claims.md").read_text(encoding="utf-8")


def test_one_fact_that_does_not_fit_and_it_is_another_tune(judge):
    verdicts = judge(BLOB_ID, {("p7.num.counts", "times that 2 is read"): 8, ("p3.num.s1", "s_1"): 500})
    for claim in LISTED.claims:
        if claim.needs == "unprinted_tune":
            assert verdicts[claim.id] == "needs the unprinted tune", claim.id
    assert verdicts["p3.num.s1"] == "not reproduced"
    assert verdicts["p3.num.s2"] == "reproduced"
