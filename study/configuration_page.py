"""The page of the configuration's keys, from the schema: ``python -m study.configuration_page`` writes it."""

from collections.abc import Iterator, Mapping

import yaml

from study.conditions import ROOT

PAGE = ROOT / "docs/configuration.md"
_HEAD = """\
# Configuration

Every key of a configuration, with its default. A file with some of them, an overlay, is given by `--configfile`; what
it leaves out keeps its default, and a misspelt key is refused. [config/config.yaml](../config/config.yaml) has more to
say about many of them. Written by `python -m study.configuration_page` from the schema.

| key | default | meaning |
|---|---|---|
"""


def page() -> str:
    """Return the page as Markdown."""
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8"))
    defaults = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    rows = [f"| `{key}` | {default} | {meaning} |\n" for key, default, meaning in _rows("", schema, defaults)]
    return _HEAD + "".join(rows)


def _rows(prefix: str, schema: Mapping, default: object) -> Iterator[tuple[str, str, str]]:
    """One row a key: its name with dots, default, and description, depth first."""
    for name, entry in schema.get("properties", {}).items():
        value = default.get(name) if isinstance(default, Mapping) else None
        key, meaning = prefix + name, " ".join(entry.get("description", "").split()).replace("|", r"\|")
        nested = "properties" in entry
        shown = "" if nested or isinstance(value, Mapping) else f"`{yaml.safe_dump(value, default_flow_style=True)}`"
        yield key, shown.replace("\n...\n", "").replace("\n", "").replace("|", r"\|"), meaning
        yield from _rows(f"{key}.", entry, value)
        if isinstance(entry.get("additionalProperties"), Mapping):
            yield from _rows(f"{key}.NAME.", entry["additionalProperties"], None)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
