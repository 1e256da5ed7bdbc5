"""The tables and the page of verdicts."""

from folkprobe.claims.claim import Claim, Quantity
from folkprobe.claims.judging import judge_claims
from folkprobe.claims.page import claim_rows, claims_page, quantity_rows

TOKEN = Quantity("P(|)", "27 %", 0.265, 0.275)
SLIP = "It is <27 %."
CLAIMS = [
    Claim(
        "p3.a",
        "part 3",
        "number",
        "The token | rises.",
        "nothing",
        "a.csv",
        (TOKEN, Quantity("n", "many", 5599881, 5599881)),
        slip=SLIP,
    ),
    Claim("p3.b", "part 3", "number", "s", "v2_weights", "b.csv", (Quantity("s_1", "about 509", 508.5, 509.5),)),
    Claim("p3.c", "part 3", "question", "Why?", "open_question", "c.csv", answer="Time."),
    Claim(
        "p7.d",
        "part 7",
        "table",
        "A cell.",
        "nothing",
        "d.csv",
        (Quantity("rounding", "its cell", one_of=("fine",)),),
        cell={"lower": "8.0", "upper": "9.6"},
    ),
    Claim(
        "p7.e",
        "part 7",
        "number",
        "One is one.",
        "nothing",
        "e.csv",
        (Quantity("one", "1", 1, 1),),
        by_construction="By its definition.",
    ),
]
VALUES = {
    ("p3.a", "P(|)"): ("0.3333333333", ""),
    ("p3.a", "n"): ("5599881", ""),
    ("p3.b", "s_1"): ("33.04", ""),
    ("p3.c", "auc"): ("0.5", ""),
    ("p7.d", "rounding"): ("fine", ""),
    ("p7.d", "lower_steps"): ("8.1059", ""),
    ("p7.e", "one"): ("1", ""),
}
VERDICTS = judge_claims(CLAIMS, VALUES, is_v2=False)


def test_value_stands_beside_value_and_tolerance():
    a, b, c, d, e = claim_rows(VERDICTS)
    assert (a["claim"], a["verdict"], a["needs"], a["slip"]) == ("p3.a", "not reproduced", "nothing", SLIP)
    assert a["value"] == "P(|): 0.333333; misses; n: 5,599,881"
    assert (a["printed"], a["tolerance"]) == ("27 %; many", "0.265 to 0.275; 5599881")
    assert (b["verdict"], b["value"], b["printed"]) == ("needs the v2 weights", "s_1: 33.04", "about 509")
    assert (c["verdict"], c["value"], c["answer"], c["target"]) == ("open question", "auc: 0.5", "Time.", "c.csv")
    assert (e["verdict"], e["by_construction"]) == ("true by construction", "By its definition.")
    assert (d["value"], d["printed"]) == ("rounding: fine; lower_steps: 8.1059", "8.0 to 9.6")


def test_every_quantity_has_its_row():
    rows = quantity_rows(VERDICTS)
    assert [(row["claim"], row["quantity"], row["fits"]) for row in rows] == [
        ("p3.a", "P(|)", False),
        ("p3.a", "n", True),
        ("p3.b", "s_1", None),
        ("p3.c", "auc", None),
        ("p7.d", "rounding", True),
        ("p7.d", "lower_steps", None),
        ("p7.e", "one", True),
    ]
    assert rows[0]["value"] == "0.3333333333"


def test_an_answer_is_said_to_be_this_networks():
    answered = VALUES | {("p3.c", "answer"): ("Since *then*.", "")}
    page, of_v2 = (
        claims_page(
            judge_claims(CLAIMS, answered, is_v2=False), model="x", git_blob_id="0", is_v2=v2, tune_checks=(0, 1)
        )
        for v2 in (False, True)
    )
    section = page.split("## Answered for this network")[1].split("##")[0]
    assert "v2's own wait for its weights" in section
    assert r"Since \*then\*." in section
    assert "Time." not in page
    assert "own wait" not in of_v2


def test_the_page_counts_and_tells_slips_and_is_the_same_again():
    def page(is_v2=False):
        return claims_page(VERDICTS, model="demo", git_blob_id="0" * 40, is_v2=is_v2, tune_checks=(3, 11))

    text = page()
    assert text == page()
    assert "these are not the weights of folk-rnn v2" in text
    assert "these are the weights of folk-rnn v2" in page(is_v2=True)
    assert "Of the 11 facts by which the unprinted tune of the articles is known, the tune shown has 3." in text
    for line in (
        "| reproduced | 1 |",
        "| not reproduced | 1 |",
        "| true by construction | 1 |",
        "| needs the training data | 0 |",
    ):
        assert line in text
    assert "- `p3.a` (not reproduced): It is \\<27 %." in text
    assert "## Needs the training data" not in text
    # A bar token breaks no table.
    tables = [line.replace(r"\|", "") for line in text.splitlines() if line.startswith("| `p")]
    assert [line.count("|") for line in tables] == [7, 7, 7, 7, 5]
    assert "P(\\|): 0.333333; misses<br>n: 5,599,881" in text
