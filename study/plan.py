"""Why jobs would run: what differs between what is asked of them today and what they recorded when they last ran."""

import json
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from folkprobe.artefact import read_regular
from folkprobe.provenance.ledger import MANIFEST_NAME
from folkprobe.provenance.record import digest_of, recorded_path, unsealed
from folkprobe.redaction import without_secrets
from study.places import ROOT

NEW, AGAIN, FOLLOWS = "not made yet", "temporary files that other jobs read again", "what they read is made again"
# In this order: changes are told first, in the order in which they are found.
_LAST = (NEW, AGAIN, FOLLOWS)
_MAX_BYTES = 32 * 2**20
_MAX_NAMES = 6
_MAX_VALUE = 40


class Planned(NamedTuple):
    """A job that would run.

    Attributes
    ----------
    rule : str
    asked : dict
        What is asked of it today: `job`, `script`, `inputs`, `outputs` and `temporary`, as `workflow/ask.py` writes it.
    reason : str
        Snakemake's own.
    """

    rule: str
    asked: dict
    reason: str

    @property
    def written(self) -> dict[str | None, list[str]]:
        """Its outputs by name."""
        names = dict.fromkeys(name for name, _ in self.asked["outputs"])
        return {name: [path for each, path in self.asked["outputs"] if each == name] for name in names}

    @property
    def home(self) -> Path:
        """The results folder of its study."""
        if "record" in self.written:
            return Path(self.written["record"][0]).parents[1]
        return Path(self.asked["outputs"][0][1]).parent


class Study:
    """What is known of the last run of a study, and of the configuration of today.

    Parameters
    ----------
    folder : Path
        `results/{model}`, from the working folder.
    config : dict
        All overlays merged; empty for a comparison, which has its studies' configurations as parameters.
    """

    def __init__(self, folder: Path, config: dict) -> None:
        manifest, self._config = _read(folder / MANIFEST_NAME) or {}, without_secrets(_as_json(config))
        merged = config and manifest.get("configuration", {}).get("merged", self._config)
        self._keys = dict(_differences(merged, self._config))
        self._digest = cache(digest_of)
        self._library: dict[str, set[str]] = {}
        for path in sorted((folder / "records").glob("*.json")):
            for source, digest in ((_read(path) or {}).get("library") or {}).items():
                self._library.setdefault(source, set()).add(digest)

    def causes(self, job: Planned, made: Collection[str]) -> list[str]:
        """Say why a job would run, one text a cause.

        Parameters
        ----------
        job : Planned
        made : collection of str
            All that the planned jobs would write.
        """
        missing = [path for _, path in job.asked["outputs"] if not os.path.lexists(path)]
        if len(missing) == len(job.asked["outputs"]):
            return [NEW]
        if job.reason == "Forced execution":
            return ["asked for by name"]
        if "Incomplete output files" in job.reason:
            return ["interrupted when it last ran"]
        found = [*self._differing(job, made)]
        found += [f"{path} is missing" for path in missing if path not in job.asked["temporary"]]
        if found:
            return list(dict.fromkeys(found))
        if any(path in made for _, path in job.asked["inputs"]):
            return [FOLLOWS]
        return [AGAIN if missing else job.reason[:1].lower() + job.reason[1:].partition(":")[0]]

    def _differing(self, job: Planned, made: Collection[str]) -> list[str]:
        if "record" not in job.written:
            return list(self._changes_of_unrecorded(job))
        (path,) = job.written["record"]
        record = _read(Path(path))
        if record:
            # Other files follow from another configuration.
            return list(self._changes(record, job, made)) or list(_other_files(record, job))
        return [f"{path} is not as its job wrote it"] if os.path.lexists(path) else []

    def _changes(self, record: dict, job: Planned, made: Collection[str]) -> Iterator[str]:
        """Compare a job's record with what is asked of it."""
        asked = job.asked
        if record["script"] != asked["script"]:
            yield f"{asked['script']} is the script in place of {record['script']}"
        for path, _ in _differences(record["library"], asked["job"]["library"], is_flat=True):
            yield _changed(path, record["library"], asked["job"]["library"])
        for key, values in _differences(record["config"], without_secrets(asked["job"]["config"])):
            yield from self._named(key, values, job.rule)
        digests = {each["path"]: each["sha256"] for each in record["inputs"]}
        for _, path in asked["inputs"]:
            digest = digests.get(recorded_path(path, _folder(job)))
            if digest and path not in made and Path(path).is_file() and self._digest(path) != digest:
                yield f"{path} has changed"

    def _changes_of_unrecorded(self, job: Planned) -> Iterator[str]:
        """Say what may have changed for a job that runs after all records were written."""
        library = job.asked["job"]["library"]
        changed = [path for path, digest in library.items() if digest not in self._library.get(path, {digest})]
        # Snakemake has compared their contents.
        for named in re.findall("Updated input files: ([^;]+)", job.reason):
            changed += named.split(", ")
        yield from (f"{path} has changed" for path in changed)
        if "Params have changed" not in job.reason:
            return
        # What only it reads.
        own = {path: ROOT / path for path in library if path not in self._library}
        own |= {path: Path(path) for _, path in job.asked["inputs"] if not Path(path).is_relative_to(job.home)}
        written = min(path.stat().st_mtime for _, each in job.asked["outputs"] if (path := Path(each)).exists())
        newer = [name for name, path in own.items() if path.stat().st_mtime > written]
        yield from (f"{path} has changed" for path in newer)
        yield from (_key_changed(key, *values) for key, values in self._keys.items())
        if not changed and not newer and not self._keys:
            yield f"one of {_few(list(own))} has changed"

    def _named(self, parameter: str, values: tuple, rule: str) -> list[str]:
        """Name the keys of the configuration from which a changed parameter of a job comes."""
        # A rule hands over blocks and keys under their own names; else all that has changed may be behind it.
        last = parameter.rpartition(".")[2]
        changed = [key for key in self._keys if key.rpartition(".")[2] == last] or list(self._keys)
        same = [key for key in changed if self._keys[key] == values]
        if changed:
            return [_key_changed(key, *self._keys[key]) for key in same or changed]
        # Without a manifest of the last run, the key may be told by its value of today.
        keys = [key for key, value in _leaves(self._config) if key.rpartition(".")[2] == last and value == values[1]]
        if len(keys) == 1:
            return [_key_changed(keys[0], *values)]
        return [f"{_key_changed(parameter, *values)}, a parameter of {rule}"]


def told(jobs: Sequence[Planned], configs: Mapping[str, dict]) -> list[str]:
    """Return the lines that tell jobs, grouped by their causes; `configs` has the configuration of each model."""
    studies = {home: Study(home, configs.get(home.name, {})) for home in {job.home for job in jobs}}
    made = {path for job in jobs for _, path in job.asked["outputs"]}
    groups: dict[str, list[str]] = {}
    for job in jobs:
        for cause in studies[job.home].causes(job, made):
            groups.setdefault(cause, []).append(job.rule)
    first = [cause for cause in groups if cause not in _LAST]
    lines = []
    for cause in [*first, *(cause for cause in _LAST if cause in groups)]:
        rules = groups[cause]
        counted = {rule: rules.count(rule) for rule in rules}
        names = [f"{rule} ({n_jobs})" if n_jobs > 1 else rule for rule, n_jobs in counted.items()]
        lines += [cause, f"    {len(rules)} {'jobs' if len(rules) > 1 else 'job'}: {_few(names)}"]
    return lines


def _as_json(content: dict) -> dict:
    """Return a mapping as a record has it."""
    return json.loads(json.dumps(content))


def _folder(job: Planned) -> Path:
    """Return the one that holds `results`."""
    # results/{model}/records/{job}.json
    return Path(*Path(job.written["record"][0]).parents[3:4])


def _other_files(record: dict, job: Planned) -> Iterator[str]:
    for kind, verb in (("inputs", "read"), ("outputs", "write")):
        then = [(each["name"], each["path"]) for each in record[kind]]
        now = [(name, recorded_path(path, _folder(job))) for name, path in job.asked[kind] if name != "record"]
        if then != now:
            other = sorted({path for _, path in set(then) ^ set(now)})
            yield f"it would {verb} {f'other files: {_few(other)}' if other else 'its files in another order'}"


_ABSENT = object()


def _differences(then: Mapping, now: Mapping, prefix: str = "", *, is_flat: bool = False) -> Iterator[tuple]:
    """Yield each key that differs, with dots between those of nested mappings, and both of its values."""
    for key in sorted(then.keys() | now.keys()):
        old, new = then.get(key, _ABSENT), now.get(key, _ABSENT)
        if isinstance(old, dict) and isinstance(new, dict) and not is_flat:
            yield from _differences(old, new, f"{prefix}{key}.")
        elif old != new:
            yield f"{prefix}{key}", (old, new)


def _leaves(config: Mapping, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield each value that is no mapping, by its key, with dots."""
    for key, value in config.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _key_changed(key: str, old: object, new: object) -> str:
    if old is _ABSENT:
        return f"the key {key} is new"
    if new is _ABSENT:
        return f"the key {key} is gone"
    # As YAML reads them.
    texts = [json.dumps(value, ensure_ascii=False) for value in (old, new)]
    short = all(len(text) <= _MAX_VALUE for text in texts)
    return f"the key {key} was {texts[0]} and is {texts[1]}" if short else f"the key {key} has changed"


def _changed(path: str, then: Mapping, now: Mapping) -> str:
    how = "is imported now" if path not in then else "is no longer imported" if path not in now else "has changed"
    return f"{path} {how}"


def _few(names: Sequence[str]) -> str:
    rest = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    return ", ".join(names[:_MAX_NAMES]) + rest


def _read(path: Path) -> dict | None:
    return unsealed(read_regular(path, _MAX_BYTES)) if path.is_file() else None
