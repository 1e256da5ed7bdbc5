"""Tests of the science: networks whose mechanism is known, from the pickle to effects.csv through the workflow.

`known_answers` says how the networks work; `test_known_answers.py` takes them through the package's functions, the
redundant pair with every `make test`.
"""

import csv
import json
from types import SimpleNamespace

import pytest
from fuzz.genuine import write_folkrnn_pickle
from known_answers import COUNTERS, FOLLOWER, FULL, PROMPT, ROOMY, constructed_network
from project import copy_project

pytestmark = pytest.mark.long

LAYERS = (1, 2, 3)
# Of the named conditions, and of the lesion study.
NAMED_OUTCOME, OUTCOME = "share_of_correct_bars", "share_of_wrong_bars"
FAMILY = {"share_of_layer": None, "value": "zero", "scope": "both", "n_random_sets": 5, "with_controls": True}
OVERLAY = {
    "model": "known",
    "checkpoint": {"source": "known.pkl"},
    "generation": {"rng_seed": 3, "n_tunes": 12, "prompt": PROMPT},
    "trajectories": {"n_tunes": 12},
    "selection": {"power_fraction_above": [0.09, 0.05, 0.05]},
    "lesions": dict.fromkeys(("layer_2_excised", "layer_3_excised")),
    "stimulated": dict.fromkeys(("intact_two_hot", "layer_1_excised_two_hot")),
    "comparison": {"n_resamples": 999},
}


def _run(folder, network, *, lesions, families):
    """Take a network through the workflow: its selected units, those with a line, and its effects by contrast."""
    project = copy_project(folder)
    write_folkrnn_pickle(network, folder / "known.pkl")
    excised = {
        name: units and {"layer": 1, "unit_index": units, "value": 0, "scope": "both"}
        for name, units in lesions.items()
    }
    families = dict.fromkeys(("third_mean", "third_out", "third_rec")) | families
    overlays = {
        "known.yaml": OVERLAY,
        "study.yaml": {"lesions": excised, "lesion_study": {"n_conditions_per_job": 100, "families": families}},
    }
    for name, overlay in overlays.items():
        # What is JSON is YAML too.
        (folder / name).write_text(json.dumps(overlay))
    targets = [f"results/known/{table}.csv" for table in ("effects", "band_lines")]
    project.snakemake(*targets, "--configfile", *overlays)

    def rows(name):
        with (folder / "results/known" / name).open(newline="") as file:
            return list(csv.DictReader(file))

    def units(name, column):
        chosen = [row for row in rows(name) if row[column] == "True"]
        return [{int(row["unit_index"]) for row in chosen if int(row["layer"]) == layer} for layer in LAYERS]

    effects = rows("effects.csv")
    named = [row for row in effects if row["outcome"] == NAMED_OUTCOME]
    study = [row for row in effects if row["outcome"] == OUTCOME and row["family"]]
    return SimpleNamespace(
        selected=units("intact/units.csv", "selected"),
        with_line=units("band_lines.csv", "has_line"),
        effects=effects,
        named={row["contrast"]: _interval(row) for row in named},
        study={(row["family"], int(row["layer"]), row["contrast"]): _interval(row) for row in study},
        n_wrong_bars=[int(row["n_measured_bars"]) - int(row["n_ok_bars"]) for row in rows("intact/tunes.csv")],
    )


def _interval(row):
    return tuple(float(row[name]) for name in ("lower", "estimate", "upper"))


def test_the_counter_counts_and_the_follower_follows(tmp_path):
    counter, follower = COUNTERS[0], FOLLOWER
    # A counter of steps errs in the bars that a `3` makes longer, in some tunes more than in others: a difference is
    # exactly 0 then only if tunes are paired.
    known = _run(
        tmp_path,
        constructed_network(counts="steps", p_three=0.1),
        lesions={"counter_excised": [counter], "follower_excised": [follower]},
        families={"third": FAMILY | {"n_units": 2}},
    )
    assert known.selected == [{counter, follower}, {FULL[0], ROOMY[0]}, {FULL[0], ROOMY[0]}]
    assert known.with_line[0] >= {counter, follower}
    assert len(set(known.n_wrong_bars)) > 2
    lower, share, upper = known.named["intact"]
    assert 0.5 < lower < share < upper < 1
    assert share == pytest.approx(1 - sum(known.n_wrong_bars) / (12 * 16))
    destroyed = known.named["counter_excised - intact"]
    assert destroyed[2] < -0.4
    assert known.named["follower_excised - intact"] == (0, 0, 0)
    # Selected are both, and of both the counter does it all.
    assert known.named["layer_1_excised - intact"] == destroyed
    for layer in LAYERS:
        assert known.study["third", layer, "targeted - intact"][0] > 0.4
        assert known.study["third", layer, "targeted - random"][1] > 0.2
    assert known.study["third", 1, "targeted - intact"][1] == pytest.approx(-destroyed[1])


@pytest.mark.full
def test_only_joint_excision_finds_the_redundant_pair(tmp_path):
    one, other = COUNTERS
    known = _run(
        tmp_path,
        # Without a `3`, so that it does not matter if nothing says any more where one fits.
        constructed_network(n_counters=2, p_three=1e-9),
        lesions={"layer_1_excised": None, "one_excised": [one], "pair_excised": [one, other]},
        families={
            "third": FAMILY | {"n_units": 3},
            "two": FAMILY | {"n_units": 2, "n_random_sets": 0, "with_controls": False},
        },
    )
    assert known.selected == [{one, other, FOLLOWER}, {*FULL, *ROOMY}, {FULL[0], ROOMY[0]}]
    assert known.with_line[0] >= {one, other, FOLLOWER}
    assert not any(known.n_wrong_bars)
    assert known.named["one_excised - intact"] == (0, 0, 0)
    assert known.named["pair_excised - intact"][2] < -0.7
    # The targeted two of layer 1 are the follower and one of the pair, the targeted three the follower and both.
    assert known.study["two", 1, "targeted - intact"][1] == 0
    assert known.study["third", 1, "targeted - intact"][0] > 0.7
    # Those of layer 2 leave it one threshold of the two that say that a bar is full; in layer 3 there is but one.
    assert known.study["third", 2, "targeted - intact"][1] == 0
    assert known.study["third", 3, "targeted - intact"][0] > 0.7


def test_nothing_is_selected_and_nothing_found_where_nothing_is_periodic(tmp_path):
    known = _run(tmp_path, constructed_network(n_counters=0), lesions={}, families={"third": FAMILY | {"n_units": 2}})
    assert known.selected == known.with_line == [set(), set(), set()]
    assert known.named["intact"][1] < 0.2
    assert known.named["layer_1_excised - intact"] == (0, 0, 0)
    tested = [row for row in known.effects if row["role"] in ("primary", "secondary")]
    assert {row["contrast"] for row in tested} == {"targeted - random"}
    assert len({row["layer"] for row in tested if row["role"] == "primary"}) == 3
    # What no set changes has no p-value.
    assert not any(float(row["p_value_adjusted"]) < 0.05 for row in tested if row["p_value_adjusted"])
