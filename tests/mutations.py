"""Everything in the project that can change under a finished study, and what must then be made again.

What must be is worked out here from imports, as `modulefinder` sees them in the bytecode, from the files that jobs
name, and from what their scripts would be handed; neither `folkprobe.provenance.closure` nor Snakemake is asked why.
"""

import copy
import itertools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from modulefinder import ModuleFinder
from pathlib import Path

import yaml
from project import ROOT, SMOKE, parsed_rules

from folkprobe.refusal import Refusal
from study.checks import SCHEMA_PATH, check_config, complete_config, merge_configs

OVERLAY = "mutation.yaml"
# Of a source: what is appended.
STATEMENTS = {
    ".py": "\n_ANOTHER_THOUGHT = True\n",
    ".mplstyle": "\naxes.linewidth: 0.123\n",
    ".smk": "\nANOTHER_THOUGHT = 1\n",
}
# Another kind of stimulus has other keys, and an overlay cannot take keys away; the study has one stimulus, and one
# lesion of each layer, whose names a stimulated condition uses.
BOUND = ("kind", "stimulus", "layer")
COMMENT = "\n# Another thought.\n"


@dataclass(frozen=True)
class Mutation:
    """One change of one thing.

    Parameters
    ----------
    subject : str
        What kind of thing.
    target : str
        Which: a path below the project, a key of the configuration, a pair of either, a rule.
    change : str
        What is done to it.
    edit : callable
        Takes the project's folder and the jobs of the finished study; gives {path: new bytes, or None for a touch}.
    keeps_time : bool
        Whether the files get their old time stamps back.
    """

    subject: str
    target: str
    change: str
    edit: Callable
    keeps_time: bool = False

    def __str__(self):
        return f"{self.subject}: {self.target}: {self.change}"


@contextmanager
def mutated(folder, mutation, jobs) -> Iterator[set[str]]:
    """Apply a mutation and take it back; give the paths whose content it has changed."""
    edits = mutation.edit(folder, jobs)
    before = {path: (folder / path).read_bytes() for path in edits if (folder / path).exists()}
    times = {path: (folder / path).stat() for path in before}
    now = time.time_ns()
    try:
        for path, content in edits.items():
            if content is not None:
                (folder / path).write_bytes(content)
            if path in times:
                restored = times[path]
                stamps = (restored.st_atime_ns, restored.st_mtime_ns) if mutation.keeps_time else (now, now)
                os.utime(folder / path, ns=stamps)
        yield {path for path, content in edits.items() if content is not None and content != before.get(path)}
    finally:
        for path in edits:
            if path in before:
                (folder / path).write_bytes(before[path])
                os.utime(folder / path, ns=(times[path].st_atime_ns, times[path].st_mtime_ns))
            else:
                (folder / path).unlink(missing_ok=True)


def compare(project, planner, base, mutation, readers_of_data):
    """Plan under a mutation: the names of the jobs that must run, and of those that would."""
    with mutated(project.folder, mutation, base) as changed:
        overlays = [OVERLAY] if OVERLAY in changed else []
        now = planner.plan(*overlays)
        triggered = {
            job.name
            for job in now.values()
            if job.name not in base
            or base[job.name].request != job.request
            or changed & import_closure(job.rule)
            or changed & {path for _, path in job.inputs}
            or any(job.name in readers_of_data.get(path, ()) for path in changed)
        }
        expected = _spread(project.folder, now, triggered)
    return expected, {job.name for job in now.values() if job.would_run}


def data_files_read(folder, traces):
    """By file of the package that is no module: the jobs that opened it, from what jobs' scripts wrote down."""
    readers = {}
    for trace in traces:
        wildcards = ",".join(trace["wildcards"].values())
        for path in map(Path, trace["read"]):
            if path.is_relative_to(folder / "folkprobe") and path.suffix not in (".py", ".pyc"):
                job = f"{trace['rule']}[{wildcards}]" if wildcards else trace["rule"]
                readers.setdefault(path.relative_to(folder).as_posix(), set()).add(job)
    return readers


def _spread(folder, jobs, triggered):
    """Add what reads what is made again, and what has to be made again for it because it was temporary."""
    maker = {path: job.name for job in jobs.values() for _, path in job.outputs}
    readers = {}
    for job in jobs.values():
        for _, path in job.inputs:
            readers.setdefault(path, set()).add(job.name)
    running, waiting = set(), set(triggered)
    while waiting:
        name = waiting.pop()
        if name not in running:
            running.add(name)
            waiting.update(*(readers.get(path, ()) for _, path in jobs[name].outputs))
            waiting.update(
                maker[path] for _, path in jobs[name].inputs if path in maker and not (folder / path).exists()
            )
    return running


@cache
def import_closure(rule):
    """The files of the project that a rule's script can import, itself included."""
    finder = ModuleFinder(path=[str(ROOT)])
    script = ROOT / f"workflow/scripts/{rule}.py"
    finder.run_script(str(script))
    files = {Path(module.__file__) for module in finder.modules.values() if module.__file__}
    return frozenset(path.relative_to(ROOT).as_posix() for path in files)


def all_mutations():
    """Every mutation of the matrix; subjects and targets are found in the project as it is."""
    return [
        *_source_mutations(),
        *_plan_mutations(),
        *_config_file_mutations(),
        *_key_mutations(),
        *_input_mutations(),
        *_rule_mutations(),
        *_result_mutations(),
    ]


def _files(*patterns):
    paths = {path.relative_to(ROOT).as_posix() for pattern in patterns for path in ROOT.glob(pattern)}
    return sorted(path for path in paths if (ROOT / path).is_file() and "__pycache__" not in path)


def _appended(path, text):
    return lambda folder, jobs: {path: (folder / path).read_bytes() + text.encode()}


def _touched(path):
    return lambda folder, jobs: {path: None}


def _source_mutations():
    subjects = {
        "module": _files("folkprobe/**/*.py"),
        "script": _files("workflow/scripts/*.py"),
        "style sheet": [path for path in _files("folkprobe/**/*") if not path.endswith(".py")],
    }
    for subject, paths in subjects.items():
        for path in paths:
            statement = STATEMENTS[Path(path).suffix]
            yield Mutation(subject, path, "statement added", _appended(path, statement))
            yield Mutation(subject, path, "statement added, old time stamp", _appended(path, statement), True)
            yield Mutation(subject, path, "comment added", _appended(path, COMMENT))
            yield Mutation(subject, path, "touched", _touched(path))


def _plan_mutations():
    """What only says what jobs there are: a change that leaves the jobs as they were makes nothing again."""
    for path in _files("Snakefile", "workflow/*.py", "workflow/rules/*.smk"):
        if path != "workflow/training.smk":
            statement = STATEMENTS.get(Path(path).suffix, STATEMENTS[".smk"])
            if not path.endswith("Snakefile"):
                yield Mutation("plan", path, "statement added", _appended(path, statement))
            yield Mutation("plan", path, "comment added", _appended(path, COMMENT))
            yield Mutation("plan", path, "touched", _touched(path))


def _config_file_mutations():
    for path in ("config/config.yaml", SMOKE):
        yield Mutation("config file", path, "comment added", _appended(path, COMMENT))
        yield Mutation("config file", path, "touched", _touched(path))
        block = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
        text = yaml.safe_dump(_reversed(block), sort_keys=False).encode()
        yield Mutation("config file", path, "keys in another order", lambda folder, jobs, p=path, t=text: {p: t})


# Conditions have the order of their keys, and so have tables and figures.
_ORDERED = {"lesions", "stimulated", "interventions", "families"}


def _reversed(value, name=""):
    if not isinstance(value, dict):
        return value
    items = [(key, _reversed(item, name if name in _ORDERED else key)) for key, item in value.items()]
    return dict(items if name in _ORDERED else reversed(items))


def smoke_config():
    """The configuration of the smoke study."""
    config = {}
    for path in ("config/config.yaml", SMOKE):
        config = merge_configs(config, yaml.safe_load((ROOT / path).read_text(encoding="utf-8")))
    complete_config(config)
    return config


def _key_mutations():
    config = smoke_config()
    for path, value in _leaves(config):
        if path[-1] not in BOUND:
            edit = lambda folder, jobs, p=path, v=value: _other_value(config, p, v)(folder, jobs)  # noqa: E731
            yield Mutation("config key", ".".join(path), "other value", edit)
        if isinstance(value, list):
            for one, other in itertools.combinations(range(len(value)), 2):
                swapped = list(value)
                swapped[one], swapped[other] = value[other], value[one]
                edit = swapped != value and _accepted(config, {path: swapped})
                if edit:
                    name = f"{'.'.join(path)}[{one}], [{other}]"
                    yield Mutation("two items of a list", name, "swapped", edit)
    for (one, value), (other, different) in itertools.combinations(_leaves(config), 2):
        if one[:-1] == other[:-1] and value != different and _kind(value) == _kind(different):
            edit = _accepted(config, {one: different, other: value})
            if edit:
                yield Mutation("two config keys", f"{'.'.join(one)}, {other[-1]}", "values swapped", edit)


def _other_value(config, path, value):
    """Return the edit that gives a key the first other value that makes a study."""
    # Of some keys one must be null where another is not.
    others = [{}, *({(*path[:-1], key): None} for key in _block(config, path))]
    attempts = (_accepted(config, other | {path: new}) for other in others for new in _candidates(value))
    changed = next(filter(None, attempts), None)
    assert changed, f"no other value is known for the config key {'.'.join(path)}: add a candidate"
    return changed


def _block(config, path):
    for key in path[:-1]:
        config = config[key]
    return config


def _leaves(block, path=()):
    for key, value in block.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _kind(value):
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def _candidates(value):
    """Other values, most of which the schema refuses."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, value - 1, value * 0.99, value * 2, value / 2, -value)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for new in _candidates(item):
                yield [*value[:index], new, *value[index + 1 :]]
        yield value[:-1]
        yield from ([*value, word] for word in _words_of_the_schema())
    elif value is None:
        yield from (64, 256, 0.5, 3, "0" * 40, "resources/vocabulary_v2.json")
    else:
        if (ROOT / value).is_file():
            yield "resources/vocabulary_v2.json"
        yield from ("intact", "layer_2_excised", *_words_of_the_schema(), f"{value}x", value[:-1])


@cache
def _words_of_the_schema():
    waiting, words = [yaml.safe_load(SCHEMA_PATH.read_text(encoding="utf-8"))], {}
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            words |= {word: None for word in node.get("enum", ()) if isinstance(word, str)}
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return tuple(sorted(words))


def _accepted(config, values):
    """Return the edit that writes an overlay with these values, if they are new and make a study."""
    changed, overlay = copy.deepcopy(config), {}
    for path, value in values.items():
        target, outer = _block(changed, path), overlay
        for key in path[:-1]:
            outer = outer.setdefault(key, {})
        if type(target[path[-1]]) is type(value) and target[path[-1]] == value:
            return None
        target[path[-1]] = outer[path[-1]] = value
    try:
        check_config(changed)
    except (Refusal, TypeError, ValueError):
        return None
    text = yaml.safe_dump(overlay)
    return lambda folder, jobs: {OVERLAY: text.encode()}


def _input_mutations():
    # Some are inputs of no job of the study, which a change must leave in peace.
    paths = _files("resources/**/*", "workflow/schemas/*", "workflow/report/*", "envs/*", "CITATION.cff")
    for path in paths:
        yield Mutation("input", path, "bytes changed", _appended(path, "\n"))
        yield Mutation("input", path, "bytes changed, old time stamp", _appended(path, "\n"), True)
        yield Mutation("input", path, "touched", _touched(path))
    resources = [path for path in paths if path.startswith("resources/") and not path.endswith((".md", ".txt.license"))]
    for one, other in itertools.pairwise(resources):
        for change, keeps_time in (("swapped", False), ("swapped, old time stamps", True)):

            def swap(folder, jobs, one=one, other=other):
                return {one: (folder / other).read_bytes(), other: (folder / one).read_bytes()}

            yield Mutation("two inputs", f"{one}, {other}", change, swap, keeps_time)


def _rule_mutations():
    """Names of two inputs, or outputs, change places in a rule, as when somebody confuses them."""
    for name, rule in parsed_rules().items():
        for section, files in (("input", rule.input), ("output", rule.output)):
            for one, other in itertools.pairwise(files._names):
                swap = (
                    f"\nnames = workflow.get_rule({name!r}).{section}._names\n"
                    f"names[{one!r}], names[{other!r}] = names[{other!r}], names[{one!r}]\n"
                )
                target = f"{name}: {one}, {other}"
                yield Mutation(f"two {section}s of a rule", target, "names swapped", _appended("Snakefile", swap))


def _result_mutations():
    yield Mutation("result", "all", "touched", lambda folder, jobs: dict.fromkeys(_made(folder, jobs)))
    for script in _files("workflow/scripts/*.py"):
        rule = Path(script).stem

        def edit(folder, jobs, rule=rule):
            read = {path for job in jobs.values() for _, path in job.inputs}
            of_rule = sorted(set(_made(folder, jobs, rule)) & read)
            return {path: (folder / path).read_bytes() + b"\n" for path in of_rule[:1]}

        yield Mutation("result", rule, "bytes changed", edit)


def _made(folder, jobs, rule=None):
    outputs = [path for job in jobs.values() for _, path in job.outputs if rule in (None, job.rule)]
    return [path for path in outputs if (folder / path).exists()]
