"""Audit a figure: which job made it, from which files, and whether all of that is unchanged."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from folkprobe.provenance.figure_content import Figure, read_figure
from folkprobe.provenance.ledger import MANIFEST_NAME, Ledger, read_ledger
from folkprobe.provenance.record import digest_of
from folkprobe.refusal import Refusal

VERIFIED, STALE, TAMPERED, UNANCHORED, UNKNOWN = "VERIFIED", "STALE", "TAMPERED", "UNANCHORED", "UNKNOWN"
# Of several findings, the first in this order gives the verdict.
_BY_SEVERITY = (TAMPERED, STALE, UNANCHORED)
_FIGURES = (".svg", ".pdf", ".png")


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


@dataclass
class Receipt:
    """What an audit found.

    Attributes
    ----------
    verdict : str
        VERIFIED, STALE, TAMPERED, UNANCHORED or UNKNOWN.
    figure : str
        Name of the file that was audited.
    sha256, content : str or None
        Digests of its bytes and of what it shows.
    identity : str or None
        The job that its metadata name.
    known_by : str or None
        `place`, `bytes`, `content` or `fingerprint`.
    output : str or None
        The recorded path of the output that it is.
    jobs : dict of str to dict
        Records of the jobs behind it, the sources' first, each with `name`.
    makers : dict of str to str
        Names of the jobs by the outputs that they wrote.
    findings : list of Finding
        In the order of the chain, from the sources to the figure.
    """

    verdict: str
    figure: str
    sha256: str
    content: str | None
    identity: str | None
    known_by: str | None = None
    output: str | None = None
    jobs: dict[str, dict] = field(default_factory=dict)
    makers: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def first(self) -> Finding | None:
        """The first finding of those that give the verdict."""
        return next((each for each in self.findings if each.verdict == self.verdict), None)


def audit_figure(
    path: Path, folders: Sequence[Path], root: Path, asked_under: Callable[[dict, list], Callable]
) -> Receipt:
    """Audit a figure.

    Parameters
    ----------
    path : Path
        An SVG, PDF or PNG, in any folder and under any name.
    folders : sequence of Path
        Results folders to look for it in, `results/{model}` each.
    root : Path
        The project's root, with the sources and inputs of today.
    asked_under : callable
        From the `configuration` of a manifest and a list of jobs to what today's rules request of one, as
        `study.asked.ask_rules` without `root`.

    Raises
    ------
    Refusal
        If there is no such file; or if no study with readable records has the figure, and another study has records of
        another format.
    """
    if not path.is_file():
        raise Refusal(f"{path}: no such file, give the figure to audit")
    shown = read_figure(path)
    identity = shown.identity and str(shown.identity)
    receipt = Receipt(UNKNOWN, path.name, digest_of(path), shown.content, identity)
    ledgers, refused = [], []
    for folder in folders:
        try:
            ledgers.append(read_ledger(folder))
        except Refusal as refusal:
            # The figure may belong to another study.
            refused.append(refusal)
    ways = {"place": _by_place, "bytes": _by_bytes, "content": _by_content, "fingerprint": _by_fingerprint}
    for known_by, find in ways.items():
        for ledger in ledgers:
            output = find(ledger, path, receipt.sha256, shown, root)
            if output:
                receipt.known_by, receipt.output, receipt.makers = known_by, output, ledger.makers
                receipt.findings = list(_Chain(ledger, root, asked_under, receipt).findings(path))
                found = {each.verdict for each in receipt.findings}
                receipt.verdict = next((verdict for verdict in _BY_SEVERITY if verdict in found), VERIFIED)
                return receipt
    if refused:
        raise refused[0]
    for ledger in ledgers:
        if ledger.broken and path.resolve().is_relative_to(ledger.folder.resolve()):
            receipt.verdict = TAMPERED
            receipt.findings = [Finding(TAMPERED, _link(name), words) for name, words in ledger.broken.items()]
            return receipt
    if shown.identity:
        receipt.verdict = UNANCHORED
        sentence = f"it says that rule {shown.identity.rule} made it; no record of that job was found"
        receipt.findings = [Finding(UNANCHORED, path.name, sentence)]
    return receipt


def _link(name: str) -> str:
    return name if name == MANIFEST_NAME else f"records/{name}.json"


def _outputs(ledger: Ledger) -> Iterator[tuple[str, str]]:
    for record in ledger.jobs.values():
        for each in record["outputs"]:
            if each["path"].endswith(_FIGURES):
                yield each["path"], each["sha256"]


def _by_place(ledger: Ledger, path: Path, _sha256: str, _shown: Figure, root: Path) -> str | None:
    resolved = path.resolve()
    if not resolved.is_relative_to(ledger.folder.resolve()):
        return None
    return next((output for output, _ in _outputs(ledger) if ledger.place_of(output, root).resolve() == resolved), None)


def _by_bytes(ledger: Ledger, path: Path, sha256: str, _shown: Figure, _root: Path) -> str | None:
    same = [output for output, digest in _outputs(ledger) if digest == sha256]
    return min(same, key=lambda output: (Path(output).name != path.name, output), default=None)


def _by_content(ledger: Ledger, path: Path, _sha256: str, shown: Figure, root: Path) -> str | None:
    if not shown.content:
        return None
    suffix = f".{shown.content.partition(':')[0]}"
    listed = ledger.manifest.get("figures", {})
    same = []
    for output, digest in _outputs(ledger):
        if not output.endswith(suffix):
            continue
        known = listed.get(output)
        if known and known["sha256"] == digest:
            content = known.get("content")
        else:
            # Drawn on demand, or after the manifest.
            place = ledger.place_of(output, root)
            content = read_figure(place).content if place.is_file() and digest_of(place) == digest else None
        if content == shown.content:
            same.append(output)
    return min(same, key=lambda output: (Path(output).name != path.name, output), default=None)


def _by_fingerprint(ledger: Ledger, path: Path, _sha256: str, shown: Figure, _root: Path) -> str | None:
    if not shown.identity:
        return None
    outputs = [
        each["path"]
        for record in ledger.jobs.values()
        if (record["rule"], record["fingerprint"]) == shown.identity
        for each in record["outputs"]
        if each["path"].endswith(_FIGURES)
    ]
    return min(outputs, key=lambda output: (Path(output).suffix != path.suffix, output), default=None)


class _Chain:
    """The jobs behind a figure, followed from the sources to the figure."""

    def __init__(self, ledger: Ledger, root: Path, asked_under: Callable, receipt: Receipt) -> None:
        self._ledger, self._root, self._receipt = ledger, root, receipt
        self._request_of, self._rules_finding = None, None
        self._digests: dict[Path, str] = {}
        if "configuration" in ledger.manifest:
            try:
                jobs = [(record["rule"], record["wildcards"]) for record in ledger.jobs.values()]
                self._request_of = asked_under(ledger.manifest["configuration"], jobs)
            except Refusal as refusal:
                self._rules_finding = Finding(STALE, MANIFEST_NAME, str(refusal))
        elif MANIFEST_NAME not in ledger.broken:
            sentence = f"there is no {MANIFEST_NAME} that says under which configuration it was made"
            self._rules_finding = Finding(UNANCHORED, MANIFEST_NAME, sentence)

    def findings(self, path: Path) -> Iterator[Finding]:
        """Check every link of the chain, and the figure last."""
        receipt, ledger = self._receipt, self._ledger
        if MANIFEST_NAME in ledger.broken:
            yield Finding(TAMPERED, MANIFEST_NAME, ledger.broken[MANIFEST_NAME])
        if self._rules_finding:
            yield self._rules_finding
        name = ledger.makers[receipt.output]
        yield from self._job(name)
        if receipt.known_by in ("place", "fingerprint"):
            written = next(each["sha256"] for each in ledger.jobs[name]["outputs"] if each["path"] == receipt.output)
            if receipt.sha256 != written:
                wrote = ledger.jobs[name]["rule"]
                yield Finding(TAMPERED, receipt.output, f"{path.name} is not what {wrote} wrote")

    def _job(self, name: str) -> Iterator[Finding]:
        if name in self._receipt.jobs:
            return
        record = self._ledger.jobs[name]
        # Marked as visited first, in case a forged record leads back to itself.
        self._receipt.jobs[name] = {}
        request_findings = self._compare_request(record)
        for each in record["inputs"]:
            yield from self._input(each, record)
        self._receipt.jobs.pop(name)
        self._receipt.jobs[name] = record
        if name in self._ledger.broken:
            yield Finding(TAMPERED, _link(name), self._ledger.broken[name])
        yield from request_findings

    def _input(self, each: dict, record: dict) -> Iterator[Finding]:
        path, rule = each["path"], record["rule"]
        maker = self._ledger.makers.get(path)
        place = self._ledger.place_of(path, self._root)
        if maker is None:
            if not place.is_file():
                yield Finding(STALE, path, f"the input {path} is missing")
            elif self._digest(place) != each["sha256"]:
                yield Finding(STALE, path, f"the input {path} has changed since {rule} read it")
            return
        yield from self._job(maker)
        made_by = self._ledger.jobs[maker]
        written = next(output["sha256"] for output in made_by["outputs"] if output["path"] == path)
        if place.is_file():
            if self._digest(place) != written:
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
        findings = [
            Finding(STALE, path, f"the source {path} of {rule} {what}")
            for path, what in _changes(record["library"], requested.job["library"])
        ]
        findings += [
            Finding(STALE, record["script"], f"the parameter {key} of {rule} {what}")
            for key, what in _changes(record["config"], requested.job["config"])
        ]
        read = [(each["name"], each["path"]) for each in record["inputs"]]
        if read != requested.inputs and not findings:
            other = sorted({path for _, path in set(requested.inputs) ^ set(read)})
            sentence = f"today {rule} would read other inputs: {', '.join(other) or 'in another order'}"
            findings.append(Finding(STALE, record["script"], sentence))
        return findings

    def _temporary(self, record: dict) -> set[str]:
        try:
            return self._request_of(record["rule"], record["wildcards"]).temporary if self._request_of else set()
        except KeyError:
            return set()

    def _digest(self, path: Path) -> str:
        if path not in self._digests:
            self._digests[path] = digest_of(path)
        return self._digests[path]


def _changes(then: dict, now: dict) -> Iterator[tuple[str, str]]:
    for key in sorted(then.keys() | now.keys()):
        if key not in now:
            yield key, "is missing"
        elif key not in then:
            yield key, "is new"
        elif then[key] != now[key]:
            short = all(len(repr(value)) < 40 for value in (then[key], now[key]))
            yield key, f"was {then[key]!r} and is {now[key]!r}" if short else "has changed"
