"""What jobs ask of a cluster is held to what they were measured to take."""

import copy
import json

import pytest
import yaml
from project import ROOT

from workflow.resources import COSTS, mem_mb, runtime_minutes, seconds_of

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
# Stages by themselves, of up to 10,000 tunes; and whole studies, every job of them.
MEASURED = json.loads((ROOT / "docs/scale.json").read_text(encoding="utf-8"))
STUDIES = json.loads((ROOT / "docs/jobs.json").read_text(encoding="utf-8"))
DEFAULTS = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text(encoding="utf-8"))["default-resources"]
# A stand-in for the real-size network: only the size of its file counts.
LARGE_MB = 22.5


def _config(n_tunes, large=False, **generation):
    config = copy.deepcopy(CONFIG)
    config["generation"] |= {"n_tunes": n_tunes} | generation
    config["trajectories"]["n_tunes"] = n_tunes
    if large:
        config["checkpoint"]["source"] = "https://example.org/folkrnn_v2.pkl"
    return config


ROWS = [(name, row | {"rule": row["stage"]}) for name in ("demo", "large") for row in MEASURED[name]]
ROWS += [(name, row) for name in ("demo", "large") for row in STUDIES[name]]


def test_there_are_measurements_of_small_and_large_and_of_every_rule():
    assert {row["n_tunes"] for name, row in ROWS if name == "demo"} >= {100, 1000, 10000}
    assert {row["n_tunes"] for name, row in ROWS if name == "large"} >= {80, 300}
    scripts = {path.stem for path in (ROOT / "workflow/scripts").glob("*.py")}
    of_the_study = scripts - {"scan_seeds", "find_seed", "count_corpus", "tokenise_corpus", "train_model"}
    for name in ("demo", "large"):
        assert {row["rule"] for row in STUDIES[name]} == of_the_study


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[f"{name}-{row['rule']}-{row['n_tunes']}" for name, row in ROWS])
def test_a_job_asks_for_more_than_it_was_measured_to_take_and_not_for_much_more(name, row):
    # As measured: tunes of their natural length.
    config = _config(row["n_tunes"], large=name == "large")
    rule = row["rule"]
    asked_mb = mem_mb(rule, config) if rule in COSTS else DEFAULTS["mem_mb"]
    asked_seconds = 60 * (runtime_minutes(rule, config) if rule in COSTS else DEFAULTS["runtime"])
    assert row["mem_mb"] <= asked_mb / 1.2
    assert asked_mb <= max(600, 5 * row["mem_mb"])
    assert 2 * row["seconds"] <= asked_seconds <= max(300, 30 * row["seconds"])
    assert row["seconds"] / 4 <= seconds_of(rule, config) <= max(4 * row["seconds"], 2.5)


def test_more_shards_ask_for_less_each_and_a_larger_model_for_more():
    few, many = _config(10**6, n_shards=10), _config(10**6, n_shards=100)
    assert runtime_minutes("generate_tunes", few) > 5 * runtime_minutes("generate_tunes", many)
    assert mem_mb("gather_tunes", few) == mem_mb("gather_tunes", many)
    for rule in ("generate_tunes", "capture_trajectories"):
        assert seconds_of(rule, _config(1000, large=True)) > 3 * seconds_of(rule, _config(1000))


def test_the_rules_ask_for_what_is_computed():
    rules = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "workflow/rules").glob("*.smk"))
    for rule in COSTS:
        assert f'mem_mb=mem_mb("{rule}", config),' in rules
        assert f'runtime=runtime_minutes("{rule}", config),' in rules
