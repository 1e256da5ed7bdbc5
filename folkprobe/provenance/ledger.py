"""The records that the jobs of a study left in a results folder."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from folkprobe.provenance.record import FORMAT_VERSION, job_fingerprint, read_sealed
from folkprobe.refusal import Refusal

MANIFEST_NAME = "provenance.json"
_RECORDS_FOLDER = "records"
# Below results/, where comparisons are.
COMPARISONS = "compare"


class Ledger(NamedTuple):
    """The records of one model's results.

    Attributes
    ----------
    folder : Path
        `results/{model}`, or whatever it has been renamed to.
    jobs : dict of str to dict
        The record of each job, by its name; a record of the folder `records` overrides that of the manifest.
    makers : dict of str to str
        The name of the job that wrote each output, by the output's recorded path.
    broken : dict of str to str
        One sentence for each record that is not as it was written, by the job's name (or the manifest's).
    manifest : dict
        The content of `provenance.json`; empty where it is missing or broken.
    """

    folder: Path
    jobs: dict[str, dict]
    makers: dict[str, str]
    broken: dict[str, str]
    manifest: dict

    def place_of(self, path: str, root: Path) -> Path:
        """Return where a recorded path is now: in this results folder, or below the root of the project."""
        # A comparison has its own folder, and what it read of its studies is in theirs.
        parts, n_home = Path(path).parts, 3 if self.is_comparison else 2
        is_result = parts[:1] == ("results",) and len(parts) > n_home and path in self.makers
        is_own = is_result and (parts[1] == COMPARISONS) == self.is_comparison
        return self.folder.joinpath(*parts[n_home:]) if is_own else root / path

    @property
    def is_comparison(self) -> bool:
        """Whether these are the records of a comparison of studies."""
        return "compare" in self.manifest.get("configuration", {}).get("merged", {})


def is_results_folder(folder: Path) -> bool:
    """Report whether a folder holds the results of a model."""
    return (folder / MANIFEST_NAME).is_file() or (folder / _RECORDS_FOLDER).is_dir()


def read_ledger(folder: Path) -> Ledger:
    """Read the records of a results folder.

    Parameters
    ----------
    folder : Path
        `results/{model}`.

    Returns
    -------
    Ledger
        A record that is damaged, or that disagrees with the manifest about the outputs of the same job, is in
        `broken`; a job that ran again after the manifest was written is not.

    Raises
    ------
    Refusal
        If the records are of another format.
    """
    broken: dict[str, str] = {}
    manifest = {}
    if (folder / MANIFEST_NAME).is_file():
        manifest = _read(folder / MANIFEST_NAME, MANIFEST_NAME, _is_manifest, broken)
    jobs = dict(manifest.get("jobs", {}))
    for path in sorted((folder / _RECORDS_FOLDER).glob("[!.]*.json")):
        record = _read(path, path.stem, _is_record, broken)
        listed = manifest.get("jobs", {}).get(path.stem)
        if record:
            jobs[path.stem] = record
            if listed and listed["fingerprint"] == record["fingerprint"] and listed != record:
                broken[path.stem] = f"{path.name} and {MANIFEST_NAME} tell different things of one job"
            elif job_fingerprint(record) != record["fingerprint"]:
                broken[path.stem] = f"{path.name} does not say what its fingerprint was made from"
    # The manifest's record counts if a job left a record but is no longer part of the study.
    in_order = sorted(jobs, key=lambda name: name in manifest.get("jobs", {}))
    makers = {output["path"]: name for name in in_order for output in jobs[name]["outputs"]}
    return Ledger(folder, jobs, makers, broken, manifest)


def _read(path: Path, name: str, is_one: Callable[[dict], bool], broken: dict[str, str]) -> dict:
    try:
        content = read_sealed(path)
    except Refusal:
        content = {}
    format_version = content.get("format_version", FORMAT_VERSION)
    if format_version != FORMAT_VERSION:
        raise Refusal(f"{path} has the format {format_version} of another folkprobe: run the study again with this one")
    if is_one(content):
        return content
    broken[name] = f"{path.name} is not as its job wrote it"
    return {}


_RECORD_TYPES = {
    "fingerprint": str,
    "config": dict,
    "environment": dict,
    "inputs": list,
    "library": dict,
    "outputs": list,
    "rule": str,
    "script": str,
    "wildcards": dict,
}
_ENVIRONMENT_TYPES = {"blas": list, "distributions": dict, "implementation": str, "machine": str, "python": str}


def _has(content: object, types: dict[str, type]) -> bool:
    return isinstance(content, dict) and all(isinstance(content.get(key), of) for key, of in types.items())


def _is_record(content: object) -> bool:
    return (
        _has(content, _RECORD_TYPES)
        and _has(content["environment"], _ENVIRONMENT_TYPES)
        and all(_has(each, {"name": str, "version": str}) for each in content["environment"]["blas"])
        and all(_has(each, {"path": str, "sha256": str}) for each in content["inputs"] + content["outputs"])
    )


def _is_manifest(content: dict) -> bool:
    return (
        _has(content, {"jobs": dict, "figures": dict, "configuration": dict})
        and _has(content["configuration"], {"files": list, "overrides": dict, "merged": dict})
        and all(isinstance(path, str) for path in content["configuration"]["files"])
        and all(_has(each, {"sha256": str}) for each in content["figures"].values())
        and all(map(_is_record, content["jobs"].values()))
    )
