"""Write the result of an audit as text and as JSON."""

import dataclasses
import json
from collections.abc import Iterator

from folkprobe.provenance.audit import Receipt

_MEANINGS = {
    "VERIFIED": "every link of its chain is what its job wrote, and what would be requested today",
    "STALE": "true when it was made; something has changed since",
    "TAMPERED": "a link of its chain is not what its job wrote",
    "UNANCHORED": "a figure of folkprobe, but not all that is behind it was found",
    "UNKNOWN": "nothing is known of it",
}
_SHORT = 12
# Of a tree: deeper jobs are in the JSON.
_MAX_DEPTH = 60
_MAX_LINE = 4000


def receipt_json(receipt: Receipt) -> str:
    """Return a receipt as JSON that can be filed: content only, identical for identical files."""
    content = dataclasses.asdict(receipt)
    content["first"] = receipt.first and dataclasses.asdict(receipt.first)
    content["jobs"] = [{"name": name, **record} for name, record in receipt.jobs.items()]
    del content["makers"]
    # In ASCII, which no terminal obeys.
    return json.dumps(content, sort_keys=True, indent=1) + "\n"


def receipt_text(receipt: Receipt) -> str:
    """Return a receipt as a tree: the verdict, then the figure, its job, that job's inputs, down to the sources."""
    return "\n".join(printable(line) for line in _lines(receipt)) + "\n"


def printable(text: str) -> str:
    """Return text that a terminal shows and does not obey: control characters are escaped, and no line is endless."""
    text = "".join(each if each.isprintable() else each.encode("unicode_escape", "replace").decode() for each in text)
    return text if len(text) <= _MAX_LINE else f"{text[:_MAX_LINE]}..."


def _lines(receipt: Receipt) -> Iterator[str]:
    how = f", saved anew: drawn alike by {receipt.drawn_by}" if receipt.drawn_by else ""
    yield f"{receipt.verdict}{how}: {_MEANINGS[receipt.verdict]}"
    for finding in receipt.findings:
        mark = "first broken link: " if finding is receipt.first and finding.verdict == "TAMPERED" else ""
        yield f"  {finding.verdict.lower()}: {mark}{finding.sentence}"
    for remark in receipt.remarks:
        yield f"  note: {remark}"
    yield f"{receipt.figure}  sha256 {receipt.sha256}"
    if receipt.identity:
        yield f"  says of itself: {receipt.identity}"
    if receipt.output:
        yield f"  known by its {receipt.known_by} as {receipt.output}"
        yield f"  by the records in {receipt.study}/"
    if receipt.output and receipt.jobs:
        yield ""
        yield from _Tree(receipt).lines()


class _Tree:
    """The chain as lines; what was shown is not shown again."""

    def __init__(self, receipt: Receipt) -> None:
        self._receipt = receipt
        self._shown: set[str] = set()
        self._listed: set[str] = set()
        self._marked = {finding.link: finding.verdict for finding in reversed(receipt.findings)}

    def lines(self) -> Iterator[str]:
        # A stack of its own: a chain may be longer than Python's.
        stack = [self._branch(self._receipt.output, self._receipt.sha256, "", "")]
        while stack:
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
            elif isinstance(step, str):
                yield step
            elif len(stack) < _MAX_DEPTH:
                stack.append(self._branch(*step))
            else:
                yield f"{step[2]}{step[0]}  {step[1][:_SHORT]}, made by jobs that --json lists"

    def _branch(self, path: str, digest: str, head: str, indent: str) -> Iterator[str | tuple]:
        """Yield lines, and the arguments of each branch that follows."""
        mark = f"  <- {self._marked[path]}" if path in self._marked else ""
        yield f"{head}{path}  {digest[:_SHORT]}{mark}"
        name = self._receipt.makers.get(path)
        if name is None:
            return
        if name in self._shown:
            yield f"{indent}└─ {name}, as above"
            return
        self._shown.add(name)
        record = self._receipt.jobs[name]
        sources = [source for source in record["library"] if source in self._marked]
        if f"records/{name}.json" in self._marked:
            sources.append(f"records/{name}.json")
        yield f"{indent}└─ {name}: rule {record['rule']}, {record['script']}, {len(record['library'])} sources"
        inner = indent + "   "
        rail = "│  " if record["inputs"] else "   "
        for source in sources:
            yield f"{inner}{rail}{source}  <- {self._marked[source]}"
        if record["config"]:
            yield f"{inner}{rail}parameters {json.dumps(record['config'], ensure_ascii=False)}"
        environment = [words for words in _environment(record["environment"]) if words not in self._listed]
        if environment:
            self._listed.update(environment)
            yield f"{inner}{rail}on {', '.join(environment)}"
        for number, each in enumerate(record["inputs"], start=1):
            is_last = number == len(record["inputs"])
            heads = (f"{inner}└─ ", f"{inner}   ") if is_last else (f"{inner}├─ ", f"{inner}│  ")
            yield each["path"], each["sha256"], *heads


def _environment(environment: dict) -> list[str]:
    versions = [f"{name} {version}" for name, version in environment["distributions"].items()]
    blas = [f"{each['name']} {each['version']} ({each.get('kernel')})" for each in environment["blas"]]
    return [f"{environment['implementation']} {environment['python']}", *versions, *blas]
