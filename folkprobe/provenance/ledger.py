"""The records that the jobs of a study left in a results folder."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from folkprobe.artefact import read_regular
from folkprobe.provenance.record import FORMAT_VERSION, job_fingerprint, unsealed
from folkprobe.refusal import Refusal

MANIFEST_NAME = "provenance.json"
_RECORDS_FOLDER = "records"
# Of one study: some fifty times those of the default one, and what can be read in some seconds.
_MAX_BYTES = 32 * 2**20
_MAX_RECORDS = 20_000
_MAX_VALUES = 3_000_000
_MAX_TEXT = 4096
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
    return os.path.lexists(folder / MANIFEST_NAME) or (folder / _RECORDS_FOLDER).is_dir()


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
    reader = _Reader(folder, broken)
    manifest = reader.read(folder / MANIFEST_NAME, MANIFEST_NAME, _is_manifest)
    listed = manifest.get("jobs", {})
    jobs = dict(listed)
    for path in reader.record_paths():
        record = reader.read(path, path.stem, _is_record)
        if record:
            jobs[path.stem] = record
    for name, record in jobs.items():
        if name in listed and record["fingerprint"] == listed[name]["fingerprint"] and record != listed[name]:
            broken[name] = f"{name}.json and {MANIFEST_NAME} tell different things of one job"
        elif job_fingerprint(record) != record["fingerprint"]:
            broken.setdefault(name, f"{name}.json does not say what its fingerprint was made from")
    # The manifest's record counts if a job left a record but is no longer part of the study.
    in_order = sorted(jobs, key=lambda name: name in manifest.get("jobs", {}))
    makers = {output["path"]: name for name in in_order for output in jobs[name]["outputs"]}
    return Ledger(folder, jobs, makers, broken, manifest)


class _Reader:
    """Reads the records of one study, within limits."""

    def __init__(self, folder: Path, broken: dict[str, str]) -> None:
        self._folder, self._broken = folder, broken
        self._bytes_left, self._values_left = _MAX_BYTES, _MAX_VALUES

    def record_paths(self) -> Iterator[Path]:
        """Yield the records in the order of their names."""
        folder = self._folder / _RECORDS_FOLDER
        names = os.scandir(folder) if folder.is_dir() else ()
        paths = []
        for entry in names:
            if entry.name.endswith(".json") and not entry.name.startswith("."):
                paths.append(folder / entry.name)
                if len(paths) > _MAX_RECORDS:
                    raise Refusal(f"{folder}: more than {_MAX_RECORDS} records, which no audit reads")
        yield from sorted(paths)

    def read(self, path: Path, name: str, is_one: Callable[[object], bool]) -> dict:
        """Return the content of a record or manifest, or {} and a sentence in `broken`."""
        if not os.path.lexists(path):
            return {}
        try:
            data = read_regular(path, self._bytes_left)
        except Refusal as refusal:
            if path.is_file() and path.stat().st_size > self._bytes_left:
                raise Refusal(
                    f"{self._folder}: more than {_MAX_BYTES} bytes of records, which no audit reads"
                ) from None
            self._broken[name] = f"{path.name} is not as its job wrote it: {refusal}"
            return {}
        self._bytes_left -= len(data)
        # Before anything is made of them: an empty list takes three bytes in a file, and many more in memory.
        self._values_left -= sum(map(data.count, (b",", b"[", b"{")))
        if self._values_left < 0:
            raise Refusal(f"{self._folder}: more than {_MAX_VALUES} values in records, which no audit reads")
        content = unsealed(data) or {}
        version = content.get("format_version", FORMAT_VERSION)
        if isinstance(version, int) and version != FORMAT_VERSION:
            raise Refusal(f"{path} has the format {version} of another folkprobe: run the study again with this one")
        if is_one(content):
            return content
        self._broken[name] = f"{path.name} is not as its job wrote it"
        return {}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MAX_TEXT and "\0" not in value


def _is_map_of_text(value: object) -> bool:
    return isinstance(value, dict) and all(_is_text(key) and _is_text(item) for key, item in value.items())


def _is_list_of(is_one: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(map(is_one, value))


def _is_map_of(is_one: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, dict) and all(_is_text(key) and is_one(item) for key, item in value.items())


_OPTIONAL = {"format_version", "rng_seeds", "figures"}


def _has(**fields: Callable[[object], bool]) -> Callable[[object], bool]:
    """Return the test of a mapping with these keys, and no other."""

    def test(value: object) -> bool:
        return (
            isinstance(value, dict)
            and value.keys() <= fields.keys()
            and fields.keys() - _OPTIONAL <= value.keys()
            and all(is_one(value.get(key)) for key, is_one in fields.items())
        )

    return test


def _is_version(value: object) -> bool:
    return value is None or value is FORMAT_VERSION or value == FORMAT_VERSION


def _is_mapping(value: object) -> bool:
    return isinstance(value, dict)


def _is_optional_text(value: object) -> bool:
    return value is None or _is_text(value)


_is_blas = _has(name=_is_text, version=_is_text, kernel=_is_optional_text)
_is_file = _has(name=_is_optional_text, path=_is_text, sha256=_is_text)
_is_record = _has(
    format_version=_is_version,
    fingerprint=_is_text,
    config=_is_mapping,
    environment=_has(
        blas=_is_list_of(_is_blas),
        distributions=_is_map_of_text,
        implementation=_is_text,
        machine=_is_text,
        python=_is_text,
    ),
    inputs=_is_list_of(_is_file),
    library=_is_map_of_text,
    outputs=_is_list_of(_is_file),
    rng_seeds=lambda value: value is None or _is_mapping(value),
    rule=_is_text,
    script=_is_text,
    wildcards=_is_map_of_text,
)
_is_manifest = _has(
    format_version=_is_version,
    jobs=_is_map_of(_is_record),
    # Of which an earlier folkprobe kept more than digests; nothing is read from it.
    figures=lambda value: value is None or _is_mapping(value),
    configuration=_has(files=_is_list_of(_is_text), overrides=_is_mapping, merged=_is_mapping),
)
