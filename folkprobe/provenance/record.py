"""Records: what a job writes about itself when it runs.

Content only, so that the same job writes the same bytes anywhere: no clock, no host, no absolute path.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from folkprobe.artefact import whole_file
from folkprobe.provenance.environment import describe_environment
from folkprobe.redaction import without_secrets
from folkprobe.refusal import Refusal

_ROOT = Path(__file__).resolve().parents[2]
# 2: the digest of a job is called its fingerprint.
FORMAT_VERSION = 2


def digest_of(path: Path | str) -> str:
    """Return the hexadecimal SHA-256 of a file's present bytes, read in chunks."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def recorded_path(path: Path | str, folder: Path) -> str:
    """Return a path as it is recorded: the same wherever a study runs, and under whatever prefix its results lie.

    Parameters
    ----------
    path : Path or str
        From the working folder.
    folder : Path
        The one that holds `results`, from the working folder.

    Returns
    -------
    str
        Relative to the project for a file of the code, `results/...` for a result; any other path is unchanged.
    """
    path = Path(path)
    if path.is_absolute() and path.is_relative_to(_ROOT):
        return path.relative_to(_ROOT).as_posix()
    return (path.relative_to(folder) if path.is_relative_to(folder / "results") else path).as_posix()


def begin_record(*, rule: str, wildcards: dict[str, str], job: dict, inputs: Iterable[tuple[str | None, str]]) -> dict:
    """Describe what a job is requested to do, with its inputs as they are when it begins.

    Parameters
    ----------
    rule : str
        Also the stem of the script.
    wildcards : dict of str to str
    job : dict
        The one params value of its rule: `config`, `library`, `packages`.
    inputs : iterable of (str or None, str)
        The name that the rule gives each input file, and its path from the working folder.

    Returns
    -------
    dict
        The record without its outputs. `fingerprint` is the digest of everything in it except the inputs' paths.
    """
    record = {
        "format_version": FORMAT_VERSION,
        "rule": rule,
        "script": f"workflow/scripts/{rule}.py",
        "wildcards": wildcards,
        "config": without_secrets(job["config"]),
        "rng_seeds": _rng_seeds(job["config"]),
        "library": job["library"],
        "environment": describe_environment(job["packages"]),
        "inputs": [{"name": name, "path": path, "sha256": digest_of(path)} for name, path in inputs],
    }
    return record | {"fingerprint": job_fingerprint(record)}


def job_fingerprint(record: dict) -> str:
    """Return the SHA-256 of a job's code, parameters, input digests and environment, which its figures carry."""
    requested = {key: record[key] for key in ("rule", "wildcards", "config", "library", "environment")}
    requested["inputs"] = [[each["name"], each["sha256"]] for each in record["inputs"]]
    return hashlib.sha256(_canonical(requested)).hexdigest()


def write_record(
    record: dict,
    path: Path | str,
    outputs: Iterable[tuple[str | None, str]],
    name_of: Callable[[str], str] = str,
) -> None:
    """Add the digests of the outputs, as they are when the job ends, to a record and write it.

    Parameters
    ----------
    record : dict
        From `begin_record`.
    path : Path or str
        Written atomically.
    outputs : iterable of (str or None, str)
        As `inputs`, without the record itself.
    name_of : callable
        Returns the path under which a file is recorded.

    Raises
    ------
    Refusal
        If an input has changed since the job began.
    """
    for each in record["inputs"]:
        if digest_of(each["path"]) != each["sha256"]:
            raise Refusal(f"{each['path']} changed while {record['rule']} read it, run it again")
    read = [each | {"path": name_of(each["path"])} for each in record["inputs"]]
    written = [{"name": name, "path": name_of(output), "sha256": digest_of(output)} for name, output in outputs]
    with whole_file(path) as temporary:
        temporary.write_text(sealed_text(record | {"inputs": read, "outputs": written}), encoding="utf-8")


def sealed_text(content: dict) -> str:
    """Return a dictionary without `seal` as JSON, keys ascending, with a digest of its content."""
    seal = hashlib.sha256(_canonical(content)).hexdigest()
    return json.dumps(content | {"seal": seal}, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def read_sealed(path: Path | str) -> dict:
    """Read what `sealed_text` wrote, without `seal`; a Refusal if any byte has changed."""
    content = unsealed(Path(path).read_bytes())
    if content is None:
        raise Refusal(f"{path} is not as its job wrote it, delete it and run the workflow again")
    return content


def unsealed(data: bytes) -> dict | None:
    """Return what `sealed_text` wrote, without `seal`; None if any byte has changed."""
    try:
        content = json.loads(data)
        content.pop("seal")
        return content if sealed_text(content).encode() == data else None
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return None


def _rng_seeds(block: object, key: str = "") -> dict[str, int]:
    if not isinstance(block, dict):
        return {key: block} if key.rpartition(".")[2].endswith("rng_seed") else {}
    seeds = {}
    for name, value in block.items():
        seeds |= _rng_seeds(value, f"{key}.{name}" if key else name)
    return seeds


def _canonical(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
