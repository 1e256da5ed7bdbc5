"""What the rules hand over is what the scripts take, and every key of a configuration reaches a job."""

import copy
import inspect
from functools import cache
from itertools import product
from types import SimpleNamespace

import pytest
import snakemake.utils
import yaml
from project import ROOT, all_rules, parsed_rules
from snakemake.iocontainers import Wildcards

from folkprobe.provenance.job import bind_arguments
from study import checks, comparison
from study import conditions as study
from study import config as study_config
from study import lesions as lesion_study
from study.cluster import costs
from study.counting import layer_groups

SNAKEFILES = {
    "config": ROOT / "Snakefile",
    "training": ROOT / "workflow/training.smk",
    "compare": ROOT / "Snakefile",
}
STEMS = sorted(path.stem for path in (ROOT / "workflow/scripts").glob("*.py"))
CONFIGS = {name: yaml.safe_load((ROOT / f"config/{name}.yaml").read_text(encoding="utf-8")) for name in SNAKEFILES}


def _unchecked(monkeypatch):
    """Let rules be parsed under values that a study could not have, and say which script is given what."""
    monkeypatch.setattr(checks, "check_config", lambda config: None)
    monkeypatch.setattr(comparison, "refuse_repeated_keys", lambda paths: None)
    monkeypatch.setattr(study_config, "refuse_repeated_keys", lambda paths: None)
    monkeypatch.setattr(snakemake.utils, "validate", lambda *_, **__: None)
    for cost in ("mem_mb", "runtime_minutes"):
        monkeypatch.setattr(costs, cost, lambda *_: 1)
    monkeypatch.setattr(study, "job_params", lambda script, block: (script, copy.deepcopy(block)))


def _blocks(name, config):
    """What Snakemake's rules hand over under a configuration: (script, block), several for a rule with wildcards."""
    blocks = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        _unchecked(monkeypatch)
        for rule in parsed_rules(SNAKEFILES[name], config).values():
            if "__" in rule.name:
                continue
            job = dict(rule.params.items())["job"]
            given = [job(wildcards) for wildcards in _wildcards(config, rule)] if callable(job) else [job]
            assert {script for script, _ in given} == {rule.name}
            blocks += given
    return blocks


def _wildcards(config, rule):
    """Every combination of values of a rule's wildcards."""
    if rule.name == "train_model":
        return [Wildcards(fromdict={"network": network}) for network in config["models"]]
    # Of tunes, or of seeds.
    shared_out = "find_seed" if rule.name == "scan_seeds" else "generation"
    domains = {
        "model": [config["model"]],
        "lesion": study.lesions(config),
        "removal": config["interventions"]["removals"],
        "push": config["interventions"]["pushes"],
        "condition": [*study.conditions(config), *study.GENERATED],
        "shard": map(str, range(config[shared_out]["n_shards"])),
        "layers": layer_groups(config),
        "batch": map(str, range(len(lesion_study.lesion_batches(config)))),
    }
    used = sorted(rule.wildcard_names)
    return [Wildcards(fromdict=dict(zip(used, of, strict=True))) for of in product(*(domains[each] for each in used))]


def _job(stem, block):
    """What Snakemake gives the script; every named file is a list of one."""
    rule = all_rules()[stem]
    files = {}
    for section in ("input", "output"):
        named = [(name, [f"{name}.csv"]) for name, _ in getattr(rule, section)._allitems() if name]
        files[section] = SimpleNamespace(_allitems=lambda named=named: named)
    params = SimpleNamespace(job={"config": block})
    return SimpleNamespace(
        rule=stem, wildcards=dict.fromkeys(rule.wildcard_names, "1"), log=["logs/a.log"], params=params, **files
    )


BLOCKS = [block for name, config in CONFIGS.items() for block in _blocks(name, config)]


def test_every_script_is_given_a_block():
    assert sorted({stem for stem, _ in BLOCKS}) == STEMS


@pytest.mark.parametrize(("stem", "block"), BLOCKS, ids=[stem for stem, _ in BLOCKS])
def test_a_script_takes_what_its_rule_hands_over_and_needs_all_of_it(script, stem, block):
    if stem == "train_model":
        pytest.importorskip("torch", reason="PyTorch is not installed: install the extra `train`")
    main = script(stem).main
    parameters = inspect.signature(main).parameters.values()
    named = {each.name for each in parameters if each.kind is each.KEYWORD_ONLY}
    # A default would take the place of a key that was dropped.
    assert all(each.default is each.empty for each in parameters)
    # A name that only the rule or only main() knows is refused.
    given = bind_arguments(main, _job(stem, block))
    if any(each.kind is each.VAR_KEYWORD for each in parameters):
        # Theirs are held to the function that takes the rest, by tests of their own.
        assert stem in (
            "compare_specifications",
            "generate_lesions",
            "generate_tunes",
            "interchange_counts",
            "train_model",
        )
        assert given.keys() - block.keys() <= named <= given.keys()
    else:
        assert named == given.keys()


def _keys(config, path=()):
    for key, value in config.items():
        if isinstance(value, dict):
            yield from _keys(value, (*path, key))
        else:
            yield *path, key


# Input files of their rule.
INPUTS = {("corpus", "tune_books"), ("checkpoint", "vocabulary"), ("baseline", "tunes")}
# Of a local network, its file says it.
UNREAD = {("checkpoint", "n_layers")}
COMPARERS = {"compare_conditions", "compare_interventions", "estimate_auc", "estimate_bar_ends", "estimate_population"}
COUNTERS = {"interchange_counts", "perturb_phase"}
REGRESSIONS = {"estimate_clocks", "estimate_probe"}
GENERATION = ("rng_seed", "n_tunes", "temperature", "max_steps", "sampler", "dtype")
FAMILY_SIZE = {"select_lesion_units", "generate_lesions", "count_lesions", "interchange_counts"}
LESION_STUDY = {"select_lesion_units", "generate_lesions", "count_lesions"}
# They call stimulated conditions in words.
NAMED = {"plot_bar_shares", "plot_bar_verdicts", "plot_population", "write_report"}
# They shade the band of the bar.
SHADED = {
    "plot_lines",
    "plot_mean_spectra",
    "plot_power_fraction",
    "plot_recurrences",
    "plot_replays",
    "plot_responses",
    "plot_unit_overlay",
    "plot_unit_spectra",
}
CUTS = {"generate_lesions", "count_lesions", "plot_lesion_doses", "plot_lesion_effects", "write_report"}
# Keys that more than one script reads, by their first part and their last, or second; every other key has one reader.
READERS = {
    ("checkpoint", "transform"): {"convert_checkpoint", "judge_claims"},
    ("model", "model"): {"convert_checkpoint", "write_crate", "write_report"},
    **{("generation", key): {"generate_lesions", "generate_tunes", "write_report"} for key in GENERATION},
    ("generation", "prompt"): {"generate_lesions", "generate_tunes", "estimate_population", "write_report"},
    ("windows", "n_steps"): {"compare_windows", "plot_window_spectra"},
    ("spectra", "shown_tune_index"): {
        "compare_specifications",
        "compute_claims",
        "compute_claims_part3",
        "count_recurrences",
        "estimate_lines",
        "estimate_spectra",
        "plot_activation_distribution",
        "plot_bar_verdicts",
        "plot_hidden_state",
        "plot_maximum_magnitude",
        "plot_posterior",
        "plot_recurrences",
        "plot_score",
        "plot_unit_overlay",
        "select_peaks",
        "select_units",
        "write_midi",
        "write_report",
    },
    ("selection", "spectrum"): {"select_units", "plot_unit_spectra"},
    ("selection", "period_steps"): {
        "compare_replays",
        "estimate_band_lines",
        "select_units",
        "write_report",
        *SHADED,
    },
    ("spectra", "population_segment_steps"): {"estimate_spectra", "select_units"},
    ("selection", "include_dc"): {"compare_replays", "select_units"},
    # A bar is moved in finished tunes, and late in those that are drawn without their bars in place.
    ("manipulation", "shift_steps_max"): {"generate_tunes", "manipulate_tunes"},
    ("lines", "time_half_bandwidth"): {"estimate_band_lines", "estimate_coherence", "estimate_lines"},
    ("lines", "false_discovery_rate"): {"estimate_band_lines", "estimate_lines"},
    **{
        ("lesions", key): {"excise_units", "plot_bar_shares", "plot_population", "write_report"}
        for key in ("layer", "value", "scope")
    },
    ("stimuli", "kind"): {"generate_tunes"} | NAMED,
    ("stimulated", "stimulus"): {"generate_tunes"} | NAMED,
    ("stimulated", "network"): NAMED,
    ("lesion_study", "rng_seed"): {"select_lesion_units", "compare_conditions"},
    ("lesion_study", "n_units"): FAMILY_SIZE,
    ("lesion_study", "share_of_layer"): FAMILY_SIZE,
    ("lesion_study", "n_random_sets"): LESION_STUDY,
    ("lesion_study", "with_controls"): LESION_STUDY | {"write_report"},
    ("lesion_study", "primary_family"): {"compare_conditions", "interchange_counts", "write_report"},
    ("lesion_study", "value"): CUTS,
    ("lesion_study", "scope"): CUTS,
    ("find_seed", "prompt"): {"find_seed", "scan_seeds"},
    ("find_seed", "temperature"): {"find_seed", "scan_seeds"},
    ("comparison", "confidence_level"): COMPARERS | COUNTERS | REGRESSIONS,
    ("comparison", "n_resamples"): COMPARERS | COUNTERS | REGRESSIONS,
    **{("count_study", key): COUNTERS for key in ("elapsed_eighths", "n_eighths", "n_sites_per_count")},
    ("count_study", "rng_seed"): COUNTERS | REGRESSIONS,
    ("comparison", "rng_seed"): COMPARERS,
    ("interventions", "removals"): {"compare_interventions", "remove_directions"},
    ("interventions", "pushes"): {"compare_interventions", "push_bias", "write_report"},
}


def _changed(value):
    if isinstance(value, bool):
        return not value
    # What mixes in a class that the network lacks is left out, and lesions have words for each way of excising.
    others = {"pitch": "duration", "zero": "mean", "mean": "zero", "both": "out", "out": "rec", "rec": "both"}
    if isinstance(value, int | float):
        return value + 1
    return others.get(value, "changed") if isinstance(value, str) else "changed"


@cache
def _before(name):
    """A configuration in which every key counts, and what the rules hand over under it."""
    config = copy.deepcopy(CONFIGS[name])
    if name == "config":
        # Another layer than `each` changes which conditions there are.
        config["lesions"]["excised"]["layer"] = 1
        # For a stimulated condition to change to.
        config["stimuli"]["changed"] = {"kind": "forced"}
        config["trajectories"]["n_tunes"] -= 1
        # Families of one size share their sets, which hides a change of one.
        for number, family in enumerate(config["lesion_study"]["families"].values()):
            family["share_of_layer"] += number / 100
    return config, _blocks(name, config)


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name in ("config", "training") for path in _keys(CONFIGS[name]) if path not in INPUTS | UNREAD],
    ids=lambda part: part if isinstance(part, str) else ".".join(part),
)
def test_every_key_of_a_configuration_reaches_the_jobs_that_read_it(name, path):
    before, jobs_before = _before(name)
    after = copy.deepcopy(before)
    block = after
    for key in path[:-1]:
        block = block[key]
    block[path[-1]] = _changed(block[path[-1]])
    jobs_after = _blocks(name, after)

    def of_script(stem, jobs):
        return [block for script, block in jobs if script == stem]

    readers = {stem for stem in STEMS if of_script(stem, jobs_before) != of_script(stem, jobs_after)}
    if name == "config":
        # The manifest says all of it.
        readers.remove("write_provenance")
    expected = READERS.get((path[0], path[-1])) or READERS.get(path[:2])
    if path[:2] == ("lesion_study", "families") and path[2] != before["lesion_study"]["primary_family"]:
        expected = expected - {"interchange_counts", *({"write_report"} if path[-1] == "with_controls" else ())}
    if path[:2] == ("interventions", "removals"):
        # What figures call a removal may stay the same.
        readers -= {"plot_removals", "write_report"}
    if expected:
        assert readers == expected
    else:
        assert len(readers) == 1, readers
