"""Tests of the science: networks whose mechanism is known, from the pickle to effects.csv through the workflow.

`known_answers` says how the networks work; `test_known_answers.py` takes them through the package's functions.
"""

import csv
from types import SimpleNamespace

import pytest
from fuzz.genuine import write_folkrnn_pickle
from known_answers import COUNTERS, FOLLOWER, FULL, NOTE, NOTE_ABOVE, PROMPT, ROOMY, constructed_network
from project import copy_project

COUNTER, OTHER_COUNTER = COUNTERS
OUTCOME = "share_of_wrong_bars"
# Three families would say the same at three times the cost; nor is anything stimulated.
OVERLAY = f"""
model: known
checkpoint: {{source: known.pkl}}
generation: {{rng_seed: 3, n_tunes: 12, max_steps: 500, prompt: "{PROMPT}"}}
trajectories: {{n_tunes: 12}}
selection: {{power_fraction_above: {{layer_1: 0.09, layer_2: 0.09, layer_3: 0.09}}}}
stimulated: {{intact_two_hot: null, layer_1_excised_two_hot: null}}
comparison: {{n_resamples: 999}}
lesions: {{layer_2_excised: null, layer_3_excised: null}}
lesion_study:
  n_conditions_per_job: 100
  families:
    third: {{n_units: 2, share_of_layer: null}}
    third_mean: null
    third_out: null
    third_rec: null
"""


def _run(folder, lesions, **properties):
    """Take a network through the workflow: its selected units, those with a line, and its effects by contrast."""
    project = copy_project(folder)
    write_folkrnn_pickle(constructed_network(**properties), folder / "known.pkl")
    (folder / "known.yaml").write_text(OVERLAY)
    (folder / "lesions.yaml").write_text(f"lesions: {lesions}")
    results = folder / "results/known"
    targets = [f"results/known/{table}.csv" for table in ("effects", "band_lines")]
    project.snakemake(*targets, "--configfile", "known.yaml", "lesions.yaml")

    def rows(name):
        with (results / name).open(newline="") as file:
            return list(csv.DictReader(file))

    def units(name, column):
        return {(int(row["layer"]), int(row["unit_index"])) for row in rows(name) if row[column] == "True"}

    effects = rows("effects.csv")
    return SimpleNamespace(
        selected=units("intact/units.csv", "selected"),
        with_line=units("band_lines.csv", "has_line"),
        effects=effects,
        named={row["contrast"]: _interval(row) for row in effects if row["outcome"] == OUTCOME and not row["family"]},
        study={
            (int(row["layer"]), row["contrast"]): _interval(row)
            for row in effects
            if row["outcome"] == OUTCOME and row["family"] == "third"
        },
        n_wrong_bars=[int(row["n_wrong_bars"]) for row in rows("intact/tunes.csv")],
    )


def _interval(row):
    return SimpleNamespace(**{name: float(row[name]) for name in ("estimate", "lower", "upper")})


def _is_exactly(interval, value):
    return (interval.estimate, interval.lower, interval.upper) == (value, value, value)


def test_the_counter_counts_and_the_follower_follows(tmp_path):
    """A counter of steps: wrong in the bars that a `3` makes longer, so that only pairing by tune gives 0 exactly."""
    lesions = {name: {"layer": 1, "value": 0.0, "scope": "both", "unit_index": [unit]} for name, unit in (("counter_excised", COUNTER), ("follower_excised", FOLLOWER))}
    known = _run(tmp_path, lesions, counts="steps", p_three=0.1)
    assert {unit for unit in known.selected if unit[0] == 1} == {(1, COUNTER), (1, FOLLOWER)}
    assert known.with_line >= {(1, COUNTER), (1, FOLLOWER), (2, FULL[0]), (3, FULL[0])}
    assert len(set(known.n_wrong_bars)) > 2
    intact = known.named["intact"]
    assert 0 < intact.lower < intact.estimate < intact.upper < 0.5
    assert known.named["counter_excised - intact"].lower > 0.4
    assert _is_exactly(known.named["follower_excised - intact"], 0)
    # Both are selected, and taken together they are the counter.
    assert known.named["layer_1_excised - intact"] == known.named["counter_excised - intact"]
    for layer in (1, 2, 3):
        assert known.study[layer, "targeted - intact"].lower > 0.4
        assert known.study[layer, "targeted - random"].estimate > 0.2
