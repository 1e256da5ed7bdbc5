"""Tests of the sentences about the count."""

import pandas as pd
import pytest

from folkprobe.claims.count_answers import CLAIMS, amount, answer_questions, claim_answers


def _interchange(holds=(0.6, 0.3, 0.0), tells=(1.0, 1.0, 1.0), half=0.05):
    rows = [(layer, "all", 128, None, "holds", shift) for layer, shift in zip("123", holds, strict=True)]
    rows += [(layer, "all", 128, None, "tells", shift) for layer, shift in zip("123", tells, strict=True)]
    rows += [("1+2", "all", 256, None, "holds", 1.0), ("1+2", "count_explained", 64, None, "holds", 0.97)]
    rows += [("1+2", "count_explained", 32, None, "holds", 0.9), ("1+2", "count_explained", 8, None, "holds", 0.3)]
    rows += [("1+2", "subspace", 256, 4, "holds", 0.94), ("1+2", "complement_of_subspace", 256, 4, "holds", 0.07)]
    rows += [("1+2", "complement_of_subspace", 256, 1, "holds", 0.6)]
    rows += [("2", "targeted", 42, None, "holds", 0.01), ("2", "targeted", 42, None, "tells", 0.86)]
    table = pd.DataFrame(rows, columns=["layers", "set", "n_units", "rank", "mode", "shift"])
    table = table.assign(lower=table["shift"] - half, upper=table["shift"] + half, donor="other_count")
    # What is handed over at the same count must not be taken for the rest.
    return pd.concat([table.assign(donor="same_count", shift=9.0, lower=9.0, upper=9.0), table])


def _phase(reset=(0.8, 0.6), prominence=0.7, slope=-0.9, half=0.05):
    rows = [("insert", a, "reset_index", value) for a, value in enumerate(reset, start=1)]
    rows += [("insert", None, "reset_index", 0.5)]
    rows += [
        ("omit_1", 8, "prominence", prominence),
        ("omit_2", 8, "prominence", 9.0),
        ("substitute", None, "slope", slope),
    ]
    table = pd.DataFrame(rows, columns=["perturbation", "elapsed_eighths", "quantity", "estimate"])
    return table.assign(lower=table["estimate"] - half, upper=table["estimate"] + half)


def _summary(eighths=0.3, steps=0.0, half=0.01):
    table = pd.DataFrame({"state": "p_bar", "clock": ["eighths", "steps"], "beyond_null": [eighths, steps]})
    return table.assign(lower=table["beyond_null"] - half, upper=table["beyond_null"] + half)


def _answers(interchange=None, phase=None, summary=None):
    tables = {"interchange": _interchange(), "phase_response": _phase(), "clock_summary": _summary()}
    given = {"interchange": interchange, "phase_response": phase, "clock_summary": summary}
    answers = answer_questions(tables | {name: table for name, table in given.items() if table is not None})
    assert [answer.question for answer in answers] == list(CLAIMS)
    return {answer.question: answer for answer in answers}


@pytest.mark.parametrize(
    ("interval", "word"),
    [
        ((-0.02, 0.09), "none"),
        ((0.2, 0.4), "a part"),
        ((0.51, 1.1), "most"),
        ((0.91, 1.1), "all"),
        ((0.05, 0.2), "cannot tell"),
        ((0.4, 0.6), "a part"),
        ((0.3, 0.95), "cannot tell"),
        ((-0.5, 0.05), "cannot tell"),
    ],
)
def test_an_amount_needs_its_whole_interval(interval, word):
    assert amount(*interval) == word


def test_each_sentence_has_its_numbers():
    answers = _answers()
    assert all(answer.is_answered for answer in answers.values())
    said = {question: answer.sentence for question, answer in answers.items()}
    assert "layer 1 holds most of it, 0.60 [0.55, 0.65]; layer 2 holds a part of it, 0.30" in said["holders"]
    assert "layer 3 holds none of it" in said["holders"]
    assert "layers 1 and 2 together hold all of it, 1.00" in said["holders"]
    assert said["readers"].startswith("Layer 3 only reads the count out: it tells all of it, 1.00 [0.95, 1.05]")
    assert "Layer 2" not in said["readers"]
    assert "in layer 2 they hold 0.01 [-0.04, 0.06] and tell 0.86" in said["band_power"]
    assert "resets most of the count (reset index by eighths elapsed: 0.60 [0.55, 0.65] after 2" in said["reset"]
    assert "goes on by itself" in said["free_run"]
    assert "0.70 [0.65, 0.75]" in said["free_run"]
    assert said["advance"].startswith("Durations advance the count (slope -0.90")
    assert said["clocks"].startswith("The probability of a bar follows eighths (")
    assert "as few as 32 units hold most of the count, 0.90" in said["size"]
    assert "rank 4 in each holds most of it, 0.94 [0.89, 0.99], and leaves 0.07 [0.02, 0.12] to" in said["size"]


def test_other_networks_get_other_sentences():
    assert "does not reset the count (" in _answers(phase=_phase(reset=(0.0, 0.02)))["reset"].sentence
    for prominence in (-0.2, 0.0):
        assert "does not go on" in _answers(phase=_phase(prominence=prominence))["free_run"].sentence
    assert _answers(phase=_phase(slope=0.0))["advance"].sentence.startswith("Tokens advance")
    assert "follows steps" in _answers(summary=_summary(eighths=0.0, steps=0.2))["clocks"].sentence
    assert _answers(interchange=_interchange(holds=(0, 0.3, 1)))["readers"].sentence.startswith("Layer 1 only reads")


@pytest.mark.parametrize(
    ("groups", "of_group"),
    [
        ("1", "Of layer 1, as few as 8 units"),
        ("1 2 1+2", "Of layers 1 and 2, as few as 8 units"),
        ("1 2 3 4 1+2 1+2+3", "Of layers 1, 2 and 3, as few as 8 units"),
    ],
)
def test_networks_of_other_depths_get_a_part_for_each_layer(groups, of_group):
    rows = [
        (name, kind, 8, mode) for name in groups.split() for mode in ("holds", "tells") for kind in ("all", "targeted")
    ]
    rows += [(groups.split()[-1], "count_explained", 8, "holds"), (groups.split()[-1], "subspace", 8, "holds")]
    rows += [(groups.split()[-1], "complement_of_subspace", 8, "holds")]
    table = pd.DataFrame(rows, columns=["layers", "set", "n_units", "mode"])
    table = table.assign(rank=2, shift=0.95, lower=0.92, upper=0.99, donor="other_count")
    answers = _answers(interchange=table)
    for layer in (name for name in groups.split() if "+" not in name):
        assert f"layer {layer} holds all of it" in answers["holders"].sentence
        assert f"in layer {layer} they hold 0.95" in answers["band_power"].sentence
    assert answers["holders"].is_answered
    assert answers["size"].sentence.startswith(of_group)
    assert ("rank 2 in each holds" in answers["size"].sentence) == ("+" in groups)


def test_wide_intervals_and_undefined_experiments_cannot_tell():
    empty = [table.head(0) for table in (_interchange(), _phase(), _summary())]
    for answers in (_answers(*empty), _answers(_interchange(half=2), _phase(half=2), _summary(half=2))):
        assert not any(answer.is_answered for answer in answers.values())
        for question in ("holders", "readers", "reset", "free_run", "advance", "size"):
            assert "cannot tell" in answers[question].sentence, question
        assert list(claim_answers(list(answers.values()))) == []


def test_a_claim_is_answered_only_where_all_its_questions_are():
    answers = _answers(phase=_phase(prominence=0.05, half=0.06))
    assert [claim for claim, _ in claim_answers(list(answers.values()))] == [
        "p7.q.causal",
        "p7.q.L1role",
        "p7.num.contrastL3",
        "p7.q.disamb",
    ]
    found = dict(claim_answers(list(_answers().values())))
    assert {"p7.q.causal", "p7.q.L1role", "p7.num.contrastL3", "p7.q.disamb", "p7.q.recurrence"} == set(found)
    assert "goes on by itself" in found["p7.q.recurrence"]
