"""The small command line, `folkprobe` or `python -m folkprobe`: `show FILE`, `audit FIGURE`, `count FILE.abc`."""

import argparse
import hashlib
import importlib
import io
import math
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

from folkprobe.refusal import Refusal


def _find_project() -> Path:
    """Return the folder of the rules: this package's or, where that is installed, one around the working folder."""
    own = Path(__file__).resolve().parents[1]
    folders = (own, Path.cwd(), *Path.cwd().parents)
    return next((folder for folder in folders if (folder / "study/asked.py").is_file()), own)


ROOT = _find_project()
# Neither a refusal (1) nor a mistake in the command line (2).
NOT_VERIFIED = 3


def show(path: Path, vocabulary_path: Path | None) -> None:
    """Print a summary of a checkpoint of any format; a JSON vocabulary is for formats that carry none."""
    # Each command imports what it needs, so that an audit starts quickly.
    from folkprobe.network.formats import convert_checkpoint
    from folkprobe.network.formats.description import read_vocabulary
    from folkprobe.network.source import git_blob_id, read_source
    from folkprobe.network.summary import summarise_checkpoint

    vocabulary = read_vocabulary(vocabulary_path) if vocabulary_path else None
    checkpoint = convert_checkpoint(path, vocabulary)
    data = read_source(path)
    print(f"{path}: {len(data):,} bytes, git blob id {git_blob_id(data)}")
    print(f"sha256 {hashlib.sha256(data).hexdigest()}")
    print("\n".join(summarise_checkpoint(checkpoint)))


def count(path: Path) -> None:
    """Print the bars of an ABC tune book that are not full, and a verdict on each tune (docs/counting.md)."""
    from folkprobe.music.tokenising import read_tune_book
    from folkprobe.music.tune_book import describe_tune_book

    for line in describe_tune_book(read_tune_book(path)):
        print(line)


def audit(path: Path, results: Path | None, as_json: bool, has_limits: bool) -> int:
    """Report where a figure comes from, and whether its chain is unbroken.

    Parameters
    ----------
    path : Path
        An SVG, PDF, PNG or WebP.
    results : Path or None
        The results folder, or one of a model in it. By default the one that contains the figure, and the project's.
    as_json : bool
        Print the receipt as JSON.
    has_limits : bool
        End when it takes more time or memory than an audit of a small study does, and read no larger results.

    Returns
    -------
    int
        0 for VERIFIED, else `NOT_VERIFIED`.
    """
    from folkprobe.limits import limited
    from folkprobe.provenance.audit import VERIFIED, audit_figure
    from folkprobe.provenance.chain import MAX_RESULT_BYTES
    from folkprobe.provenance.receipt import receipt_json, receipt_text

    with limited(f"{path}: the audit") if has_limits else nullcontext():
        max_result_bytes = MAX_RESULT_BYTES if has_limits else math.inf
        receipt = audit_figure(path, _results_folders(path, results), ROOT, _requested_under, max_result_bytes)
        sys.stdout.write(receipt_json(receipt) if as_json else receipt_text(receipt))
    return 0 if receipt.verdict == VERIFIED else NOT_VERIFIED


def _results_folders(path: Path, results: Path | None) -> list[Path]:
    from folkprobe.provenance.ledger import is_results_folder

    around = [folder for folder in path.resolve().parents if is_results_folder(folder)][:1] if results is None else []
    if around and around[0].is_relative_to(ROOT / "results"):
        return around
    parents = dict.fromkeys([ROOT / "results", Path.cwd() / "results"])
    here = [folder for parent in parents for folder in sorted(parent.glob("*"))]
    candidates = [results, *sorted(results.glob("*"))] if results else here
    folders = [folder for folder in candidates if is_results_folder(folder)]
    if results and not folders:
        raise Refusal(f"{results}: it has no records of jobs, give results/ or a folder in it")
    return [*around, *folders]


def _requested_under(configuration: dict, jobs: list[tuple[str, dict]]) -> Callable:
    """Report what today's rules, which lie beside the package, request."""
    if not (ROOT / "study").is_dir():
        raise Refusal("today's rules are not here: run the audit in a checkout of folkprobe")
    # Beside an installed package it is the checkout's.
    sys.path.append(str(ROOT))
    return importlib.import_module("study.asked").ask_rules(configuration, jobs, ROOT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.

    Returns
    -------
    int
        Exit status: 1 after a refusal, whose sentence goes to standard error; else the command's own.
    """
    parser = argparse.ArgumentParser(prog="folkprobe", description="Look at the files of a folkprobe study.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    show_parser = commands.add_parser(
        "show", help="print what a checkpoint is", description=show.__doc__.split("\n")[0]
    )
    show_parser.add_argument("path", type=Path, metavar="FILE", help="a checkpoint of any format, or a checkpoint.h5")
    show_parser.add_argument(
        "--vocabulary",
        type=Path,
        metavar="JSON",
        dest="vocabulary_path",
        help="the tokens in index order, for formats that carry none",
    )
    show_parser.set_defaults(command=show)
    audit_parser = commands.add_parser(
        "audit", help="print where a figure comes from", description=audit.__doc__.split("\n")[0]
    )
    audit_parser.add_argument(
        "path", type=Path, metavar="FIGURE", help="an SVG, PDF, PNG or WebP, whatever it is called"
    )
    audit_parser.add_argument("--results", type=Path, metavar="DIR", help="results/, or the folder of a model in it")
    audit_parser.add_argument(
        "--no-limits", action="store_false", dest="has_limits", help="take what time and memory a large study needs"
    )
    audit_parser.add_argument("--json", action="store_true", dest="as_json", help="print a receipt that can be filed")
    audit_parser.set_defaults(command=audit)
    count_parser = commands.add_parser(
        "count", help="count the bars of a tune book", description=count.__doc__.split("\n")[0]
    )
    count_parser.add_argument("path", type=Path, metavar="FILE.abc", help="an ABC tune book")
    count_parser.set_defaults(command=count)
    options = vars(parser.parse_args(arguments))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return options.pop("command")(**options) or 0
    except Refusal as refusal:
        from folkprobe.provenance.receipt import printable

        print(printable(str(refusal)), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
