"""The printed tunes and what is claimed of them."""

import json

import pytest
from project import ROOT

from folkprobe.claims.printed_tunes import compute_printed_claims, read_printed_tunes
from folkprobe.refusal import Refusal

TUNES = read_printed_tunes(ROOT / "resources/printed_tunes.txt")
VOCABULARY = json.loads((ROOT / "resources/vocabulary_v2.json").read_text(encoding="utf-8"))


def test_the_two_tunes_are_distinguished_by_their_article():
    assert {article: len(tokens) for article, tokens in TUNES.items()} == {"part 7": 266, "part 5": 146}


def _computed(*given):
    return {key: value for key, (value,) in compute_printed_claims(*given).items()}


def test_what_is_claimed_of_them():
    values = _computed(TUNES, VOCABULARY, ["M:4/4", "K:Cmaj", "A", "D", "D", "E"])
    assert values["p7.num.ablated_tune", "bar lines"] == 28
    assert values["p7.num.ablated_tune", "tokens that the vocabulary lacks"] == 0
    assert (values["p7.num.one_bad", "wrong bars"], values["p7.num.one_bad", "which, from 0"]) == (1, "13")
    assert values["p7.fig.dots", "tokens that its ABC gives back in place"] == 266
    assert (values["x.p5.tune", "pickups"], values["x.p5.tune", "wrong bars"]) == (2, 0)
    shared = ("p7.num.sharedprefix", "tokens that the shown tune begins with as the excised one does")
    assert values[shared] == 4
    assert _computed(TUNES, VOCABULARY, ["M:6/8"])[shared] == 0
    assert _computed(TUNES, VOCABULARY, TUNES["part 7"])[shared] == 266


def test_a_damaged_tune_no_longer_has_one_wrong_bar():
    damaged = list(TUNES["part 7"])
    damaged.remove("z")
    values = _computed({**TUNES, "part 7": damaged}, set(VOCABULARY) - {"|"}, [])
    assert values["p7.num.ablated_tune", "tokens"] == 265
    assert values["p7.num.one_bad", "wrong bars"] == 2
    assert values["p7.num.ablated_tune", "tokens that the vocabulary lacks"] == 28


def test_a_tune_without_its_article_is_refused(tmp_path):
    path = tmp_path / "printed.txt"
    path.write_text("M:4/4 C D |\n")
    with pytest.raises(Refusal, match="'M:4/4 C D |' has none"):
        read_printed_tunes(path)
    path.write_text("# part 5: one\nC D |\nE F |\n")
    with pytest.raises(Refusal, match="'E F |' has none"):
        read_printed_tunes(path)
    with pytest.raises(Refusal, match="lack the one of part 7"):
        compute_printed_claims({"part 5": ["C"]}, VOCABULARY, [])
