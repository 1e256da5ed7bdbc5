"""What jobs ask of a cluster is held to what they were measured to take."""

import json

import pytest
import yaml
from project import ROOT, parsed_rules

from study.checks import complete_config, merge_configs
from study.cluster.costs import CALIBRATION_SECONDS, COSTS, mem_mb, runtime_minutes, seconds_of

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
# Stages by themselves, of up to 10,000 tunes; and whole studies, every job of them.
MEASURED = json.loads((ROOT / "docs/scale.json").read_text(encoding="utf-8"))
STUDIES = json.loads((ROOT / "docs/jobs.json").read_text(encoding="utf-8"))
# Of the processor where the stages were measured; estimated from runs of the same tunes on both.
FASTER = {"start": 0.3, "tunes": 0.1}
DEFAULTS = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text(encoding="utf-8"))["default-resources"]


def _config(n_tunes, large=False, overlay=None, **generation):
    config = merge_configs(CONFIG, overlay or {})
    complete_config(config)
    config["generation"] = config["generation"] | {"n_tunes": n_tunes} | generation
    config["trajectories"] = config["trajectories"] | {"n_tunes": n_tunes}
    if large:
        # Its size is that of every network of 3 x 512 units.
        config["checkpoint"] = config["checkpoint"] | {"source": "https://example.org/folkrnn_v2.pkl"}
    return config


def _measured():
    """A configuration, a rule, what one of its jobs took (CPU-seconds, MB), and how fast the processor was."""
    for name in ("demo", "large"):
        for row in MEASURED[name]:
            n_tunes, rule = row["n_tunes"], row["stage"]
            config = _config(n_tunes, name == "large")
            taken = row["seconds"], row["mem_mb"], FASTER
            yield pytest.param(config, rule, *taken, id=f"{name}, {n_tunes} tunes, {rule}")
        for study in STUDIES[name]:
            n_tunes = study["overlay"]["generation"]["n_tunes"]
            config = _config(n_tunes, name == "large", study["overlay"])
            for row in study["rules"]:
                label = f"{name}, study of {n_tunes}, {row['rule']}"
                yield pytest.param(config, row["rule"], row["seconds"], row["mem_mb"], CALIBRATION_SECONDS, id=label)


def test_every_rule_was_measured_with_few_and_more_tunes_of_both_networks():
    scripts = {path.stem for path in (ROOT / "workflow/scripts").glob("*.py")}
    of_the_study = scripts - {"scan_seeds", "find_seed", "count_corpus", "tokenise_corpus", "train_model"}
    of_the_study -= {"compare_networks", "plot_networks", "write_comparison", "write_comparison_provenance"}
    for name in ("demo", "large"):
        assert len({study["overlay"]["generation"]["n_tunes"] for study in STUDIES[name]}) == 2
        for study in STUDIES[name]:
            assert {row["rule"] for row in study["rules"]} == of_the_study


@pytest.mark.parametrize(("config", "rule", "seconds", "taken_mb", "calibration"), list(_measured()))
def test_a_job_asks_for_more_than_it_was_measured_to_take_and_not_for_much_more(
    config, rule, seconds, taken_mb, calibration
):
    asked_mb, asked_seconds = mem_mb(rule, config), 60 * runtime_minutes(rule, config)
    assert taken_mb <= asked_mb / 1.2
    assert asked_mb <= max(800, 8 * taken_mb)
    assert 2 * seconds <= asked_seconds <= max(300, 30 * seconds)
    assert seconds / 5 <= seconds_of(rule, config, calibration) <= max(4 * seconds, 2.5)


def test_a_rule_that_names_no_resources_asks_for_what_the_profile_gives_to_all():
    config = _config(10**6, large=True)
    assert "plot_score" not in COSTS
    assert DEFAULTS["mem_mb"] == mem_mb("plot_score", config)
    assert DEFAULTS["runtime"] == runtime_minutes("plot_score", config)


def test_more_shards_ask_for_less_each_and_a_larger_model_for_more():
    few, many = _config(10**6, n_shards=10), _config(10**6, n_shards=100)
    assert runtime_minutes("generate_tunes", few) > 5 * runtime_minutes("generate_tunes", many)
    assert mem_mb("gather_tunes", few) == mem_mb("gather_tunes", many)
    for rule in ("generate_tunes", "capture_trajectories"):
        assert seconds_of(rule, _config(1000, large=True)) > 3 * seconds_of(rule, _config(1000))


def test_the_rules_ask_for_what_is_computed():
    asked = {
        rule_name: tuple(rule.resources[name].value for name in ("mem_mb", "runtime"))
        for rule_name, rule in parsed_rules().items()
        # Seeds are no tunes: it asks for a constant.
        if "mem_mb" in rule.resources and rule_name != "scan_seeds"
    }
    assert asked == {rule: (mem_mb(rule, CONFIG), runtime_minutes(rule, CONFIG)) for rule in COSTS}
