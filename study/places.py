"""Where files are: the code's own relative to the code, the user's and the results relative to the working folder."""

import os
from pathlib import Path

from folkprobe.refusal import Refusal

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_CONFIG = "config/config.yaml"


def code_file(name: str) -> str:
    """Return the path of a file of the code, given relative to `ROOT`; unchanged where that is the working folder."""
    return name if Path.cwd() == ROOT else str(ROOT / name)


def given_file(path: str) -> str:
    """Return the path of a file that a configuration names: in the working folder, else of the code (the demo's)."""
    return path if Path(path).is_file() or not (ROOT / path).is_file() else code_file(path)


def recorded_config(path: Path | str) -> str:
    """Return the name under which a manifest lists a configuration file: below `ROOT`, else from the working folder."""
    path = Path(path).absolute()
    return Path(os.path.relpath(path, ROOT if path.is_relative_to(ROOT) else Path.cwd())).as_posix()


def refuse_read_only_folder() -> None:
    """Refuse a working folder in which Snakemake and the jobs cannot write."""
    for folder in (Path(), Path(".snakemake"), Path("results")):
        if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
            raise Refusal(
                f"{folder.absolute()}: this folder cannot be written, make it writable, or work in another one: "
                f"snakemake --directory FOLDER"
            )
