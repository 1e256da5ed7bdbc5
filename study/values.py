"""Values of a configuration that arrive as text and are none."""

import re

import yaml
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

# JSON Schema takes 12.0 for an integer; numpy and range() do not.
Validator = extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)
# Longer than any value but the texts.
_MAX_LENGTH = 1000


class _Loader(yaml.SafeLoader):
    """YAML 1.2's numbers: YAML 1.1, which PyYAML reads, takes 1e-3 for text."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z"),
    list("-+.0123456789"),
)


def read_values(config: dict, schema: dict) -> None:
    """Read as YAML every text in a configuration, changed in place, where the schema has no text.

    Snakemake leaves all that is inside the braces of `--config 'generation={n_tunes: 5}'` as text.

    Parameters
    ----------
    config : dict
        All overlays merged.
    schema : dict
        JSON Schema of the configuration.
    """
    config.update(_read(config, schema))


def _read(value: object, schema: object) -> object:
    schema = schema if isinstance(schema, dict) else {}
    if isinstance(value, dict):
        inner, rest = schema.get("properties", {}), schema.get("additionalProperties")
        return {key: _read(item, inner.get(key, rest)) for key, item in value.items()}
    if isinstance(value, list):
        first, rest = schema.get("prefixItems", []), schema.get("items")
        return [_read(item, first[k] if k < len(first) else rest) for k, item in enumerate(value)]
    kinds = {key: schema[key] for key in ("type", "enum") if key in schema}
    if not kinds or not isinstance(value, str) or len(value) > _MAX_LENGTH:
        return value
    try:
        # Aliases of aliases would grow without bound.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(value, Loader=_Loader)):
            return value
        found = yaml.load(value, Loader=_Loader)  # noqa: S506 a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError):
        return value
    fits = Validator(kinds).is_valid
    # 1e3 for a whole number.
    if isinstance(found, float) and found.is_integer() and not fits(found) and fits(int(found)):
        found = int(found)
    if isinstance(found, dict | list):
        found = _read(found, schema)
    return value if fits(value) and not fits(found) else found
