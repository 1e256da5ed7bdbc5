"""Audit a figure: which job made it, from which files, and whether all of that is unchanged."""

import hashlib
import os
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from folkprobe.artefact import read_regular
from folkprobe.identity import Identity, find_identities, read_identity
from folkprobe.provenance.chain import (
    MAX_RESULT_BYTES,
    STALE,
    TAMPERED,
    UNANCHORED,
    UNKNOWN,
    VERIFIED,
    Chain,
    Finding,
    link_of,
)
from folkprobe.provenance.ledger import Ledger, read_ledger
from folkprobe.provenance.likeness import MAX_BYTES, Look, format_of, look_at
from folkprobe.provenance.record import digest_of
from folkprobe.refusal import Refusal

# Of several findings, the first in this order gives the verdict.
_BY_SEVERITY = (TAMPERED, STALE, UNANCHORED)
# Of several studies that know a figure, the first in this order is the one that fits.
_BY_FIT = (VERIFIED, STALE, UNANCHORED, TAMPERED)
_FORMATS = {".svg": "svg", ".pdf": "pdf", ".png": "png"}


@dataclass
class Receipt:
    """What an audit found.

    Attributes
    ----------
    verdict : str
        VERIFIED, STALE, TAMPERED, UNANCHORED or UNKNOWN.
    figure : str
        Name of the file that was audited.
    sha256 : str
        Digest of its bytes.
    identity : str or None
        The job that its metadata name.
    known_by : str or None
        `place`, `bytes`, `fingerprint` or `drawing`.
    study : str or None
        Name of the results folder that knows it.
    output : str or None
        The recorded path of the output that it is.
    drawn_by : str or None
        The renderer that drew it like the study's own figure; None where the bytes are the same, or the drawing is not.
    jobs : dict of str to dict
        Records of the jobs behind it, the sources' first, each with `name`.
    makers : dict of str to str
        Names of the jobs by the outputs that they wrote.
    findings : list of Finding
        In the order of the chain, from the sources to the figure.
    remarks : list of str
        What the verdict does not depend on, and its reader should know.
    """

    verdict: str
    figure: str
    sha256: str
    identity: str | None
    known_by: str | None = None
    study: str | None = None
    output: str | None = None
    drawn_by: str | None = None
    jobs: dict[str, dict] = field(default_factory=dict)
    makers: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def first(self) -> Finding | None:
        """The first finding of those that give the verdict."""
        return next((each for each in self.findings if each.verdict == self.verdict), None)


def audit_figure(
    path: Path,
    folders: Sequence[Path],
    root: Path,
    asked_under: Callable[[dict, list], Callable],
    max_result_bytes: float = MAX_RESULT_BYTES,
) -> Receipt:
    """Audit a figure.

    Parameters
    ----------
    path : Path
        An SVG, PDF, PNG or WebP, in any folder and under any name.
    folders : sequence of Path
        Results folders to look for it in, `results/{model}` each.
    root : Path
        The project's root, with the sources and inputs of today.
    asked_under : callable
        From the `configuration` of a manifest and a list of jobs to what today's rules request of one, as
        `study.asked.ask_rules` without `root`.
    max_result_bytes : float
        How much of the results behind the figure is read.

    Raises
    ------
    Refusal
        If there is no such file; or if no study with readable records has the figure, and another study has records of
        another format.
    """
    figure = _Figure(path, root, asked_under, max_result_bytes)
    ledgers, refused = [], []
    for folder in folders:
        try:
            ledgers.append(read_ledger(folder))
        except Refusal as refusal:
            # The figure may belong to another study.
            refused.append(refusal)
    beside = [ledger for ledger in ledgers if figure.travelled_with(ledger)]
    for known in ([each for each in ledgers if each not in beside], beside):
        receipts = figure.receipts(known)
        if receipts:
            return min(receipts, key=lambda receipt: _BY_FIT.index(receipt.verdict))
    if refused:
        raise refused[0]
    return figure.unknown(ledgers)


def _outputs(ledger: Ledger) -> Iterator[tuple[str, str]]:
    for record in ledger.jobs.values():
        for each in record["outputs"]:
            if each["path"].endswith(tuple(_FORMATS)):
                yield each["path"], each["sha256"]


def _versions_of_python(records: Iterable[dict]) -> Iterator[str]:
    today = f"{platform.python_implementation()} {platform.python_version()}"
    then = {f"{record['environment']['implementation']} {record['environment']['python']}" for record in records}
    if then - {today}:
        yield f"its jobs ran on {', '.join(sorted(then))}, and this is {today}"


class _Figure:
    """The figure that is audited, and the ways in which a study knows it."""

    def __init__(self, path: Path, root: Path, asked_under: Callable, max_result_bytes: float) -> None:
        self._path, self._root, self._max_result_bytes = path, root, max_result_bytes
        self._asked_under = asked_under
        data = read_regular(path, MAX_BYTES)
        self._sha256, self._format = hashlib.sha256(data).hexdigest(), format_of(data)
        self._identities = find_identities(data.decode("latin1"))
        self._look: Look | None = None

    def travelled_with(self, ledger: Ledger) -> bool:
        """Report whether a study's records lie beside the figure, in a folder that is not of this project's results."""
        results = (self._root / "results").resolve()
        return self._below(ledger) is not None and not ledger.folder.resolve().is_relative_to(results)

    def _below(self, ledger: Ledger) -> Path | None:
        """Return the figure's path below a results folder, links in it not followed; None if it is elsewhere."""
        path = Path(os.path.abspath(self._path))  # noqa: PTH100 - resolve() would follow a link to another figure
        folder = next((each for each in path.parents if each.resolve() == ledger.folder.resolve()), None)
        return folder and path.relative_to(folder)

    def receipts(self, ledgers: Sequence[Ledger]) -> list[Receipt]:
        """Audit the figure in each study that knows it, in the surest way in which one does."""
        for known_by, find in (
            ("place", self._by_place),
            ("bytes", self._by_bytes),
            ("fingerprint", self._by_fingerprint),
            ("drawing", self._by_drawing),
        ):
            receipts: list[Receipt] = []
            for ledger in ledgers:
                found = find(ledger)
                if found:
                    receipts.append(self._receipt(ledger, known_by, *found))
                    if receipts[-1].verdict == VERIFIED:
                        break
            if receipts:
                return receipts
        return []

    def unknown(self, ledgers: Sequence[Ledger]) -> Receipt:
        """Say what is known of a figure that no study knows."""
        if not self._identities and ledgers:
            self._identities = self._seen([]).identities
        receipt = Receipt(UNKNOWN, self._path.name, self._sha256, next(iter(self._identities), None))
        for ledger in ledgers:
            if ledger.broken and self._below(ledger) is not None:
                receipt.verdict = TAMPERED
                receipt.findings = [Finding(TAMPERED, link_of(name), words) for name, words in ledger.broken.items()]
                return receipt
        if self._look and self._look.refused:
            receipt.remarks.append(f"it {self._look.refused}")
        if self._identities:
            receipt.verdict = UNANCHORED
            rule = read_identity(self._identities[0]).rule
            sentence = f"it says that rule {rule} made it; no record of that job was found"
            receipt.findings = [Finding(UNANCHORED, self._path.name, sentence)]
        return receipt

    def _receipt(
        self, ledger: Ledger, known_by: str, output: str, findings: list[Finding], look: Look | None
    ) -> Receipt:
        receipt = Receipt(UNKNOWN, self._path.name, self._sha256, next(iter(self._identities), None), known_by)
        receipt.study, receipt.output, receipt.makers = ledger.folder.name, output, ledger.makers
        chain = Chain(ledger, self._root, self._asked_under, self._max_result_bytes)
        receipt.findings = [*chain.findings(output), *findings]
        receipt.jobs = chain.jobs
        record = ledger.jobs[ledger.makers[output]]
        made_by = str(Identity(record["rule"], record["fingerprint"]))
        if known_by != "fingerprint" and self._identities and self._identities != [made_by]:
            names = ", ".join(read_identity(each).rule for each in self._identities)
            sentence = f"{self._path.name} says that {names} made it, and that is not the job that wrote {output}"
            receipt.findings.append(Finding(TAMPERED, output, sentence))
        receipt.drawn_by = look.renderer if look and look.alike is not None else None
        found = {each.verdict for each in receipt.findings}
        receipt.verdict = next((verdict for verdict in _BY_SEVERITY if verdict in found), VERIFIED)
        receipt.remarks = [*self._remarks(ledger, output, known_by), *_versions_of_python(chain.jobs.values())]
        return receipt

    def _remarks(self, ledger: Ledger, output: str, known_by: str) -> Iterator[str]:
        if self.travelled_with(ledger):
            yield (
                f"the records came with the figure, in {ledger.folder.name}/, and not from this project's results: "
                "whoever made the one could make the other"
            )
        if known_by != "place":
            others = {Path(other).name for other, _ in _outputs(ledger)} - {Path(output).name}
            if self._path.name in others:
                yield f"it is called {self._path.name} as another figure of the study is, and it is {Path(output).name}"

    def _by_place(self, ledger: Ledger) -> tuple | None:
        below = self._below(ledger)
        if below is None:
            return None
        for output, digest in _outputs(ledger):
            if Path(*Path(output).parts[2:]) == below:
                wrote = ledger.jobs[ledger.makers[output]]["rule"]
                return output, [] if digest == self._sha256 else [self._not_written(output, wrote)], None
        return None

    def _not_written(self, output: str, rule: str, why: str = "") -> Finding:
        return Finding(TAMPERED, output, f"{self._path.name} is not what {rule} wrote{why}")

    def _by_bytes(self, ledger: Ledger) -> tuple | None:
        same = [output for output, digest in _outputs(ledger) if digest == self._sha256]
        return (self._named_alike(same), [], None) if same else None

    def _named_alike(self, outputs: Iterable[str]) -> str:
        return min(
            outputs, key=lambda output: (Path(output).name != self._path.name, not self._is_of_format(output), output)
        )

    def _is_of_format(self, output: str) -> bool:
        return _FORMATS[Path(output).suffix] == self._format

    def _by_fingerprint(self, ledger: Ledger) -> tuple | None:
        """Find the job that the figure names, and compare the figure with what that job drew."""
        if not self._identities:
            if not any(_outputs(ledger)):
                return None
            self._identities = self._seen([]).identities
        named = {
            each["path"]: (each["sha256"], record["rule"])
            for record in ledger.jobs.values()
            if str(Identity(record["rule"], record["fingerprint"])) in self._identities
            for each in record["outputs"]
            if each["path"].endswith(tuple(_FORMATS))
        }
        if not named:
            return None
        output = self._named_alike(named)
        rule = named[output][1]
        own = [
            (each, place)
            for each, (digest, _) in sorted(named.items(), key=lambda item: item[0] != output)
            if self._is_of_format(each) and (place := self._own_file(ledger, each, digest))
        ]
        if not own:
            sentence = f"the study's own file, with which it would be compared, is not there as {rule} wrote it"
            return output, [Finding(UNANCHORED, output, sentence)], None
        look = self._seen([place for _, place in own])
        if look.alike is not None and len(self._identities) == 1:
            return own[look.alike][0], [], look
        if look.near is not None and len(self._identities) == 1:
            return own[look.near][0], [self._near(own[look.near][0])], look
        why = f"it {look.refused}" if look.refused else "it shows something else"
        if len(self._identities) > 1:
            why = f"it names {len(self._identities)} jobs"
        return own[0][0], [self._not_written(own[0][0], rule, f": {why}")], look

    def _near(self, output: str) -> Finding:
        how = "scaled or saved with losses; small changes cannot be excluded"
        return Finding(UNANCHORED, output, f"a near match: it looks like {output}, {how}")

    def _by_drawing(self, ledger: Ledger) -> tuple | None:
        if self._identities:
            # It names a job of another study.
            return None
        outputs, places = [], []
        for output, digest in sorted(_outputs(ledger)):
            if self._is_of_format(output) and (own := self._own_file(ledger, output, digest)):
                outputs.append(output)
                places.append(own)
        if not places:
            return None
        look = self._seen(places)
        if look.alike is not None:
            return outputs[look.alike], [], look
        return (outputs[look.near], [self._near(outputs[look.near])], look) if look.near is not None else None

    def _own_file(self, ledger: Ledger, output: str, digest: str) -> Path | None:
        place = ledger.place_of(output, self._root)
        return place if place.is_file() and place.stat().st_size <= MAX_BYTES and digest_of(place) == digest else None

    def _seen(self, candidates: Sequence[Path]) -> Look:
        if self._look is None or candidates:
            self._look = look_at(self._path, candidates)
        return self._look
