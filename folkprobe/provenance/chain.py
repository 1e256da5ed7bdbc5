"""The chain of jobs behind a figure, each link compared with what was written and with what is requested today."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from folkprobe.provenance.ledger import MANIFEST_NAME, Ledger
from folkprobe.provenance.record import digest_of
from folkprobe.redaction import without_secrets
from folkprobe.refusal import Refusal

VERIFIED, STALE, TAMPERED, UNANCHORED, UNKNOWN = "VERIFIED", "STALE", "TAMPERED", "UNANCHORED", "UNKNOWN"
_LOCK_NAME = "requirements.lock"
# Some seconds on a slow processor; what is larger is not read unless it is asked for.
MAX_RESULT_BYTES = 2 * 2**30


@dataclass(frozen=True)
class Finding:
    """A discrepancy in the chain behind a figure.

    Attributes
    ----------
    verdict : str
        The verdict on the figure that it leads to.
    link : str
        The file that it is about, as recorded.
    sentence : str
    """

    verdict: str
    link: str
    sentence: str


def link_of(name: str) -> str:
    """Return the file of a job's record, or of the manifest, as a link of a chain."""
    return name if name == MANIFEST_NAME else f"records/{name}.json"


class Chain:
    """The jobs behind an output, followed from the sources on; `jobs` has the record of each that was looked at."""

    def __init__(
        self, ledger: Ledger, root: Path, asked_under: Callable, max_result_bytes: float = MAX_RESULT_BYTES
    ) -> None:
        self._ledger, self._root, self._bytes_left = ledger, root, max_result_bytes
        self.jobs: dict[str, dict] = {}
        self._request_of, self._rules_finding = None, None
        self._digests: dict[Path, str | None] = {}
        self._locked, self._reported = _locked_versions(root / _LOCK_NAME), set()
        if "configuration" in ledger.manifest:
            try:
                jobs = [(record["rule"], record["wildcards"]) for record in ledger.jobs.values()]
                self._request_of = asked_under(ledger.manifest["configuration"], jobs)
                then, today = ledger.manifest["configuration"]["files"], self._request_of.files
                if then != today:
                    sentence = f"the configurations were {', '.join(then)} and are {', '.join(today)}"
                    self._rules_finding = Finding(STALE, MANIFEST_NAME, sentence)
            except Refusal as refusal:
                self._rules_finding = Finding(STALE, MANIFEST_NAME, str(refusal))
        elif MANIFEST_NAME not in ledger.broken:
            sentence = f"there is no {MANIFEST_NAME} that says under which configuration it was made"
            self._rules_finding = Finding(UNANCHORED, MANIFEST_NAME, sentence)

    def findings(self, output: str) -> Iterator[Finding]:
        """Check every link of the chain behind an output."""
        ledger = self._ledger
        if MANIFEST_NAME in ledger.broken:
            yield Finding(TAMPERED, MANIFEST_NAME, ledger.broken[MANIFEST_NAME])
        if self._rules_finding:
            yield self._rules_finding
        # A stack of its own: a chain may be longer than Python's.
        stack = [self._job(ledger.makers[output])]
        while stack:
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
            elif isinstance(step, Finding):
                yield step
            else:
                stack.append(self._job(step))

    def _job(self, name: str) -> Iterator[Finding | str]:
        """Yield the findings on a job, and the name of each job that is to be looked at before."""
        if name in self.jobs:
            return
        record = self._ledger.jobs[name]
        # Marked as visited first, in case a forged record leads back to itself.
        self.jobs[name] = {}
        request_findings = self._compare_request(record)
        for each in record["inputs"]:
            yield from self._input(each, record)
        self.jobs.pop(name)
        self.jobs[name] = record
        if name in self._ledger.broken:
            yield Finding(TAMPERED, link_of(name), self._ledger.broken[name])
        yield from request_findings
        yield from self._compare_versions(record)

    def _input(self, each: dict, record: dict) -> Iterator[Finding | str]:
        path, rule = each["path"], record["rule"]
        maker = self._ledger.makers.get(path)
        place = self._ledger.place_of(path, self._root)
        if maker is None:
            if not place.is_file():
                yield Finding(STALE, path, f"the input {path} is missing")
            elif (digest := self._digest(place)) is None:
                yield self._unread(path)
            elif digest != each["sha256"]:
                yield Finding(STALE, path, f"the input {path} has changed since {rule} read it")
            return
        yield maker
        made_by = self._ledger.jobs[maker]
        written = next(output["sha256"] for output in made_by["outputs"] if output["path"] == path)
        if place.is_file():
            if (digest := self._digest(place)) is None:
                yield self._unread(path)
            elif digest != written:
                yield Finding(TAMPERED, path, f"{path} is not what {made_by['rule']} wrote")
        elif path not in self._temporary(made_by):
            yield Finding(UNANCHORED, path, f"{path} is not among the results")
        if written != each["sha256"]:
            yield Finding(STALE, path, f"{made_by['rule']} has rewritten {path} since {rule} read it")

    def _compare_request(self, record: dict) -> list[Finding]:
        """Compare what was requested of a job with what would be requested today."""
        if self._request_of is None:
            return []
        rule = record["rule"]
        try:
            requested = self._request_of(rule, record["wildcards"])
        except KeyError as missing:
            sentence = f"today's rules and configuration do not define this job of {rule}: {missing.args[0]}"
            return [Finding(STALE, record["script"], sentence)]
        findings = []
        if record["script"] != requested.script:
            sentence = f"the script of {rule} was {record['script']} and is {requested.script}"
            findings.append(Finding(STALE, record["script"], sentence))
        findings += [
            Finding(STALE, path, f"the source {path} of {rule} {what}")
            for path, what in _changes(record["library"], requested.job["library"])
        ]
        findings += [
            Finding(STALE, record["script"], f"the parameter {key} of {rule} {what}")
            for key, what in _changes(record["config"], without_secrets(requested.job["config"]))
        ]
        read = [(each["name"], each["path"]) for each in record["inputs"]]
        if read != requested.inputs and not findings:
            other = sorted({path for _, path in set(requested.inputs) ^ set(read)})
            sentence = f"today {rule} would read other inputs: {', '.join(other) or 'in another order'}"
            findings.append(Finding(STALE, record["script"], sentence))
        wrote = [(each["name"], each["path"]) for each in record["outputs"]]
        if wrote != requested.outputs:
            other = sorted({path for _, path in set(requested.outputs) ^ set(wrote)})
            sentence = f"today {rule} would write other outputs: {', '.join(other) or 'in another order'}"
            findings.append(Finding(STALE, record["script"], sentence))
        return findings

    def _compare_versions(self, record: dict) -> Iterator[Finding]:
        """Name each package that a job ran on in another version than the project requires today, once."""
        for name, version in record["environment"]["distributions"].items():
            required = self._locked.get(name, {version})
            if version not in required and (name, version) not in self._reported:
                self._reported.add((name, version))
                today = " or ".join(sorted(required))
                sentence = f"{record['rule']} ran on {name} {version}, and {_LOCK_NAME} requires {today}"
                yield Finding(STALE, _LOCK_NAME, sentence)

    def _temporary(self, record: dict) -> set[str]:
        try:
            return self._request_of(record["rule"], record["wildcards"]).temporary if self._request_of else set()
        except KeyError:
            return set()

    def _digest(self, path: Path) -> str | None:
        """Return the digest of a file; None for one that is too large to be read."""
        if path not in self._digests:
            self._bytes_left -= path.stat().st_size
            self._digests[path] = digest_of(path) if self._bytes_left >= 0 else None
        return self._digests[path]

    def _unread(self, path: str) -> Finding:
        return Finding(UNANCHORED, path, f"{path} was not read, which would take long: give --no-limits to read it")


def _locked_versions(path: Path) -> dict[str, set[str]]:
    """Return the versions of each package in a lock file, which may differ by system; none without the file."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", path.read_text() if path.is_file() else "", re.MULTILINE):
        versions.setdefault(name, set()).add(version)
    return versions


def _changes(then: dict, now: dict) -> Iterator[tuple[str, str]]:
    for key in sorted(then.keys() | now.keys()):
        if key not in now:
            yield key, "is missing"
        elif key not in then:
            yield key, "is new"
        elif then[key] != now[key]:
            short = all(len(repr(value)) < 40 for value in (then[key], now[key]))
            yield key, f"was {then[key]!r} and is {now[key]!r}" if short else "has changed"
