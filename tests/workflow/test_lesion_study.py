"""From families to conditions and jobs."""

import copy
from collections import Counter

import pytest
import yaml
from project import ROOT

from study.lesions import (
    describe_lesion_study,
    lesion_batch_block,
    lesion_batches,
    lesion_conditions,
    lesion_sets,
)

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text())
FULL = yaml.safe_load((ROOT / "config/full_study.yaml").read_text())["lesion_study"]["families"]


def _config(**families):
    config = copy.deepcopy(CONFIG)
    for name, family in families.items():
        config["lesion_study"]["families"][name] = config["lesion_study"]["families"].get(name, {}) | family
    return config


def test_the_default_study_is_a_third_of_each_layer_with_five_random_sets():
    conditions = lesion_conditions(CONFIG)
    assert len(conditions) == len({each["condition"] for each in conditions}) == 78
    assert {each["layer"] for each in conditions} == {1, 2, 3}
    assert {each["share_of_layer"] for each in conditions} == {0.33}
    of_family = {
        name: Counter(each["kind"] for each in conditions if each["family"] == name and each["layer"] == 2)
        for name in CONFIG["lesion_study"]["families"]
    }
    assert of_family["third"] == {"targeted": 1, "random": 5, "activity_matched": 1, "bottom": 1}
    for name in ("third_mean", "third_out", "third_rec"):
        assert of_family[name] == {"targeted": 1, "random": 5}
    ways = {each["family"]: (each["value"], each["scope"]) for each in conditions}
    assert ways == {
        "third": ("zero", "both"),
        "third_mean": ("mean", "both"),
        "third_out": ("zero", "out"),
        "third_rec": ("zero", "rec"),
    }
    assert conditions[0]["condition"] == "layer_1_third_targeted"
    assert conditions[5]["condition"] == "layer_1_third_random_04"


def test_the_full_study_has_39_sets_at_a_third_and_20_at_four_sizes():
    conditions = lesion_conditions(_config(**FULL))
    assert len(conditions) == 456
    n_random = Counter(each["family"] for each in conditions if each["kind"] == "random" and each["layer"] == 3)
    assert n_random == {
        "third": 39,
        **dict.fromkeys(("third_mean", "third_out", "third_rec"), 5),
        **dict.fromkeys(("units_8", "units_16", "units_32", "units_64"), 20),
    }
    for each in conditions:
        if each["family"].startswith("units"):
            assert each["n_units"] == int(each["family"].removeprefix("units_"))
            assert each["share_of_layer"] is None
    assert "456 conditions" in (ROOT / "config/full_study.yaml").read_text()


def test_families_of_one_size_share_their_sets():
    sets = lesion_sets(CONFIG)
    assert len(sets) == 3 * 8
    assert {each["set_index"] for each in sets if each["kind"] == "random"} == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("n_at_once", [1, 12, 77, 78, 1000])
def test_every_condition_is_in_one_job(n_at_once):
    config = _config()
    config["lesion_study"]["n_conditions_per_job"] = n_at_once
    batches = lesion_batches(config)
    assert [condition for batch in batches for condition in batch] == lesion_conditions(config)
    assert max(map(len, batches)) == min(n_at_once, 78)
    block = lesion_batch_block(config, len(batches) - 1)
    assert block["conditions"] == batches[-1]
    assert "n_shards" not in block
    assert block["n_tunes"] == config["generation"]["n_tunes"]


def test_the_size_is_said_in_a_sentence():
    assert describe_lesion_study(CONFIG) == "Lesion study: 78 conditions of 200 tunes each (15600 tunes) in 7 jobs."
