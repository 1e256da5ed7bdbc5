"""Tests of the science: networks whose mechanism is known, from the pickle to the tables through the workflow.

`known_answers` says how the networks work; `test_known_answers.py` takes them through the package's functions, the
redundant pair with every `make test`.
"""

import csv
import json
from types import SimpleNamespace

import pytest
from fuzz.genuine import write_folkrnn_pickle
from known_answers import COUNTERS, FOLLOWER, FULL, PROMPT, RING, ROOMY, constructed_network
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
    "selection": {"power_fraction_above": [0.09, 0.05, 0.05]},
    "lesions": dict.fromkeys(("layer_2_excised", "layer_3_excised")),
    "stimulated": dict.fromkeys(("intact_two_hot", "layer_1_excised_two_hot")),
    "comparison": {"n_resamples": 999},
    "count_study": {
        "n_pairs": 40,
        "n_sites_per_count": 20,
        "n_units": [1, 2, len(RING)],
        "ranks": [4],
        "n_random_subspaces": 2,
        "clocks": {"n_tunes": 12, "n_permutations": 2},
        "probe": {"n_tunes": 12, "transfer_prompts": []},
    },
}
COUNT_TABLES = ("interchange", "phase_response", "clocks", "probe", "count_answers")


def _run(folder, network, *, lesions, families, tables=("effects", "band_lines")):
    """Take a network through the workflow to some tables; give a reader of them, and where the project is."""
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
    project.snakemake(*(f"results/known/{table}.csv" for table in tables), "--configfile", *overlays)

    def rows(name):
        with (folder / "results/known" / name).open(newline="") as file:
            return list(csv.DictReader(file))

    return rows


def _study(*arguments, **options):
    """The selected units, those with a line, and the effects by contrast."""
    rows = _run(*arguments, **options)

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
    known = _study(
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
    known = _study(
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
    known = _study(tmp_path, constructed_network(n_counters=0), lesions={}, families={"third": FAMILY | {"n_units": 2}})
    assert known.selected == known.with_line == [set(), set(), set()]
    assert known.named["intact"][1] < 0.2
    assert known.named["layer_1_excised - intact"] == (0, 0, 0)
    tested = [row for row in known.effects if row["role"] in ("primary", "secondary")]
    assert {row["contrast"] for row in tested} == {"targeted - random"}
    assert len({row["layer"] for row in tested if row["role"] == "primary"}) == 3
    # What no set changes has no p-value.
    assert not any(float(row["p_value_adjusted"]) < 0.05 for row in tested if row["p_value_adjusted"])


def _count(folder, *, n_targeted=1, **properties):
    """The study of the count: shifts by layers, set, number of units and mode; phase responses; gains; sentences."""
    tables = {"third": FAMILY | {"n_units": n_targeted}}
    rows = _run(folder, constructed_network(**properties), lesions={}, families=tables, tables=COUNT_TABLES)
    clocks = {(row["layer"], row["unit_index"], row["state"]): row for row in rows("clocks.csv")}
    return SimpleNamespace(
        shift={
            (row["layers"], row["set"], int(row["n_units"]), row["mode"]): float(row["shift"])
            for row in rows("interchange.csv")
            if row["donor"] == "other_count"
        },
        phase={
            (row["perturbation"], row["quantity"], row["elapsed_eighths"]): float(row["estimate"])
            for row in rows("phase_response.csv")
        },
        gain=lambda unit, clock: float(clocks["1", str(unit), "tanh_c"][f"gain_{clock}"]),
        has_clocks=bool(clocks),
        decoded={row["layer"]: float(row["r2"]) for row in rows("probe.csv") if row["target"] == "elapsed"},
        said={row["question"]: row["sentence"] for row in rows("count_answers.csv")},
        log=lambda rule: (folder / f"results/known/logs/{rule}.log").read_text(),
    )


def _resets(count):
    return [value for (_, quantity, _), value in count.phase.items() if quantity == "reset_index"]


def _prominences(count):
    return [value for (_, quantity, _), value in count.phase.items() if quantity == "prominence"]


def test_the_count_is_held_where_the_counter_of_durations_is(tmp_path):
    count = _count(tmp_path, p_three=0.2)
    for mode in ("holds", "tells"):
        assert count.shift["1", "count_explained", 1, mode] == pytest.approx(1, abs=0.01)
        assert count.shift["1", "all", 16, mode] == pytest.approx(1, abs=0.02)
    for layer in "23":
        assert count.shift[layer, "all", 16, "holds"] == pytest.approx(0, abs=0.02)
        assert count.shift[layer, "all", 16, "tells"] == pytest.approx(1, abs=0.02)
    assert _resets(count) == pytest.approx([1] * 7, abs=0.01)
    assert _prominences(count) == pytest.approx([0] * 3, abs=1e-6)
    assert count.phase["substitute", "slope", ""] == pytest.approx(-1)
    assert count.gain(COUNTERS[0], "eighths") > 0.02
    assert count.gain(COUNTERS[0], "steps") == pytest.approx(0, abs=0.002)
    assert [count.gain(FOLLOWER, clock) for clock in ("eighths", "steps")] == pytest.approx([0, 0], abs=0.002)
    assert count.decoded["1"] > 0.99
    assert "layer 1 holds all of it" in count.said["holders"]
    assert "layer 2 only reads the count out" in count.said["readers"].lower()
    assert "resets the count" in count.said["reset"]
    assert count.said["advance"].startswith("Durations advance")


@pytest.mark.full
def test_a_counter_of_steps_follows_steps(tmp_path):
    count = _count(tmp_path, counts="steps", p_three=0.2)
    assert count.phase["substitute", "slope", ""] == pytest.approx(0, abs=1e-6)
    assert count.gain(COUNTERS[0], "steps") > 0.02
    assert count.gain(COUNTERS[0], "eighths") == pytest.approx(0, abs=0.002)
    assert count.said["advance"].startswith("Tokens advance")


@pytest.mark.full
def test_a_counter_of_notes_takes_durations_for_nothing(tmp_path):
    count = _count(tmp_path, counts="notes", p_three=0.2)
    assert count.phase["substitute", "slope", ""] == pytest.approx(0.5)


@pytest.mark.full
def test_redundant_counters_carry_half_each_and_all_together(tmp_path):
    count = _count(tmp_path, n_counters=2, p_three=1e-9)
    assert count.shift["1", "count_explained", 1, "holds"] == pytest.approx(0.5, abs=0.02)
    # The count explains the second counter no better than it explains units of the ring.
    assert count.shift["1", "count_explained", len(RING), "holds"] == pytest.approx(1, abs=0.01)
    # Without a `3` a note and its `2` are two steps and two eighths.
    assert not count.has_clocks
    assert "clocks are not told apart" in count.log("estimate_clocks")


@pytest.mark.full
def test_an_oscillator_goes_on_whatever_bar_tokens_are_read(tmp_path):
    count = _count(tmp_path, n_counters=0, oscillates=True, p_three=1e-9)
    assert count.shift["1", "all", 16, "holds"] == pytest.approx(1, abs=0.02)
    assert _resets(count) == pytest.approx([0] * 7, abs=0.02)
    assert _prominences(count) == pytest.approx([1] * 3, abs=0.02)
    assert "does not reset the count" in count.said["reset"]
    assert "goes on by itself" in count.said["free_run"]


@pytest.mark.full
def test_without_a_count_each_experiment_is_refused_by_name(tmp_path):
    count = _count(tmp_path, n_counters=0)
    assert not count.shift
    assert "does not tell counts apart" in count.log("interchange_counts_1")
    assert not _resets(count)
    assert "does not expect the next one any more than without" in count.log("perturb_phase")
    for question in ("holders", "readers", "reset", "advance", "size"):
        assert "cannot tell" in count.said[question], question
