"""What today's rules ask under configurations of a study that somebody mailed."""

import pytest
from project import ROOT

from folkprobe.refusal import Refusal
from study.asked import ask_rules

SMOKE = ["config/config.yaml", "config/smoke.yaml"]
JOBS = [
    ("generate_tunes", {"model": "smoke", "condition": "intact", "shard": "0"}),
    ("excise_units", {"model": "smoke", "lesion": "no_such_lesion"}),
    ("no_such_rule", {}),
]


def test_rules_are_asked_under_overlays_and_overrides():
    asked = ask_rules({"files": SMOKE, "overrides": {"generation": {"max_steps": 77}}}, JOBS, ROOT)
    today = asked(*JOBS[0])
    assert (today.job["config"]["max_steps"], today.job["config"]["dtype"]) == (77, "float32")
    assert today.script == "workflow/scripts/generate_tunes.py"
    assert today.inputs == [("checkpoint", "results/smoke/intact/checkpoint.h5")]
    assert today.outputs == [("tunes", "results/smoke/intact/shards/0.h5")]
    assert today.temporary == {"results/smoke/intact/shards/0.h5"}
    for missing in JOBS[1:]:
        with pytest.raises(KeyError, match=missing[0]):
            asked(*missing)


def test_a_configuration_that_the_rules_refuse_is_refused_with_their_reason():
    with pytest.raises(Refusal, match=r"today's rules cannot be read .*max_steps"):
        ask_rules({"files": SMOKE, "overrides": {"generation": {"max_steps": -1}}}, JOBS, ROOT)


@pytest.mark.parametrize("file", ["/dev/null", "config", "config/none.yaml", "README.md"])
def test_what_is_no_configuration_is_not_read(file):
    with pytest.raises(Refusal, match="is missing or cannot be read"):
        ask_rules({"files": [file], "overrides": {}}, [], ROOT)
