"""Configuration files as they are written, before Snakemake merges them."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from folkprobe.refusal import Refusal

_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_MAX_LENGTH, _MAX_EVENTS, _MAX_DEPTH = 2**20, 100_000, 20


def refuse_repeated_keys(paths: Iterable[Path | str]) -> None:
    """Refuse YAML or JSON with a duplicate key, naming the file, the key and both lines.

    YAML readers silently keep only the last value. They also read 012 as octal and 1:30 as sexagesimal, which nobody
    means here: these are refused too.
    """
    for path in paths:
        nodes = read_nodes(path)
        for key, first, second in _repeated_keys(nodes, ()):
            raise Refusal(f"{path}: duplicate key {key}, in lines {first} and {second}, keep one of them")
        for node in _scalars(nodes):
            if node.style is None and node.tag in _NUMBERS and re.search(r":|^[-+]?0[0-9_]", node.value):
                line = node.start_mark.line + 1
                raise Refusal(f"{path}, line {line}: {node.value} is no decimal number in YAML, write one, or text")


def read_nodes(path: Path | str) -> yaml.Node | None:
    """Return the YAML nodes of a file, with line numbers; None for an empty file, a Refusal for an invalid one."""
    try:
        text = Path(path).read_text(encoding="utf-8")
        _require_modest(path, text)
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except OSError as error:
        raise Refusal(f"{path}: {error.strerror}; give the path of a configuration") from None
    except UnicodeDecodeError:
        raise Refusal(f"{path}: not UTF-8 text, save it as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", "it cannot be read")
        raise Refusal(f"{path}{where}: not valid YAML ({problem}), check brackets, quotes and indentation") from None


def _require_modest(path: Path | str, text: str) -> None:
    """Refuse what no configuration needs, and what would take a reader's time or stack."""
    depth = n_events = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader) if len(text) <= _MAX_LENGTH else ():
        n_events += 1
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise Refusal(f"{path}, line {event.start_mark.line + 1}: an alias (*), write out what it stands for")
        if depth > _MAX_DEPTH:
            raise Refusal(f"{path}, line {event.start_mark.line + 1}: more than {_MAX_DEPTH} levels inside one another")
    if len(text) > _MAX_LENGTH or n_events > _MAX_EVENTS:
        raise Refusal(f"{path}: larger than any configuration, give another file")


def _scalars(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif node is not None:
        for item in node.value:
            for inner in item if isinstance(item, tuple) else [item]:
                yield from _scalars(inner)


def _repeated_keys(node: yaml.Node | None, path: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item, path)
    elif isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            here, line = (*path, str(key.value)), key.start_mark.line + 1
            if key.value in lines:
                yield ".".join(here), lines[key.value], line
            lines[key.value] = line
            yield from _repeated_keys(value, here)
