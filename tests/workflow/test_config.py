"""Configurations that cannot give a study are refused in one sentence that names the key."""

import copy
import re

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from project import ROOT
from snakemake.cli import parse_config
from snakemake.utils import update_config

from folkprobe.claims.claim import read_claims
from folkprobe.music.vocabulary import TOKEN_CLASSES
from folkprobe.network.sampling import SAMPLERS
from folkprobe.network.trajectory import ARRAYS
from folkprobe.refusal import Refusal
from study.checks import _PATTERNS, SCHEMA_PATH, check_config, complete_config, merge_configs
from study.comparison import OVERLAYS_KEY, check_comparison, studies
from study.conditions import (
    GENERATED,
    MANIPULATIONS,
    conditions,
    generation_block,
    interventions,
    job_params,
    lesions,
    network_of,
    replay_block,
    seed_range_block,
)
from study.config import refuse_repeated_keys
from study.values import read_values

SCHEMA = yaml.safe_load(SCHEMA_PATH.read_text())


_FAMILY = {"value": "zero", "scope": "both", "n_random_sets": 2, "with_controls": False}

VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
CONFIGS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


@pytest.mark.parametrize(
    ("page", "number", "overlay"),
    [
        (page.name, number, overlay)
        for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
        for number, overlay in enumerate(re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
    ],
)
def test_the_overlays_that_the_docs_print_are_studies(page, number, overlay):
    check_config(_config(yaml.safe_load(overlay.replace("path/to/my_model.pkl", "resources/checkpoints/demo.pkl"))))


def test_of_few_tunes_all_are_replayed():
    assert replay_block(_config({"generation": {"n_tunes": 5}}))["n_tunes"] == 5
    assert replay_block(_config({"trajectories": {"n_tunes": 5}}))["n_tunes"] == 5
    with pytest.raises(Refusal, match=r"shown_tune_index: tune 5 is not among the 5 tunes"):
        check_config(_config({"generation": {"n_tunes": 5}, "spectra": {"shown_tune_index": 5}}))


@given(CONFIGS, CONFIGS)
def test_configurations_are_merged_as_snakemake_merges_them(config, overlay):
    before, expected = copy.deepcopy(config), copy.deepcopy(config)
    update_config(expected, copy.deepcopy(overlay))
    assert merge_configs(config, overlay) == expected
    assert config == before


def _config(*overlays):
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    for overlay in overlays:
        config = merge_configs(config, overlay)
    complete_config(config)
    return config


def _changed(path, value):
    config = copy.deepcopy(_config())
    *parents, last = path.split(".")
    block = config
    for parent in parents:
        block = block[parent]
    if value is _ABSENT:
        del block[last]
    else:
        block[last] = value
    return config


_ABSENT = object()


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in (ROOT / "config").glob("[!c]*.yaml") if path.stem != "training")
)
def test_the_configurations_that_we_ship_are_accepted(name):
    check_config(_config(yaml.safe_load((ROOT / f"config/{name}.yaml").read_text())))


@pytest.mark.parametrize("name", ["compare", "compare_published"])
def test_the_comparisons_that_we_ship_are_accepted(name):
    config = _config(yaml.safe_load((ROOT / f"config/{name}.yaml").read_text()))
    check_comparison(config)
    assert len(studies(config)) == len(config["compare"]["studies"])
    for study in studies(config).values():
        assert study.pop(OVERLAYS_KEY) is not None
        check_config(study)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"compare": {"reference": "other"}},
            "compare.reference: 'other' is not one of demo, demo_untrained, two_layers, ",
        ),
        ({"compare": {"studies": [[], []]}}, "compare.studies: two studies have the model demo"),
        ({"compare": {"studies": [[]]}}, "config key compare.studies"),
        ({"compare": {"studies": [[], ["config/no.yaml"]]}}, "config/no.yaml: No such file"),
        ({"generation": {"n_tunes": 12}}, "config key generation: beside `compare` nothing may be set"),
    ],
)
def test_a_broken_comparison_is_refused_by_key(change, sentence):
    config = _config(yaml.safe_load((ROOT / "config/compare.yaml").read_text()), change)
    with pytest.raises(Refusal, match=sentence):
        check_comparison(config)


def test_no_model_inherits_the_thresholds_of_another():
    for path in (ROOT / "config").glob("*.yaml"):
        selection = yaml.safe_load(path.read_text()).get("selection", {})
        # Of v2, the article gives one.
        assert selection.get("power_fraction_above") == (0.00025 if path.stem == "folkrnn_v2" else None), path


def test_the_schema_is_a_schema_and_closed_at_every_level():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def visit(schema, path):
        if schema.get("type") == "object":
            assert "additionalProperties" in schema, path
            assert schema["additionalProperties"] is not True, path
            if "properties" in schema:
                assert set(schema["required"]) == set(schema["properties"]), path
        for name, inner in schema.get("properties", {}).items():
            assert inner["description"].endswith("."), f"{path}.{name} has no description"
            visit(inner, f"{path}.{name}")

    visit(SCHEMA, "config")


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("n_tunes", 5, "unknown config key n_tunes: allowed here are baseline, checkpoint"),
        ("generation.n_tune", 5, "unknown config key generation.n_tune: allowed here are dtype"),
        ("lesions.a", {"layer": 1, "value": 0, "scope": "both", "top": 3}, "unknown config key lesions.a.top"),
        ("generation.n_tunes", _ABSENT, "config key generation.n_tunes is missing"),
        ("generation.n_tunes", 0, "config key generation.n_tunes .Number of tunes per condition.*minimum"),
        ("generation.n_tunes", 12.0, "config key generation.n_tunes .*12.0 is not of type 'integer'"),
        ("generation.n_tunes", True, "config key generation.n_tunes .*not of type 'integer'"),
        ("generation.rng_seed", 2**63, "config key generation.rng_seed .*maximum"),
        ("generation.n_tunes", "many", "config key generation.n_tunes .*not of type 'integer'"),
        ("generation.temperature", -1, "config key generation.temperature"),
        ("generation.temperature", float("nan"), "config key generation.temperature: nan"),
        ("generation.dtype", "float16", "config key generation.dtype .*'float64', 'float32'"),
        ("generation.max_steps", 2000, "config key generation.max_steps: .*population_n_fft = 1024"),
        ("spectra.population_segment_steps", 1025, "spectra.population_segment_steps: .*population_n_fft = 1024"),
        ("windows.n_steps", 2, "config key windows.n_steps"),
        ("spectra.shown_tune_index", 200, "config key spectra.shown_tune_index: tune 200"),
        ("spectra.window", "hamming", "config key spectra.window"),
        ("selection.period_steps", [9.3, 8.7], "config keys selection.period_steps and .*9.3, 8.7"),
        ("selection.period_steps", [9.01, 9.02], "config keys selection.period_steps .*no DFT bin at n_fft = 1024"),
        ("selection.period_steps", [9], "config key selection.period_steps"),
        ("selection.power_fraction_above", 2.5, "config key selection.power_fraction_above"),
        ("selection.power_fraction_above", [None, 2.5, None], "config key selection.power_fraction_above.1"),
        ("selection.power_fraction_above", {"layer_1": 0.1}, "config key selection.power_fraction_above"),
        (
            "selection.power_fraction_above",
            [0.1] * 2,
            "power_fraction_above: a list of 2 where .* 3 LSTM layers",
        ),
        ("selection.share_of_layer", [0.1] * 4, "selection.share_of_layer: a list of 4 where the network has 3"),
        ("lesion_study.families.third.share_of_layer", [0.3], "third.share_of_layer: a list of 1 where"),
        (
            "lesion_study.families.third",
            {"n_units": [8, 129, 8], "share_of_layer": None} | _FAMILY,
            "families.third.n_units: layer 2 has 128 units, so that 129 cannot be excised",
        ),
        ("checkpoint.n_layers", 2, "checkpoint.n_layers: resources/checkpoints/demo.pkl has 3 LSTM layers, not 2"),
        ("checkpoint.n_layers", 9, "config key checkpoint.n_layers"),
        ("lesions.a", {"layer": 4, "value": 0, "scope": "both"}, "lesions.a.layer: the network has no layer 4"),
        ("lesions.a", {"layer": 9, "value": 0, "scope": "both"}, "config key lesions.a.layer"),
        ("lesions.layer_4_excised", {"value": 0, "scope": "both"}, "lesions.layer_4_excised.layer is missing"),
        ("lesions.a", {"layer": 1, "value": 0, "scope": "all"}, "config key lesions.a.scope"),
        ("lesions.intact", {"layer": 1, "value": 0, "scope": "both"}, "config key lesions"),
        ("lesions.a b", {"layer": 1, "value": 0, "scope": "both"}, "config key lesions"),
        ("generation.n_shards", 0, "config key generation.n_shards"),
        ("generation.n_shards", 201, "config key generation.n_shards: 201 jobs cannot share 200 tunes"),
        ("find_seed.prefix", " ", "config key find_seed.prefix"),
        ("find_seed.first_rng_seed", 1, "config key find_seed.n_seeds: the range ends at 4294967297"),
        ("find_seed.n_seeds", 63, "config key find_seed.n_shards: 64 jobs cannot share 63 seeds"),
        ("trajectories.arrays", ["hidden_state"], "config key trajectories.arrays"),
        ("trajectories.arrays", ["hidden_state", "posterior", "states"], "config key trajectories.arrays"),
        ("stimuli.a", {"kind": "two_hot", "token_weight": 1, "mixed_class": "pitch"}, "stimuli.a.token_weight"),
        ("stimuli.a", {"kind": "two_hot", "token_weight": 0.7}, "stimuli.a.mixed_class is missing"),
        ("stimuli.a", {"kind": "forced"}, "stimuli.a.tokens is missing"),
        ("stimuli.a", {"kind": "forced", "tokens": "C", "token_weight": 0.5}, "stimuli.a: 'token_weight' is not"),
        (
            "stimulated.a",
            {"network": "layer_4", "stimulus": "two_hot"},
            "stimulated.a.network: 'layer_4' is not one of",
        ),
        (
            "stimulated.a",
            {"network": "intact", "stimulus": "three"},
            "stimulated.a.stimulus: 'three' is not one of two_",
        ),
        ("stimulated.layer_1_excised", {"network": "intact", "stimulus": "two_hot"}, "a lesion has the same name"),
        ("stimulated.intact", {"network": "intact", "stimulus": "two_hot"}, "config key stimulated"),
        (
            "interventions.removals.layer_1_excised",
            {"direction": 1, "gauge_fixed": False, "keep_mean": True, "control_rng_seed": None},
            "the condition layer_1_excised is declared more than once",
        ),
        ("interventions.pushes.w1_pushed_up.alpha", "much", "config key interventions.pushes.w1_pushed_up.alpha"),
        ("interventions.removals.w1_removed.alpha", 1.0, "unknown config key interventions.removals.w1_removed.alpha"),
        ("interventions.removals.w1_removed.direction", 0, "config key interventions.removals.w1_removed.direction"),
        ("checkpoint.source", "no/such.pkl", "config key checkpoint.source: there is no file no/such.pkl"),
        ("baseline.tunes", "no/such.csv", "config key baseline.tunes: there is no file no/such.csv"),
        ("checkpoint.git_blob_id", "123", "config key checkpoint.git_blob_id"),
        ("checkpoint.vocabulary", "no/such.json", "config key checkpoint.vocabulary: there is no file no/such.json"),
        ("model", "a/b", "config key model"),
    ],
)
def test_a_broken_configuration_is_refused_by_key(path, value, sentence):
    with pytest.raises(Refusal, match=sentence) as refusal:
        check_config(_changed(path, value))
    assert "\n" not in str(refusal.value)


_NAN, _INF = float("nan"), float("inf")
_LESION = {"layer": 1, "value": 0, "scope": "both"}


@pytest.mark.parametrize(
    ("path", "value", "allowed"),
    [
        ("generation", None, "a mapping of keys"),
        ("generation", [], "a mapping of keys"),
        ("lesions", [], "a mapping of keys"),
        ("selection.power_fraction_above", "0.1", "allowed: a number or null or a list, at least 0, at most 1"),
        ("selection.power_fraction_above", _ABSENT, "is missing"),
        ("selection.share_of_layer", _ABSENT, "is missing"),
        ("trajectories", _ABSENT, "is missing"),
        ("lesion_study.families.third.scope", _ABSENT, "is missing"),
        ("seed", 11, "allowed here are"),
        ("checkpoint.sourc", "x", "allowed here are git_blob_id, n_layers, source, transform"),
        ("spectra.windw", "hann", "allowed here are population_n_fft"),
        ("interventions.removal", {}, "allowed here are pushes, removals"),
        ("interventions.pushes.w1_pushed_up.beta", 1, "allowed here are alpha"),
        ("lesion_study.famlies", {}, "allowed here are families"),
        ("find_seed.prefix", " ", "allowed: text that is not blank"),
        ("model", 5, "allowed: letters, digits, - and _"),
        ("model", "", "allowed: letters, digits, - and _"),
        ("model", "..", "allowed: letters, digits, - and _"),
        ("model", "a b", "allowed: letters, digits, - and _"),
        ("checkpoint.source", None, "allowed: text"),
        ("checkpoint.source", "", "allowed: text, its length at least 1"),
        ("checkpoint.source", ["a"], "allowed: text"),
        ("checkpoint.source", "results", "there is no file results"),
        ("checkpoint.git_blob_id", "6AC1708b3532be8a2f53b53dda4a97ec77f46791", "40 digits of 0-9 and a-f"),
        ("generation.rng_seed", -1, "allowed: a whole number, at least 0"),
        ("generation.rng_seed", "2015", "allowed: a whole number"),
        ("generation.temperature", 0, "allowed: a number, above 0"),
        ("generation.temperature", _INF, "inf is not a number that can be used"),
        ("generation.temperature", "warm", "allowed: a number, above 0"),
        ("generation.prompt", None, "allowed: text"),
        ("generation.max_steps", -3, "at least 1"),
        ("generation.sampler", "folkrnn", "['per-tune', 'folk-rnn']"),
        ("generation.dtype", 64, "['float64', 'float32']"),
        ("generation.n_shards", -1, "at least 1"),
        ("trajectories.n_tunes", 0, "at least 1"),
        ("trajectories.arrays", [], "hidden_state is missing"),
        ("trajectories.arrays", "posterior", "allowed: a list"),
        ("trajectories.arrays", ["hidden_state", "hidden_state", "posterior"], "non-unique"),
        ("windows.n_steps", -147, "at least 16"),
        ("spectra.population_n_fft", 1000.5, "allowed: a whole number, at least 2"),
        ("spectra.shown_tune_index", -1, "at least 0"),
        ("spectra.window", None, "['hann', 'hann_symmetric', 'hanning', 'rect']"),
        ("selection.period_steps", ["a", "b"], "allowed: a number"),
        ("selection.period_steps", [8.7, 9.3, 10], "allowed: a list, its length at least 2"),
        ("selection.period_steps", [_NAN, 9.3], "nan is not a number that can be used"),
        ("selection.period_steps", [-8.7, 9.3], "at least 2"),
        ("selection.include_dc", "yes", "allowed: true or false"),
        ("selection.include_dc", 1, "allowed: true or false"),
        ("selection.spectrum", "shown", "['population', 'shown_tune']"),
        ("selection.power_fraction_above", [0, -0.1, 0], "allowed: a number or null, at least 0, at most 1"),
        ("selection.share_of_layer", 33, "allowed: a number or a list, above 0, at most 1"),
        ("selection.share_of_layer", 0, "above 0"),
        ("selection.share_of_layer", None, "allowed: a number or a list, above 0"),
        ("selection.share_of_layer", _NAN, "nan is not a number that can be used"),
        ("selection.power_fraction_above", _NAN, "nan is not a number that can be used"),
        ("peaks.prominence_db_min", -1, "at least 0"),
        ("lines.time_half_bandwidth", 0, "at least 1.5"),
        ("lines.false_discovery_rate", 2, "below 1"),
        ("lines.n_surrogates", 0, "at least 19"),
        ("manipulation.shift_steps_max", -1, "at least 0"),
        ("specifications.windows", ["hanning", "hamming"], "'hamming' is not one of"),
        ("specifications.windows", [], "its length at least 1"),
        ("specifications.n_fft", [0], "at least 2"),
        (
            "specifications.bands_steps",
            [[9.3, 8.7]],
            "[9.3, 8.7] is not a band of periods, give the shorter edge",
        ),
        ("specifications.bands_steps", [[8.7]], "its length at least 2"),
        ("lesions.a", _LESION | {"layer": "1"}, "not one of [1, 2, 3, 4, 5, 6, 7, 8, 'each']"),
        ("lesions.a", _LESION | {"value": _NAN}, "nan is not a number that can be used"),
        ("lesions.a", _LESION | {"unit_index": [-1]}, "at least 0"),
        ("lesions.a", _LESION | {"unit_index": [3, 3]}, "non-unique"),
        ("lesions.a", _LESION | {"unit_index": 3}, "allowed: a list"),
        ("lesions.a/b", _LESION, "allowed: letters, digits, - and _"),
        ("stimuli.two_hot.token_weight", 0, "above 0, below 1"),
        ("stimuli.two_hot.mixed_class", "pitches", "'pitches' is not one of ["),
        ("stimuli.two_hot.kind", "three_hot", "not one of ['two_hot', 'forced']"),
        ("softmax.n_top_tokens", 0, "at least 1, at most 20"),
        ("interventions.pushes.w1_pushed_up.direction", 1.5, "allowed: a whole number, at least 1"),
        ("interventions.pushes.w1_pushed_up.alpha", _INF, "inf is not a number that can be used"),
        ("interventions.removals.w1_removed.keep_mean", "no", "allowed: true or false"),
        ("comparison.confidence_level", 95, "below 1"),
        ("comparison.n_resamples", 10, "at least 100"),
        ("baseline.label", "", "its length at least 1"),
        ("lesion_study.families.third.share_of_layer", 2, "at most 1"),
        ("lesion_study.families.third.n_units", 10, "set one, the other to null"),
        ("lesion_study.families.third.value", "median", "not one of ['zero', 'mean']"),
        ("lesion_study.families.third.n_random_sets", -1, "at least 0"),
        ("lesion_study.n_conditions_per_job", 0, "at least 1"),
    ],
)
def test_a_broken_configuration_is_one_sentence_with_the_key_and_what_is_allowed(path, value, allowed):
    with pytest.raises(Refusal) as refusal:
        check_config(_changed(path, value))
    sentence = str(refusal.value)
    # Of a name with a letter that is not allowed, and of a list's member, the mapping or list is named.
    assert path.rpartition(".")[0] in sentence
    assert path.rpartition(".")[2].split("/")[0] in sentence
    assert allowed in sentence
    assert "\n" not in sentence


def test_every_pattern_of_the_schema_has_its_words():
    quoted = re.findall(r"""pattern: (["'])(.+?)\1""", SCHEMA_PATH.read_text(encoding="utf-8"))
    patterns = {pattern for _, pattern in quoted}
    assert patterns == set(_PATTERNS)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1\nb: 2\na: 3\n", "mine.yaml: duplicate key a, in lines 1 and 3, keep one"),
        ("lesions:\n  a: {layer: 1}\n  a: {layer: 2}\n", "duplicate key lesions.a, in lines 2 and 3"),
        ("a:\n- {b: 1, b: 1}\n", "duplicate key a.b, in lines 2 and 2"),
        ('{"a": 1,\n "a": 2}', "duplicate key a, in lines 1 and 2"),
        ("a: [1, 2\nb: 3\n", "mine.yaml, line 2: not valid YAML"),
        ("a: 'b\n", "not valid YAML"),
        ("a:\n\tb: 1\n", "mine.yaml, line 2: not valid YAML"),
        ("a: 1\n b: 2\n", "mine.yaml, line 2: not valid YAML"),
        ("a: \0", "not valid YAML"),
        ("a: {b: 012}\n", "mine.yaml, line 1: 012 is no decimal number in YAML"),
        ("a:\n- 1:30\n", "mine.yaml, line 2: 1:30 is no decimal number in YAML"),
        (b"a: \xff", "not UTF-8 text"),
    ],
)
def test_a_file_that_yaml_misreads_or_cannot_read_is_refused(tmp_path, text, sentence):
    path = tmp_path / "mine.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Refusal) as refusal:
        refuse_repeated_keys([path])
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_files_without_repeated_keys_pass(tmp_path):
    (tmp_path / "a.yaml").write_text("a: {b: 1}\nc: {b: 1}\nd: [{b: 1}, {b: 1}]\ne: [0, 0.5, -0.1, '012']\n")
    (tmp_path / "empty.yaml").write_text("")
    refuse_repeated_keys([*(ROOT / "config").glob("*.yaml"), tmp_path / "a.yaml", tmp_path / "empty.yaml"])
    with pytest.raises(Refusal, match=r"no.yaml: No such file or directory; give the path"):
        refuse_repeated_keys([tmp_path / "no.yaml"])


def test_a_url_is_not_looked_for_on_disk():
    check_config(_changed("checkpoint.source", "https://example.org/a.pkl"))


def test_conditions_are_intact_the_lesions_and_what_is_stimulated():
    excised = ["layer_1_excised", "layer_2_excised", "layer_3_excised"]
    assert conditions(_config()) == ["intact", *excised, "intact_two_hot", "layer_1_excised_two_hot"]
    assert network_of(_config(), "layer_1_excised_two_hot") == "layer_1_excised"
    assert network_of(_config(), "layer_2_excised") == "layer_2_excised"


@pytest.mark.parametrize("n_shards", [1, 3, 8])
def test_shards_share_out_every_tune_once(n_shards):
    config = _changed("generation.n_shards", n_shards)
    blocks = [generation_block(config, "intact_two_hot", shard) for shard in range(n_shards)]
    tunes = [tune for block in blocks for tune in range(block["first_tune"], block["first_tune"] + block["n_tunes"])]
    assert tunes == list(range(200))
    for block in blocks:
        assert "n_shards" not in block
        assert block["stimulus"] == {"kind": "two_hot", "token_weight": 0.7, "mixed_class": "pitch"}
    assert generation_block(config, "intact", 0)["stimulus"] is None


def test_manipulated_tunes_are_drawn_by_the_intact_network_and_no_condition_takes_their_names():
    config = _changed("manipulation.shift_steps_max", 5)
    stimuli = {name: generation_block(config, name, 0)["stimulus"] for name in GENERATED}
    assert stimuli["generated_bars_deleted"] == {"kind": "bars_deleted"}
    assert stimuli["generated_bars_jittered"] == {"kind": "bars_jittered", "shift_steps_max": 5}
    lesion = {"layer": 1, "value": 0.0, "scope": "both"}
    for name in (*MANIPULATIONS, *GENERATED):
        assert network_of(config, name) == "intact"
        assert name not in conditions(config)
        with pytest.raises(Refusal, match="config key lesions"):
            check_config(_config({"lesions": {name: lesion}}))


def test_the_schema_knows_the_token_classes_and_arrays():
    stimulus = SCHEMA["properties"]["stimuli"]["additionalProperties"]["properties"]
    assert tuple(stimulus["mixed_class"]["enum"]) == TOKEN_CLASSES
    assert tuple(SCHEMA["properties"]["trajectories"]["properties"]["arrays"]["items"]["enum"]) == ARRAYS
    assert tuple(SCHEMA["properties"]["generation"]["properties"]["sampler"]["enum"]) == SAMPLERS


def test_folk_rnns_stream_is_not_shared_out():
    config = _config({"generation": {"sampler": "folk-rnn"}})
    check_config(config)
    with pytest.raises(Refusal, match="n_shards: sampler folk-rnn"):
        check_config(merge_configs(config, {"generation": {"n_shards": 2}}))


def test_interventions_are_the_removals_then_the_pushes_with_all_parameters():
    listed = interventions(_config())
    assert [each["condition"] for each in listed][:4] == [
        "w1_removed",
        "w1_removed_mean_kept",
        "w1_control",
        "w1_pushed_down",
    ]
    assert listed[2] == {
        "condition": "w1_control", "edit": "remove", "direction": 1, "gauge_fixed": False, "keep_mean": True,
        "control_rng_seed": 1, "alpha": None,
    }  # fmt: skip
    assert {each["edit"] for each in listed[3:]} == {"push"}
    assert listed[3]["alpha"] == -1.0


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("stimulated", "intact_two_hot"),
        ("interventions.removals", "w1_removed"),
        ("lesion_study.families", "third_out"),
    ],
)
def test_what_an_overlay_sets_to_null_is_left_out(path, name):
    config = _changed(f"{path}.{name}", None)
    complete_config(config)
    check_config(config)
    assert config == _changed(f"{path}.{name}", _ABSENT)


def test_a_lesion_of_each_layer_is_changed_by_name():
    overlay = {"layer_1_excised": {"value": 0.5}, "layer_2_excised": None, "own": {"layer": 2, "unit_index": [3]}}
    found = lesions(_config({"lesions": overlay | {"own": overlay["own"] | {"value": 1.0, "scope": "out"}}}))
    assert found == {
        "layer_1_excised": {"layer": 1, "value": 0.5, "scope": "both"},
        "layer_3_excised": {"layer": 3, "value": 0.0, "scope": "both"},
        "own": {"layer": 2, "unit_index": [3], "value": 1.0, "scope": "out"},
    }
    assert lesions(_config({"lesions": {"excised": None}})) == {}


def test_a_stimulated_condition_needs_its_network():
    config = _config({"lesions": {"layer_1_excised": None}})
    with pytest.raises(Refusal, match="stimulated.layer_1_excised_two_hot.network: 'layer_1_excised' is not one of"):
        check_config(config)


def test_a_unit_that_the_network_does_not_have_is_refused_before_anything_runs():
    lesion = {"layer": 2, "value": 0.0, "scope": "both"}
    check_config(_config({"lesions": {"listed": lesion | {"unit_index": [0, 127]}}}))
    sentence = "lesions.listed.unit_index: layer 2 has no unit 128, its units are 0 to 127"
    with pytest.raises(Refusal, match=sentence):
        check_config(_config({"lesions": {"listed": lesion | {"unit_index": [3, 128]}}}))


def test_the_primary_family_is_one_of_them():
    with pytest.raises(Refusal, match="lesion_study.primary_family: 'quarter' is not one of the families third, "):
        check_config(_config({"lesion_study": {"primary_family": "quarter"}}))
    check_config(_config({"lesion_study": {"families": dict.fromkeys(_config()["lesion_study"]["families"])}}))


@pytest.mark.parametrize(("n_units", "share_of_layer"), [(None, None), (8, 0.33)])
def test_a_family_says_its_size_in_one_way(n_units, share_of_layer):
    family = {"n_units": n_units, "share_of_layer": share_of_layer}
    with pytest.raises(Refusal, match="families.third.n_units and .share_of_layer: set one, the other to null"):
        check_config(_config({"lesion_study": {"families": {"third": family}}}))


def test_an_intervention_set_to_null_is_left_out():
    config = _config({"interventions": {"pushes": {"w1_pushed_up": None}}})
    check_config(config)
    left = {each["condition"] for each in interventions(_config())} - {
        each["condition"] for each in interventions(config)
    }
    assert left == {"w1_pushed_up"}


def test_a_jobs_params_hold_its_block_in_one_order_and_what_its_script_imports():
    params = job_params("count_bars", {"b": 1, "a": {"d": 1, "c": 2}})
    assert list(params["config"]) == ["a", "b"]
    assert list(params["config"]["a"]) == ["c", "d"]
    assert "workflow/scripts/count_bars.py" in params["library"]
    assert "folkprobe/music/bars.py" in params["library"]
    assert "folkprobe/network/lstm.py" not in params["library"]


@pytest.mark.parametrize(("first", "n_seeds", "n_shards"), [(0, 2**32, 64), (5, 100, 7), (2**32 - 3, 3, 3)])
def test_shards_share_the_seeds_out(first, n_seeds, n_shards):
    config = _changed("find_seed", {"first_rng_seed": first, "n_seeds": n_seeds, "n_shards": n_shards, "prefix": "C"})
    blocks = [seed_range_block(config, shard) for shard in range(n_shards)]
    ends = [first, *(block["first_rng_seed"] + block["n_seeds"] for block in blocks)]
    assert [block["first_rng_seed"] for block in blocks] == ends[:-1]
    assert ends[-1] == first + n_seeds
    assert all(set(block) == {"first_rng_seed", "n_seeds", "prefix"} for block in blocks)


def test_the_prefix_that_is_looked_for_is_the_one_that_is_claimed():
    listed = read_claims(ROOT / "resources/claims.yaml", ROOT / "workflow/schemas/claims.schema.yaml")
    (start,) = (claim for claim in listed.claims if claim.id == "x.p6.start")
    assert start.quantities[0].one_of == (_config()["find_seed"]["prefix"],)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("model", "x\n"),
        ("lesions.figures\n", {"layer": 1, "value": 0, "scope": "both"}),
        ("checkpoint.git_blob_id", "a" * 40 + "\n"),
    ],
)
def test_a_final_newline_is_no_part_of_a_name(path, value):
    with pytest.raises(Refusal):
        check_config(_changed(path, value))


@pytest.mark.parametrize("key", [False, 1, 1.5, None])
def test_a_key_that_is_no_text_is_refused_in_a_sentence(key):
    config = _config()
    config[key] = 1
    with pytest.raises(Refusal, match="unknown config key"):
        check_config(config)


def test_a_password_in_the_source_is_refused():
    with pytest.raises(Refusal, match="checkpoint.source: the URL has a user's name"):
        check_config(_changed("checkpoint.source", "https://user:secret@a.example/x"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: &a [1]\nb: *a\n", "line 2: an alias"),
        ("[" * 5000, "more than 20 levels"),
        ("{a: " * 30, "more than 20 levels"),
        ("a: " + "x" * 2**20, "larger than any configuration"),
    ],
)
def test_yaml_that_takes_a_reader_down_is_refused_before_it_is_read(tmp_path, text, sentence):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(Refusal, match=sentence):
        refuse_repeated_keys([tmp_path / "a.yaml"])


def _snakemakes(text):
    """A configuration with what Snakemake makes of `--config TEXT`."""
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    update_config(config, parse_config([text]))
    complete_config(config)
    return config


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("generation={n_tunes: 500}", "generation.n_tunes", 500),
        ("generation={n_tunes: 1e3}", "generation.n_tunes", 1000),
        ("generation={temperature: 1e-3}", "generation.temperature", 0.001),
        ("generation={temperature: .5, prompt: 'M:6/8 K:Cmaj'}", "generation.prompt", "M:6/8 K:Cmaj"),
        ("selection={include_dc: false, period_steps: [8, 9.5]}", "selection.period_steps", [8, 9.5]),
        ("selection={include_dc: false}", "selection.include_dc", False),
        ("selection={power_fraction_above: [~, 5e-2, 0]}", "selection.power_fraction_above", [None, 0.05, 0]),
        ("checkpoint={git_blob_id: null, vocabulary: ~}", "checkpoint.git_blob_id", None),
        ("checkpoint={vocabulary: null}", "checkpoint.vocabulary", None),
        ("specifications={n_fft: [null, 147]}", "specifications.n_fft", [None, 147]),
        # Texts stay texts.
        ("baseline={label: 1850}", "baseline.label", "1850"),
        ("count_study={added_tokens: [2, 3]}", "count_study.added_tokens", ["2", "3"]),
        ("lesions={a: {layer: 1, unit_index: [3, 17], value: 0, scope: rec}}", "lesions.a.unit_index", [3, 17]),
        ("stimuli={two_hot: {token_weight: 0.6}}", "stimuli.two_hot.token_weight", 0.6),
    ],
)
def test_what_is_inside_a_value_of_the_command_line_is_read_as_yaml(text, path, value):
    config = _snakemakes(text)
    check_config(config)
    for key in path.split("."):
        config = config[key]
    assert config == value
    assert type(config) is type(value)


def test_aliases_inside_a_value_of_the_command_line_stay_text():
    bomb = f"[&a0 [1], {', '.join(f'&a{k} [*a{k - 1}, *a{k - 1}]' for k in range(1, 40))}]"
    config = {"selection": {"period_steps": bomb}}
    read_values(config, SCHEMA)
    assert config == {"selection": {"period_steps": bomb}}


def test_null_on_the_command_line_leaves_a_condition_out():
    config = _snakemakes("interventions={pushes: {w1_pushed_up: null}, removals: {w1_control: null}}")
    assert "w1_pushed_up" not in config["interventions"]["pushes"]
    assert "w1_control" not in config["interventions"]["removals"]
    check_config(config)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("generation={n_tunes:5}", "unknown config key generation.n_tunes:5: .*a value follows a colon and a space"),
        ("generation={n_tunes: many}", "generation.n_tunes .*'many' is not of type 'integer'"),
        ("generation={n_tunes: 12.5}", "generation.n_tunes .*12.5 is not of type 'integer'"),
        ("generation={n_tunes: 5", "config key generation .*a mapping of keys"),
        ("generation=5", "config key generation .*a mapping of keys"),
        ("selection={include_dc: maybe}", "selection.include_dc .*true or false"),
    ],
)
def test_a_value_of_the_command_line_that_cannot_be_meant_is_refused(text, sentence):
    with pytest.raises(Refusal, match=sentence):
        check_config(_snakemakes(text))


@pytest.mark.parametrize("text", ["1e-3", "1E-3", "+1e-3", "1.e-3", "0.1e-2", ".1e-2", "1e-03", "0.001"])
def test_a_file_may_write_a_number_as_yaml_1_2_does(text):
    config = merge_configs(_config(), yaml.safe_load(f"count_study: {{probe: {{ridge_penalty: {text}}}}}"))
    complete_config(config)
    check_config(config)
    assert config["count_study"]["probe"]["ridge_penalty"] == 0.001


@pytest.mark.parametrize("text", ["a: [1", "{" * 900, "x" * 5000, "!!python/name:os.system", "*a", "2001-02-30"])
def test_a_text_that_is_no_yaml_stays_one(text):
    config = {"generation": {"n_tunes": text}}
    complete_config(config)
    with pytest.raises(Refusal, match=r"generation.n_tunes|is missing"):
        check_config(_changed("generation.n_tunes", config["generation"]["n_tunes"]))
