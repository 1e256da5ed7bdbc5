"""Check, before anything runs, whether a configuration describes a study."""

import copy
import math
from functools import cache, reduce
from pathlib import Path

import numpy as np
import yaml
from jsonschema.exceptions import ValidationError, best_match

from folkprobe.redaction import refuse_user_information
from folkprobe.refusal import Refusal
from folkprobe.signal.selection import band_bins
from study.conditions import INTACT, conditions, given_files, interventions, lesions, replay_block
from study.network import is_url, layers, of_layer, read_network
from study.places import DEFAULT_CONFIG, ROOT
from study.values import Validator, read_values

SCHEMA_PATH = ROOT / "workflow/schemas/config.schema.yaml"
# What each key that names a file refers to.
_GIVEN = {
    "checkpoint.source": "the path or URL of a checkpoint",
    "checkpoint.vocabulary": "the path of a JSON file",
    "checkpoint.description": "the JSON file that was written beside the npz",
    "baseline.tunes": "a table of people's tunes",
}
# Mappings whose keys the user chooses; an overlay may set their members to null.
_NAMED = (
    ("stimuli",),
    ("stimulated",),
    ("interventions", "removals"),
    ("interventions", "pushes"),
    ("lesion_study", "families"),
)
# JSON Schema's type names, as the messages print them.
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
    r"^[A-Za-z0-9][A-Za-z0-9_-]*\Z": "letters, digits, - and _ in it, the first a letter or digit",
    "[^ ]": "text that is not blank",
    r"^[0-9a-f]{40}\Z": "40 digits of 0-9 and a-f",
    r"^[1-9][0-9]*\Z": "a whole number of eighths, such as 3, as text",
    r"^[^M]*M:[0-9]+/[0-9]+[^M]*\Z": "text with one metre token, such as M:6/8",
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


def merge_configs(config: dict, overlay: dict) -> dict:
    """Merge one configuration over another, as Snakemake does; neither is changed.

    Mappings are merged at every depth. Any other value is replaced, except by an empty mapping.
    """
    merged = dict(config)
    for key, value in overlay.items():
        below = config.get(key, {})
        if not isinstance(value, dict):
            merged[key] = value
        elif isinstance(below, dict) or value:
            merged[key] = merge_configs(below if isinstance(below, dict) else {}, value)
    return merged


def default_config() -> dict:
    """Return the default configuration of the code."""
    return yaml.safe_load((ROOT / DEFAULT_CONFIG).read_text(encoding="utf-8"))


def with_defaults(config: dict) -> dict:
    """Return a configuration that lacks a whole block merged over the default one, any other as it is.

    Another workflow may hand an overlay to this one, as a module. A complete configuration may have fewer conditions.
    """
    default = default_config()
    return config if default.keys() <= config.keys() else merge_configs(default, config)


def over_default(config: dict) -> dict:
    """Return the overlay that gives a configuration: itself, with null for each named entry that it lacks."""
    overlay, default = copy.deepcopy(config), default_config()
    for path in (("lesions",), *_NAMED):
        mine, theirs = (reduce(dict.__getitem__, path, block) for block in (overlay, default))
        mine.update(dict.fromkeys(sorted(theirs.keys() - mine.keys())))
    return overlay


def complete_config(config: dict) -> None:
    """Read the values that arrive as text, and remove what an overlay has set to null.

    The latter is a condition, a stimulus or a family of the lesion study; not a lesion, of which null may stand for one
    of a lesion of `each` layer, see `study.conditions.lesions`. `config`, all overlays merged, is changed in place:
    Snakemake's overlays can add to a mapping, not remove from it.
    """
    read_values(config, _schema(SCHEMA_PATH))
    for path in _NAMED:
        block = config
        for key in path:
            block = block.get(key) if isinstance(block, dict) else None
        if isinstance(block, dict):
            for name in [name for name, value in block.items() if value is None]:
                del block[name]


def check_config(config: dict) -> None:
    """Refuse a configuration that does not describe a valid study, before anything runs.

    Parameters
    ----------
    config : dict
        All overlays merged, as `complete_config` leaves it.

    Raises
    ------
    Refusal
        One sentence that names the key and its allowed values.
    """
    check_against(SCHEMA_PATH, config)
    generation, spectra, selection = config["generation"], config["spectra"], config["selection"]
    _check_numbers_are_finite(config)
    for key, paths in given_files(config).items():
        for path in paths:
            if not Path(path).is_file():
                raise Refusal(f"config key {key}: there is no file {path}, give {_GIVEN[key]}")
    # What is per layer needs their number.
    _check_by_layer(config)
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
    n_replayed = replay_block(config)["n_tunes"]
    if spectra["shown_tune_index"] >= n_replayed:
        raise Refusal(
            f"config key spectra.shown_tune_index: tune {spectra['shown_tune_index']} is not among the {n_replayed} "
            "tunes (from 0) that generation.n_tunes and trajectories.n_tunes leave to replay"
        )
    for shortest, longest in config["specifications"]["bands_steps"]:
        if shortest >= longest:
            raise Refusal(
                f"config key specifications.bands_steps: [{shortest}, {longest}] is not a band of periods, "
                "give the shorter edge first"
            )
    first, last = config["count_study"]["elapsed_eighths"]
    if first >= last:
        raise Refusal(
            f"config key count_study.elapsed_eighths: [{first}, {last}] is not a range of counts, give the smaller "
            "first; donors need another count than their bases"
        )
    _check_shards(generation)
    _check_seed_range(config["find_seed"])
    _check_families(config)
    _check_lesions(config)
    _check_stimulated(config)
    _check_condition_names(config)
    if is_url(config["checkpoint"]["source"]):
        refuse_user_information(config["checkpoint"]["source"], "config key checkpoint.source")


def check_against(schema_path: Path, config: dict) -> None:
    """Refuse, in a sentence that names the key, what a schema does not allow."""
    error = best_match(Validator(_schema(schema_path)).iter_errors(config))
    if error is not None:
        raise Refusal(_sentence(error))


@cache
def _schema(path: Path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _sentence(error: ValidationError) -> str:
    key = ".".join(str(part) for part in error.absolute_path)
    schema = error.schema
    if error.validator == "additionalProperties":
        known = sorted(schema["properties"])
        unknown = sorted(map(str, set(error.instance) - set(known)))
        path = f"{key}." if key else ""
        # --config 'generation={n_tunes:5}'
        spaced = ", and a value follows a colon and a space" if ":" in unknown[0] else ""
        return f"unknown config key {path}{unknown[0]}: allowed here are {', '.join(known)}{spaced}"
    if error.validator == "required":
        missing = sorted(set(schema["required"]) - set(error.instance))
        return f"config key {f'{key}.' if key else ''}{missing[0]} is missing: config/config.yaml has them all"
    description = schema.get("description", "").rstrip(".")
    meaning = f" ({description})" if description else ""
    if error.validator == "contains":
        return f"config key {key}: {error.validator_value['const']} is missing, the figures need it"
    # The list of choices already names the allowed values.
    allowed = "" if error.validator == "enum" else _allowed(schema)
    return f"config key {key or 'of the whole file'}{meaning}: {' '.join(error.message.split())}{allowed}"


def _allowed(schema: dict) -> str:
    """Describe what a schema allows, after a semicolon."""
    types = schema.get("type", [])
    words = [_TYPES[name] for name in ([types] if isinstance(types, str) else types)]
    if "enum" in schema:
        words = [", ".join(map(str, schema["enum"]))]
    if schema.get("pattern"):
        words = [_PATTERNS[schema["pattern"]] if word == "text" else word for word in words or ["text"]]
    bounds = [f"{word} {schema[bound]}" for bound, word in _BOUNDS.items() if bound in schema]
    return f"; allowed: {' or '.join(words)}{''.join(f', {bound}' for bound in bounds)}" if words else ""


def _check_seed_range(block: dict) -> None:
    stop = block["first_rng_seed"] + block["n_seeds"]
    if stop > 2**32:
        raise Refusal(
            f"config key find_seed.n_seeds: the range ends at {stop}, but folk-rnn's seeds are below {2**32}: "
            "use fewer seeds or a lower first seed"
        )
    if block["n_shards"] > block["n_seeds"]:
        raise Refusal(
            f"config key find_seed.n_shards: {block['n_shards']} jobs cannot share {block['n_seeds']} seeds, "
            "use fewer shards"
        )


def _check_shards(generation: dict) -> None:
    n_shards = generation["n_shards"]
    if n_shards > generation["n_tunes"]:
        raise Refusal(
            f"config key generation.n_shards: {n_shards} jobs cannot share {generation['n_tunes']} tunes, "
            "use fewer shards"
        )
    if n_shards > 1 and generation["sampler"] == "folk-rnn":
        raise Refusal(
            "config key generation.n_shards: sampler folk-rnn draws one tune after the other from one stream, "
            "which cannot be divided: set n_shards to 1"
        )


def _check_by_layer(config: dict) -> None:
    n_layers, selection = len(layers(config)), config["selection"]
    values = {f"selection.{key}": selection[key] for key in ("share_of_layer", "power_fraction_above")}
    for name, family in config["lesion_study"]["families"].items():
        values |= {f"lesion_study.families.{name}.{key}": family[key] for key in ("n_units", "share_of_layer")}
    for key, value in values.items():
        if isinstance(value, list) and len(value) != n_layers:
            raise Refusal(
                f"config key {key}: a list of {len(value)} where the network has {n_layers} LSTM "
                f"layer{'s' if n_layers > 1 else ''}, give a value for each or one for all"
            )


def _check_families(config: dict) -> None:
    families, primary = (config["lesion_study"][key] for key in ("families", "primary_family"))
    n_units = dict(zip(layers(config), read_network(config).n_units, strict=True))
    # Without a family there is no study to test.
    if families and primary not in families:
        raise Refusal(
            f"config key lesion_study.primary_family: {primary!r} is not one of the families {', '.join(families)}"
        )
    for name, family in families.items():
        if (family["n_units"] is None) == (family["share_of_layer"] is None):
            raise Refusal(
                f"config keys lesion_study.families.{name}.n_units and .share_of_layer: set one, the other to null"
            )
        for layer, of_network in n_units.items():
            n_cut = of_layer(family["n_units"], layer)
            if n_cut and of_network and n_cut > of_network:
                raise Refusal(
                    f"config key lesion_study.families.{name}.n_units: layer {layer} has {of_network} units, so that "
                    f"{n_cut} cannot be excised: give fewer, a list by layer, or share_of_layer"
                )


def _check_lesions(config: dict) -> None:
    """Refuse layers and units that the network lacks; those of one not read yet are refused by the job."""
    network = read_network(config)
    for name, lesion in lesions(config).items():
        for key in ("layer", "value", "scope"):
            if key not in lesion:
                raise Refusal(f"config key lesions.{name}.{key} is missing: config/config.yaml has them all")
        if lesion["layer"] > len(network.n_units):
            raise Refusal(
                f"config key lesions.{name}.layer: the network has no layer {lesion['layer']}, its layers are "
                f"1 to {len(network.n_units)}"
            )
        n_units = network.n_units[lesion["layer"] - 1]
        missing = [unit for unit in lesion.get("unit_index", ()) if n_units is not None and unit >= n_units]
        if missing:
            raise Refusal(
                f"config key lesions.{name}.unit_index: layer {lesion['layer']} has no unit {missing[0]}, its units "
                f"are 0 to {n_units - 1}"
            )


def _check_stimulated(config: dict) -> None:
    networks = [INTACT, *lesions(config)]
    for name, condition in config["stimulated"].items():
        if name in networks:
            raise Refusal(f"config key stimulated.{name}: a lesion has the same name, choose another")
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
