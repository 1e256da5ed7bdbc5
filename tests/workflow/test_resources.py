"""What jobs ask of a cluster is held to what they were measured to take."""

import copy
import json

import pytest
import yaml
from project import ROOT

from workflow.resources import COSTS, mem_mb, runtime_minutes, seconds_of

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
MEASURED = json.loads((ROOT / "docs/scale.json").read_text(encoding="utf-8"))
# A stand-in for the real-size network: only the size of its file counts.
LARGE_MB = 22.5


def _config(n_tunes, large=False, **generation):
    config = copy.deepcopy(CONFIG)
    config["generation"] |= {"n_tunes": n_tunes} | generation
    config["trajectories"]["n_tunes"] = n_tunes
    if large:
        config["checkpoint"]["source"] = "https://example.org/folkrnn_v2.pkl"
    return config


ROWS = [(name, row) for name in ("demo", "large") for row in MEASURED[name]]


def test_there_are_measurements_of_small_and_large():
    assert {row["n_tunes"] for name, row in ROWS if name == "demo"} >= {100, 1000, 10000}
    assert [row for name, row in ROWS if name == "large"]


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[f"{name}-{row['stage']}-{row['n_tunes']}" for name, row in ROWS])
def test_a_job_asks_for_more_than_it_was_measured_to_take_and_not_for_much_more(name, row):
    # As measured: tunes of their natural length.
    config = _config(row["n_tunes"], large=name == "large")
    rule = row["stage"]
    assert row["mem_mb"] <= mem_mb(rule, config) / 1.2
    assert mem_mb(rule, config) <= max(600, 5 * row["mem_mb"])
    seconds_asked = 60 * runtime_minutes(rule, config)
    assert 2 * row["seconds"] <= seconds_asked <= max(300, 30 * row["seconds"])
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
