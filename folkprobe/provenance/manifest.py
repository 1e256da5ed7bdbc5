"""The manifest: the records of all jobs of a study, joined and checked against one another."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from folkprobe.provenance.record import FORMAT_VERSION, digest_of, read_sealed
from folkprobe.refusal import Refusal


def gather_records(
    record_paths: Sequence[Path], figure_paths: Sequence[Path], name_of: Callable[[Path], str] = Path.as_posix
) -> dict:
    """Join the records of the jobs of a study.

    Parameters
    ----------
    record_paths : sequence of Path
        One a job.
    figure_paths : sequence of Path
        Figures that these jobs wrote.
    name_of : callable
        Returns the path under which a file was recorded.

    Returns
    -------
    dict
        `format_version`; `jobs`, the records by job; `figures`, the digest of each figure by its path.

    Raises
    ------
    Refusal
        If a job read a file other than as its job wrote it, or a figure is not as its job wrote it.
    """
    jobs = {path.stem: read_sealed(path) for path in sorted(record_paths)}
    written = {each["path"]: (each["sha256"], name) for name, record in jobs.items() for each in record["outputs"]}
    for name, record in jobs.items():
        for each in record["inputs"]:
            sha256, maker = written.get(each["path"], (each["sha256"], ""))
            if sha256 != each["sha256"]:
                raise Refusal(f"{each['path']} was not what {maker} wrote when {name} read it, delete it and run again")
    figures = {}
    for path in sorted(figure_paths):
        sha256, maker = written[name_of(path)]
        if digest_of(path) != sha256:
            raise Refusal(f"{path} is not what {maker} wrote, delete it and run again")
        figures[name_of(path)] = {"sha256": sha256}
    return {"format_version": FORMAT_VERSION, "jobs": jobs, "figures": figures}


def join_manifests(own: dict, studies: Mapping[str, dict]) -> dict:
    """Add the records of studies to those of a comparison that has read their results.

    Parameters
    ----------
    own : dict
        From `gather_records`.
    studies : mapping of str to dict
        Manifests by study.

    Returns
    -------
    dict
        As `own`; a job of a study has the study's name before its own.

    Raises
    ------
    Refusal
        If the comparison read a file other than as a study's job wrote it.
    """
    jobs = {
        f"{study}/{name}": record for study, manifest in studies.items() for name, record in manifest["jobs"].items()
    }
    written = {each["path"]: (each["sha256"], name) for name, record in jobs.items() for each in record["outputs"]}
    for name, record in own["jobs"].items():
        for each in record["inputs"]:
            sha256, maker = written.get(each["path"], (each["sha256"], ""))
            if sha256 != each["sha256"]:
                raise Refusal(f"{each['path']} was not what {maker} wrote when {name} read it, delete it and run again")
    return own | {"jobs": own["jobs"] | jobs}
