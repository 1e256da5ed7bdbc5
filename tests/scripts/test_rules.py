"""What the rules hand over is what the scripts take, and every key of a configuration reaches a job."""

import ast
import copy
import inspect
import re
from itertools import product
from types import SimpleNamespace

import pytest
import yaml
from project import ROOT
from snakemake.io import expand

from study import conditions as study
from study import lesions as lesion_study
from study.jobs import configuration

SNAKEFILES = {"config": ROOT / "Snakefile", "training": ROOT / "workflow/training.smk"}
STEMS = sorted(path.stem for path in (ROOT / "workflow/scripts").glob("*.py"))
CONFIGS = {name: yaml.safe_load((ROOT / f"config/{name}.yaml").read_text(encoding="utf-8")) for name in SNAKEFILES}


def _blocks(name, config):
    """Evaluate the rules' `job` under a configuration: (script, block) for each, several for one with wildcards."""
    snakefile = SNAKEFILES[name]
    includes = re.findall(r'^include: "(.+)"$', snakefile.read_text(encoding="utf-8"), re.MULTILINE)
    text = "\n".join((snakefile.parent / path).read_text(encoding="utf-8") for path in includes)
    settings = SimpleNamespace(configfiles=[], config={})
    names = {
        "config": config,
        "configuration": configuration,
        "expand": expand,
        "workflow": SimpleNamespace(configfiles=["config/config.yaml"], config_settings=settings),
        **vars(study),
        **vars(lesion_study),
        "job_params": lambda script, block: (script, copy.deepcopy(block)),
    }
    # An assignment ends where a line starts with neither white space nor a closing bracket.
    for assignment in re.findall(r"^[A-Z][A-Z_]* = .*(?:\n[ \])}].*)*", text, re.MULTILINE):
        exec(assignment, names)
    blocks = []
    for rule, params in re.findall(r"^rule (\w+):\n.*?^    params:\n(.*?)^    \w+:$", text, re.MULTILINE | re.DOTALL):
        job = eval(f"dict({params})", names)["job"]
        given = [job(wildcards) for wildcards in _wildcards(config, params)] if callable(job) else [job]
        assert {script for script, _ in given} == {rule}
        blocks += given
    return blocks


def _wildcards(config, params):
    """Every combination of values of the wildcards that params read."""
    used = sorted(set(re.findall(r"wildcards\.(\w+)", params)))
    # Of tunes, or of seeds.
    shared_out = "find_seed" if "seed_range_block" in params else "generation"
    domains = {
        "lesion": config["lesions"],
        "removal": config["interventions"]["removals"],
        "push": config["interventions"]["pushes"],
        "condition": [*study.conditions(config), *study.GENERATED],
        "shard": map(str, range(config[shared_out]["n_shards"])) if shared_out in config else (),
        "batch": map(str, range(len(lesion_study.lesion_batches(config)))) if "lesion_study" in config else (),
    }
    return [SimpleNamespace(**dict(zip(used, of, strict=True))) for of in product(*(domains[name] for name in used))]


def _words_of_the_call(stem):
    """Keywords that the script's guard gives to main() besides the block."""
    tree = ast.parse((ROOT / f"workflow/scripts/{stem}.py").read_text(encoding="utf-8"))
    (call,) = (
        node
        for node in ast.walk(tree.body[-1])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "main"
    )
    assert [ast.unparse(word.value) for word in call.keywords if word.arg is None] == ["snakemake.params.job['config']"]
    return [word.arg for word in call.keywords if word.arg]


BLOCKS = [block for name, config in CONFIGS.items() for block in _blocks(name, config)]


def test_every_script_is_given_a_block():
    assert sorted({stem for stem, _ in BLOCKS}) == STEMS


@pytest.mark.parametrize(("stem", "block"), BLOCKS, ids=[stem for stem, _ in BLOCKS])
def test_a_script_takes_what_its_rule_hands_over_and_needs_all_of_it(script, stem, block):
    if stem == "train_model":
        pytest.importorskip("torch", reason="PyTorch is not installed: install the extra `train`")
    parameters = inspect.signature(script(stem).main).parameters.values()
    named = {each.name for each in parameters if each.kind is each.KEYWORD_ONLY}
    # A default would take the place of a key that was dropped.
    assert all(each.default is each.empty for each in parameters)
    given = [*_words_of_the_call(stem), *block]
    assert len(given) == len(set(given))
    if any(each.kind is each.VAR_KEYWORD for each in parameters):
        # Theirs are held to the function that takes the rest, by tests of their own.
        assert stem in ("compare_specifications", "generate_lesions", "generate_tunes", "train_model")
        assert set(_words_of_the_call(stem)) <= named <= set(given)
    else:
        assert named == set(given)


def _keys(config, path=()):
    for key, value in config.items():
        if isinstance(value, dict):
            yield from _keys(value, (*path, key))
        else:
            yield *path, key


# Input files of their rule.
INPUTS = {("corpus", "tune_books"), ("checkpoint", "vocabulary"), ("baseline", "tunes")}
COMPARERS = {"compare_conditions", "compare_interventions", "estimate_auc", "estimate_population"}
GENERATION = ("rng_seed", "n_tunes", "temperature", "max_steps", "sampler", "dtype")
LESION_STUDY = {"select_lesion_units", "generate_lesions", "count_lesions"}
CUTS = {"generate_lesions", "count_lesions", "plot_lesion_doses", "plot_lesion_effects"}
# Keys that more than one script reads, by their first part and their last, or second; every other key has one reader.
READERS = {
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
        "write_midi",
    },
    ("selection", "spectrum"): {"select_units", "plot_unit_spectra"},
    ("selection", "period_steps"): {
        "compare_replays",
        "estimate_band_lines",
        "plot_power_fraction",
        "plot_responses",
        "plot_unit_overlay",
        "select_units",
        "write_report",
    },
    ("selection", "include_dc"): {"compare_replays", "select_units"},
    # A bar is moved in finished tunes, and late in those that are drawn without their bars in place.
    ("manipulation", "shift_steps_max"): {"generate_tunes", "manipulate_tunes"},
    ("lines", "time_half_bandwidth"): {"estimate_band_lines", "estimate_lines"},
    ("lines", "false_discovery_rate"): {"estimate_band_lines", "estimate_lines"},
    ("lesions", "layer"): {"excise_units", "plot_bar_shares"},
    ("lesion_study", "rng_seed"): {"select_lesion_units", "compare_conditions"},
    ("lesion_study", "n_units"): LESION_STUDY,
    ("lesion_study", "share_of_layer"): LESION_STUDY,
    ("lesion_study", "n_random_sets"): LESION_STUDY,
    ("lesion_study", "with_controls"): LESION_STUDY,
    ("lesion_study", "value"): CUTS,
    ("lesion_study", "scope"): CUTS,
    ("find_seed", "prompt"): {"find_seed", "scan_seeds"},
    ("find_seed", "temperature"): {"find_seed", "scan_seeds"},
    ("comparison", "confidence_level"): COMPARERS,
    ("comparison", "n_resamples"): COMPARERS,
    ("comparison", "rng_seed"): COMPARERS,
    ("interventions", "removals"): {"compare_interventions", "remove_directions"},
    ("interventions", "pushes"): {"compare_interventions", "push_bias"},
}


def _changed(value):
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else "changed"


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name, config in CONFIGS.items() for path in _keys(config) if path not in INPUTS],
    ids=lambda part: part if isinstance(part, str) else ".".join(part),
)
def test_every_key_of_a_configuration_reaches_the_jobs_that_read_it(name, path):
    before = copy.deepcopy(CONFIGS[name])
    if name == "config":
        # For a stimulated condition to change to.
        before["stimuli"]["changed"] = {"kind": "forced"}
        # Families of one size share their sets, which hides a change of one.
        for number, family in enumerate(before["lesion_study"]["families"].values()):
            family["share_of_layer"] += number / 100
    after = copy.deepcopy(before)
    block = after
    for key in path[:-1]:
        block = block[key]
    block[path[-1]] = _changed(block[path[-1]])
    jobs_before, jobs_after = _blocks(name, before), _blocks(name, after)

    def of_script(stem, jobs):
        return [block for script, block in jobs if script == stem]

    readers = {stem for stem in STEMS if of_script(stem, jobs_before) != of_script(stem, jobs_after)}
    if name == "config":
        # The manifest says all of it.
        readers.remove("write_provenance")
    expected = READERS.get((path[0], path[-1])) or READERS.get(path[:2])
    if expected:
        assert readers == expected
    else:
        assert len(readers) == 1, readers
