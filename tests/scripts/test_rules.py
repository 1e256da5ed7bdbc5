"""What the rules hand over is what the scripts take, and every key of a configuration reaches a job."""

import ast
import copy
import inspect
import re
from types import SimpleNamespace

import pytest
import yaml
from project import ROOT

from workflow.study import conditions

RULES = ROOT / "workflow/rules"
STEMS = sorted(path.stem for path in (ROOT / "workflow/scripts").glob("*.py"))
CONFIGS = {
    name: yaml.safe_load((ROOT / f"config/{name}.yaml").read_text(encoding="utf-8")) for name in ("config", "training")
}


def _blocks(name, config):
    """Evaluate the rules' `job` under a configuration: (script, block) for each, several for one with wildcards."""
    is_training = name == "training"
    files = sorted(path for path in RULES.glob("*.smk") if (path.stem == "training") == is_training)
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    names = {"config": config, "conditions": conditions, "job_params": lambda script, block: (script, block)}
    for line in re.findall(r"^(?:CONDITIONS|LAYER_OF_LESION) = .*$", text, re.MULTILINE):
        exec(line, names)
    blocks = []
    for rule, params in re.findall(r"^rule (\w+):\n.*?^    params:\n(.*?)^    \w+:$", text, re.MULTILINE | re.DOTALL):
        job = eval(f"dict({params})", names)["job"]
        given = [job(SimpleNamespace(lesion=lesion)) for lesion in config["lesions"]] if callable(job) else [job]
        assert {script for script, _ in given} == {rule}
        blocks += given
    return blocks


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
        # Those two have tests of their own.
        assert stem in ("generate_tunes", "train_model")
        assert named == set(_words_of_the_call(stem))
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
# Keys that more than one script reads, by their first and last part; every other key has one reader.
READERS = {
    ("generation", "prompt"): {"generate_tunes", "estimate_population"},
    ("spectra", "shown_tune_index"): {"estimate_spectra", "plot_hidden_state", "plot_score", "write_midi"},
    ("selection", "spectrum"): {"select_units", "plot_unit_spectra"},
    ("selection", "period_steps"): {"select_units", "plot_power_fraction"},
    ("lesions", "layer"): {"excise_units", "plot_bar_shares"},
    ("comparison", "confidence_level"): {"compare_conditions", "estimate_population"},
    ("comparison", "n_resamples"): {"compare_conditions", "estimate_population"},
    ("comparison", "rng_seed"): {"compare_conditions", "estimate_population"},
}


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name, config in CONFIGS.items() for path in _keys(config) if path not in INPUTS],
    ids=lambda part: part if isinstance(part, str) else ".".join(part),
)
def test_every_key_of_a_configuration_reaches_the_jobs_that_read_it(name, path):
    changed = copy.deepcopy(CONFIGS[name])
    block = changed
    for key in path[:-1]:
        block = block[key]
    block[path[-1]] = "changed"
    pairs = zip(_blocks(name, CONFIGS[name]), _blocks(name, changed), strict=True)
    readers = {stem for (stem, before), (_, after) in pairs if before != after}
    expected = READERS.get((path[0], path[-1]))
    assert readers == expected if expected else len(readers) == 1
