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


def receipt_json(receipt: Receipt) -> str:
    """Return a receipt as JSON that can be filed: content only, identical for identical files."""
    content = dataclasses.asdict(receipt)
    content["first"] = receipt.first and dataclasses.asdict(receipt.first)
    content["jobs"] = [{"name": name, **record} for name, record in receipt.jobs.items()]
    del content["makers"]
    return json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def receipt_text(receipt: Receipt) -> str:
    """Return a receipt as a tree: the verdict, then the figure, its job, that job's inputs, down to the sources."""
    return "\n".join(_lines(receipt)) + "\n"


def _lines(receipt: Receipt) -> Iterator[str]:
    yield f"{receipt.verdict}: {_MEANINGS[receipt.verdict]}"
    for finding in receipt.findings:
        mark = "first broken link: " if finding is receipt.first and finding.verdict == "TAMPERED" else ""
        yield f"  {finding.verdict.lower()}: {mark}{finding.sentence}"
    yield f"{receipt.figure}  sha256 {receipt.sha256}"
    if receipt.identity:
        yield f"  says of itself: {receipt.identity}"
    if receipt.output:
        yield f"  known by its {receipt.known_by} as {receipt.output}"
    if receipt.output and receipt.jobs:
        yield ""
        marked = {finding.link: finding.verdict for finding in reversed(receipt.findings)}
        yield from _tree(receipt, receipt.output, receipt.sha256, "", set(), set(), marked)


def _tree(
    receipt: Receipt,
    path: str,
    digest: str,
    indent: str,
    shown: set[str],
    listed: set[str],
    marked: dict[str, str],
) -> Iterator[str]:
    mark = f"  <- {marked[path]}" if path in marked else ""
    yield f"{path}  {digest[:_SHORT]}{mark}"
    name = receipt.makers.get(path)
    if name is None:
        return
    if name in shown:
        yield f"{indent}└─ {name}, as above"
        return
    shown.add(name)
    record = receipt.jobs[name]
    sources = [source for source in record["library"] if source in marked]
    if f"records/{name}.json" in marked:
        sources.append(f"records/{name}.json")
    yield f"{indent}└─ {name}: rule {record['rule']}, {record['script']}, {len(record['library'])} sources"
    inner = indent + "   "
    rail = "│  " if record["inputs"] else "   "
    for source in sources:
        yield f"{inner}{rail}{source}  <- {marked[source]}"
    if record["config"]:
        yield f"{inner}{rail}parameters {json.dumps(record['config'], ensure_ascii=False)}"
    environment = [words for words in _environment(record["environment"]) if words not in listed]
    if environment:
        listed.update(environment)
        yield f"{inner}{rail}on {', '.join(environment)}"
    for number, each in enumerate(record["inputs"], start=1):
        is_last = number == len(record["inputs"])
        lines = _tree(
            receipt, each["path"], each["sha256"], inner + ("   " if is_last else "│  "), shown, listed, marked
        )
        yield f"{inner}{'└─' if is_last else '├─'} {next(lines)}"
        yield from lines


def _environment(environment: dict) -> list[str]:
    versions = [f"{name} {version}" for name, version in environment["distributions"].items()]
    blas = [f"{each['name']} {each['version']} ({each.get('kernel')})" for each in environment["blas"]]
    return [f"{environment['implementation']} {environment['python']}", *versions, *blas]
