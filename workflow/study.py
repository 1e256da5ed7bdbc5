"""From a configuration to what the rules need: checked values, conditions, the parameters of a job."""

import json
import math
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend

from folkprobe.evidence.provenance import import_closure, imported_packages, sha256_of_file
from folkprobe.refusal import Refusal
from folkprobe.signal.selection import band_bins

# JSON Schema takes 12.0 for an integer; numpy and range() do not.
_Validator = extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)

ROOT = Path(__file__).resolve().parents[1]
SCHEMA_PATH = ROOT / "workflow/schemas/config.schema.yaml"
INTACT = "intact"
# What is done to the tunes that the intact network reads once more.
MANIPULATIONS = ("bars_deleted", "bars_jittered")
# The same while it draws tunes.
GENERATED = {f"generated_{name}": name for name in MANIPULATIONS}
# What the keys that name files name.
_GIVEN = {
    "checkpoint.source": "the path or URL of a checkpoint",
    "checkpoint.vocabulary": "the path of a JSON file",
    "baseline.tunes": "a table of people's tunes",
}
# Mappings by a name of the user's own, of which an overlay may set members to null.
_NAMED = (
    ("lesions",),
    ("stimuli",),
    ("stimulated",),
    ("interventions", "removals"),
    ("interventions", "pushes"),
    ("lesion_study", "families"),
)
# JSON Schema's words, in ours.
_TYPES = {
    "object": "a mapping of keys",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
_PATTERNS = {
    "^[A-Za-z0-9][A-Za-z0-9_-]*$": "letters, digits, - and _ in it, the first a letter or digit",
    "[^ ]": "text that is not blank",
    "^[0-9a-f]{40}$": "40 digits of 0-9 and a-f",
}
_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
    "minLength": "its length at least",
    "minItems": "its length at least",
    "maxItems": "its length at most",
}


def leave_out_nulls(config: dict) -> None:
    """Take out what an overlay has set to null: a condition, a stimulus, a family of the lesion study.

    Parameters
    ----------
    config : dict
        All overlays merged; changed in place, since Snakemake's overlays can add to a mapping and never take away.
    """
    for path in _NAMED:
        block = config
        for key in path:
            block = block.get(key) if isinstance(block, dict) else None
        if isinstance(block, dict):
            for name in [name for name, value in block.items() if value is None]:
                del block[name]


def check_config(config: dict) -> None:
    """Refuse a configuration that cannot give a study, before anything runs.

    Parameters
    ----------
    config : dict
        All overlays merged, without what `leave_out_nulls` takes out.

    Raises
    ------
    Refusal
        One sentence that names the key and what it may be.
    """
    error = best_match(_validator().iter_errors(config))
    if error is not None:
        raise Refusal(_sentence(error))
    generation, spectra, selection = config["generation"], config["spectra"], config["selection"]
    _check_numbers_are_finite(config)
    shortest, longest = selection["period_steps"]
    keys = {
        "population_n_fft",
        {"population": "population_n_fft", "shown_tune": "shown_tune_n_fft"}[selection["spectrum"]],
    }
    for key in sorted(keys):
        # A tune's own length is not known yet; select_units refuses it by the same rule.
        if spectra[key] is None:
            continue
        try:
            band_bins(np.fft.rfftfreq(spectra[key]), (shortest, longest))
        except Refusal as refusal:
            raise Refusal(f"config keys selection.period_steps and spectra.{key}: {refusal}") from None
    if generation["max_steps"] > spectra["population_n_fft"]:
        raise Refusal(
            f"config key generation.max_steps: a tune of {generation['max_steps']} steps would not fit into the DFT "
            f"of spectra.population_n_fft = {spectra['population_n_fft']} steps, shorten the one or lengthen the other"
        )
    n_segment_steps = spectra["population_segment_steps"]
    if n_segment_steps is not None and n_segment_steps > spectra["population_n_fft"]:
        raise Refusal(
            f"config key spectra.population_segment_steps: a segment of {n_segment_steps} steps does not fit into the "
            f"DFT of spectra.population_n_fft = {spectra['population_n_fft']} steps"
        )
    if config["trajectories"]["n_tunes"] > generation["n_tunes"]:
        raise Refusal(
            f"config key trajectories.n_tunes: {config['trajectories']['n_tunes']} tunes cannot be replayed where "
            f"generation.n_tunes makes {generation['n_tunes']}"
        )
    if spectra["shown_tune_index"] >= config["trajectories"]["n_tunes"]:
        raise Refusal(
            f"config key spectra.shown_tune_index: tune {spectra['shown_tune_index']} is not among the "
            f"{config['trajectories']['n_tunes']} tunes (from 0) that trajectories.n_tunes replays"
        )
    for shortest, longest in config["specifications"]["bands_steps"]:
        if shortest >= longest:
            raise Refusal(
                f"config key specifications.bands_steps: [{shortest}, {longest}] is no band of periods, "
                "give the shorter edge first"
            )
    _check_shards(generation)
    _check_seed_range(config["find_seed"])
    _check_families(config["lesion_study"]["families"])
    _check_stimulated(config)
    _check_condition_names(config)
    for key, paths in given_files(config).items():
        for path in paths:
            if not (ROOT / path).is_file():
                raise Refusal(f"config key {key}: there is no file {path}, give {_GIVEN[key]}")


@cache
def _validator() -> Draft202012Validator:
    return _Validator(yaml.safe_load(SCHEMA_PATH.read_text(encoding="utf-8")))


def is_url(source: str) -> bool:
    """Tell whether a checkpoint's source has to be fetched.

    Parameters
    ----------
    source : str

    Returns
    -------
    bool
    """
    return "://" in source


def given_files(config: dict) -> dict[str, list[str]]:
    """List the input files that no rule makes, by the key of the configuration that names them.

    Parameters
    ----------
    config : dict

    Returns
    -------
    dict of str to list of str
        For `checkpoint.source`, `checkpoint.vocabulary` and `baseline.tunes`; empty for a URL and for null.
    """
    source, vocabulary = config["checkpoint"]["source"], config["checkpoint"]["vocabulary"]
    return {
        "checkpoint.source": [] if is_url(source) else [source],
        "checkpoint.vocabulary": [vocabulary] if vocabulary else [],
        "baseline.tunes": [config["baseline"]["tunes"]],
    }


def conditions(config: dict) -> list[str]:
    """List the conditions of a study.

    Parameters
    ----------
    config : dict

    Returns
    -------
    list of str
        `intact` first, then the lesions and what is stimulated, in the order of the configuration; see
        `interventions` for the others.
    """
    return [INTACT, *config["lesions"], *config["stimulated"]]


def network_of(config: dict, condition: str) -> str:
    """Name the condition whose network a condition, or a replay of manipulated tunes, uses.

    Parameters
    ----------
    config : dict
    condition : str
        A condition, or one of `MANIPULATIONS` or `GENERATED`.

    Returns
    -------
    str
        Itself, unless it is stimulated or a manipulation.
    """
    if condition in (*MANIPULATIONS, *GENERATED):
        return INTACT
    return config["stimulated"].get(condition, {"network": condition})["network"]


def shown_with_verdicts(config: dict) -> list[str]:
    """List the conditions whose bars are drawn: the intact network, and each stimulated one after its own network.

    Parameters
    ----------
    config : dict

    Returns
    -------
    list of str
        Each once.
    """
    pairs = [(condition["network"], name) for name, condition in config["stimulated"].items()]
    return list(dict.fromkeys([INTACT, *(name for pair in pairs for name in pair)]))


def what_tunes_depend_on(config: dict) -> dict:
    """Give the part of the configuration that makes tunes what they are.

    Parameters
    ----------
    config : dict

    Returns
    -------
    dict
        The block `generation` without n_shards, which changes no tune.
    """
    return {key: value for key, value in config["generation"].items() if key != "n_shards"}


def generation_block(config: dict, condition: str, shard: int) -> dict:
    """Give what `generate_tunes` is told for one shard of a condition.

    Parameters
    ----------
    config : dict
    condition : str
    shard : int
        From 0 on.

    Returns
    -------
    dict
        Keyword arguments of the script.
    """
    block, n_shards = what_tunes_depend_on(config), config["generation"]["n_shards"]
    n_tunes = block["n_tunes"]
    first_tune, stop = (n_tunes * part // n_shards for part in (shard, shard + 1))
    stimulated = config["stimulated"].get(condition)
    stimulus = config["stimuli"][stimulated["stimulus"]] if stimulated else None
    if condition in GENERATED:
        stimulus = {"kind": GENERATED[condition]}
        if GENERATED[condition] == "bars_jittered":
            stimulus["shift_steps_max"] = config["manipulation"]["shift_steps_max"]
    return block | {"first_tune": first_tune, "n_tunes": stop - first_tune, "stimulus": stimulus}


def excision_block(config: dict, lesion: str) -> dict:
    """Give what `excise_units` is told.

    Parameters
    ----------
    config : dict
    lesion : str

    Returns
    -------
    dict
        Keyword arguments of the script; `unit_index` is None where the selection's units are meant.
    """
    return {"unit_index": None} | config["lesions"][lesion]


def interventions(config: dict) -> list[dict]:
    """List the conditions that edit the softmax layer.

    Parameters
    ----------
    config : dict

    Returns
    -------
    list of dict
        Removals first, in the order of the configuration: `condition`, its name; `edit`, remove or push; and the
        parameters of both edits, None where they have no meaning.
    """
    parameters = dict.fromkeys(("direction", "gauge_fixed", "keep_mean", "control_rng_seed", "alpha"))
    declared = config["interventions"]
    return [
        {"condition": name, "edit": edit} | parameters | block
        for edit, blocks in (("remove", declared["removals"]), ("push", declared["pushes"]))
        for name, block in blocks.items()
    ]


def caption_paths() -> list[str]:
    """List the captions of figures.

    Returns
    -------
    list of str
        Relative to the project, in order.
    """
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "workflow/report").glob("*.rst"))


def job_params(script: str, block: dict) -> dict:
    """Give the one params value of a rule: all that its result depends on besides its input files.

    Parameters
    ----------
    script : str
        Stem of the script in workflow/scripts.
    block : dict
        The part of the configuration that the script reads, as keyword arguments of its main().

    Returns
    -------
    dict
        `config`, in canonical key order (Snakemake takes another order for a change), and `library`, the digests of
        the modules that the script imports. The script itself is included: Snakemake would go by its time stamp.
        `packages` are those of others, whose versions the job records.
    """
    path = ROOT / f"workflow/scripts/{script}.py"
    return {
        "config": json.loads(json.dumps(block, sort_keys=True)),
        "library": import_closure(path, ROOT),
        "packages": imported_packages(path, ROOT),
    }


def declare_files(rules: Iterable[object]) -> None:
    """Give each rule one more param: its files by name, with digests of those that no rule makes.

    Parameters
    ----------
    rules : iterable of Rule
        Snakemake's, changed in place.

    Notes
    -----
    Snakemake compares the set of a job's inputs, so that two of them that change places go unseen; and it looks at a
    source file only when that has become newer than a result, which a file that was restored or copied has not.
    """
    for rule in rules:
        if rule.script:
            rule.set_params(files=_files_of(rule))


def _files_of(rule: object) -> Callable:
    # Snakemake does not keep a param that it computes from input or output, and does keep one of wildcards.
    def files(wildcards: object) -> dict:
        read, written = rule.expand_input(wildcards)[0], rule.expand_output(wildcards)[0]
        sources = {str(path) for path in read if Path(path).parts[0] != "results" and Path(path).is_file()}
        return {
            "input": _by_name(read),
            "output": _by_name(written),
            "sources": {path: sha256_of_file(Path(path)) for path in sorted(sources)},
        }

    return files


def _by_name(files: object) -> list:
    named = [(name, [value] if isinstance(value, str) else value) for name, value in files._allitems()]
    # A rule may name its files in any order.
    return sorted(([name, list(map(str, paths))] for name, paths in named), key=lambda each: each[0] or "")


def _sentence(error: ValidationError) -> str:
    key = ".".join(str(part) for part in error.absolute_path)
    schema = error.schema
    if error.validator == "additionalProperties":
        known = sorted(schema["properties"])
        unknown = sorted(set(error.instance) - set(known))
        path = f"{key}." if key else ""
        return f"unknown config key {path}{unknown[0]}: allowed here are {', '.join(known)}"
    if error.validator == "required":
        missing = sorted(set(schema["required"]) - set(error.instance))
        return f"config key {f'{key}.' if key else ''}{missing[0]} is missing: config/config.yaml has them all"
    description = schema.get("description", "").rstrip(".")
    meaning = f" ({description})" if description else ""
    if error.validator == "contains":
        return f"config key {key}: {error.validator_value['const']} is missing, the figures need it"
    # A list of choices says it already.
    allowed = "" if error.validator == "enum" else _allowed(schema)
    return f"config key {key or 'of the whole file'}{meaning}: {' '.join(error.message.split())}{allowed}"


def _allowed(schema: dict) -> str:
    """Say in words what a schema allows, with a semicolon before."""
    types = schema.get("type", [])
    words = [_TYPES[name] for name in ([types] if isinstance(types, str) else types)]
    if "enum" in schema:
        words = [", ".join(map(str, schema["enum"]))]
    if schema.get("pattern"):
        words = [_PATTERNS[schema["pattern"]] if word == "text" else word for word in words or ["text"]]
    bounds = [f"{word} {schema[bound]}" for bound, word in _BOUNDS.items() if bound in schema]
    return f"; allowed: {' or '.join(words)}{''.join(f', {bound}' for bound in bounds)}" if words else ""


def seed_range_block(config: dict, shard: int) -> dict:
    """Give what `scan_seeds` is told for one shard of the range.

    Parameters
    ----------
    config : dict
    shard : int
        From 0 on.

    Returns
    -------
    dict
        Keyword arguments of the script.
    """
    block = dict(config["find_seed"])
    first, n_seeds, n_shards = block["first_rng_seed"], block["n_seeds"], block.pop("n_shards")
    start, stop = (first + n_seeds * part // n_shards for part in (shard, shard + 1))
    return block | {"first_rng_seed": start, "n_seeds": stop - start}


def _check_seed_range(block: dict) -> None:
    stop = block["first_rng_seed"] + block["n_seeds"]
    if stop > 2**32:
        raise Refusal(
            f"config key find_seed.n_seeds: the range ends at {stop}, but folk-rnn's seeds are below {2**32}: "
            "take fewer or begin earlier"
        )
    if block["n_shards"] > block["n_seeds"]:
        raise Refusal(
            f"config key find_seed.n_shards: {block['n_shards']} jobs cannot share {block['n_seeds']} seeds, "
            "ask for fewer shards"
        )


def _check_shards(generation: dict) -> None:
    n_shards = generation["n_shards"]
    if n_shards > generation["n_tunes"]:
        raise Refusal(
            f"config key generation.n_shards: {n_shards} jobs cannot share {generation['n_tunes']} tunes, "
            "ask for fewer shards"
        )
    if n_shards > 1 and generation["sampler"] == "folk-rnn":
        raise Refusal(
            "config key generation.n_shards: sampler folk-rnn draws one tune after the other from one stream, "
            "which cannot be shared out: set n_shards to 1"
        )


def _check_families(families: dict) -> None:
    for name, family in families.items():
        if (family["n_units"] is None) == (family["share_of_layer"] is None):
            raise Refusal(
                f"config keys lesion_study.families.{name}.n_units and .share_of_layer: set one, the other to null"
            )


def _check_stimulated(config: dict) -> None:
    networks = [INTACT, *config["lesions"]]
    for name, condition in config["stimulated"].items():
        if name in networks:
            raise Refusal(f"config key stimulated.{name}: there is a lesion of that name, choose another")
        for key, known in (("network", networks), ("stimulus", config["stimuli"])):
            if condition[key] not in known:
                raise Refusal(
                    f"config key stimulated.{name}.{key}: {condition[key]!r} is not one of {', '.join(known) or 'none'}"
                )


def _check_condition_names(config: dict) -> None:
    names = [*conditions(config), *(each["condition"] for each in interventions(config))]
    for name in names:
        if names.count(name) > 1:
            raise Refusal(
                f"config keys lesions, stimulated and interventions: the condition {name} is declared more than once, "
                "give each a name of its own"
            )


def _check_numbers_are_finite(value: object, key: str = "") -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise Refusal(f"config key {key}: {value} is not a number that can be used")
    if isinstance(value, dict):
        for name, item in value.items():
            _check_numbers_are_finite(item, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for item in value:
            _check_numbers_are_finite(item, key)
