"""The small command line: `python -m folkprobe show FILE`."""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from folkprobe.network.formats import convert_checkpoint
from folkprobe.network.formats.description import read_vocabulary
from folkprobe.network.source import git_blob_id, read_source
from folkprobe.network.summary import summarise_checkpoint
from folkprobe.refusal import Refusal


def show(path: Path, vocabulary_path: Path | None) -> None:
    """Print what a checkpoint of any format is.

    Parameters
    ----------
    path : Path
    vocabulary_path : Path or None
        JSON, for formats that carry no vocabulary.
    """
    vocabulary = read_vocabulary(vocabulary_path) if vocabulary_path else None
    checkpoint = convert_checkpoint(path, vocabulary)
    data = read_source(path)
    print(f"{path}: {len(data):,} bytes, git blob id {git_blob_id(data)}")
    print(f"sha256 {hashlib.sha256(data).hexdigest()}")
    print("\n".join(summarise_checkpoint(checkpoint)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process, if not given.

    Returns
    -------
    int
        Exit status: 1 after a refusal, whose sentence goes to standard error.
    """
    parser = argparse.ArgumentParser(prog="python -m folkprobe", description="Look at the files of a folkprobe study.")
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
    options = vars(parser.parse_args(arguments))
    try:
        options.pop("command")(**options)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
