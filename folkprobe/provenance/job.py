"""Run a job of the workflow: its log, its record and the identity of its figures."""

import errno
import gc
import inspect
import json
import logging
import os
import platform
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from folkprobe.identity import Identity, working_as
from folkprobe.provenance.record import begin_record, recorded_path, write_record
from folkprobe.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SCRIPTS = Path("workflow/scripts")
# Failures of the machine, not of the job.
_REMEDIES = {
    errno.ENOSPC: "make room on the disk of the results",
    errno.EDQUOT: "make room within your quota",
    errno.EROFS: "make the disk of the results writable",
    errno.EACCES: "make it accessible to you",
    errno.EPERM: "make it accessible to you",
}


def run_job(main: "Callable[..., None]", job: object) -> None:
    """Run a job of the workflow: write its log and its record, and put its identity into its figures.

    Parameters
    ----------
    main : callable
        The job's function, called with the keyword arguments of `bind_arguments`.
    job : object
        The `snakemake` object of a script: `rule`, `wildcards`, `input`, `output`, `log`, and `params` with the value
        `job`. The output that is named `record` is written here, after all others; a rule without one is not recorded.

    Notes
    -----
    Snakemake deletes a job's outputs, the record among them, before the job starts and after it fails, so a record
    never accompanies outputs of another run. Time, host and resources of the run go to a separate file beside the log.
    """
    # The rules of a study among several have its name before them: a record is that of the study alone.
    rule = job.rule.rpartition("__")[2]
    log_path = Path(job.log[0])
    started = time.time()
    # What is imported stays until the end. The garbage collector would look at all of it again, the last time when
    # Python ends, which takes a third of a short job.
    gc.freeze()
    with job_log(log_path):
        arguments = bind_arguments(main, job)
        outputs = list(_named_files(job.output))
        record_paths = [path for name, path in outputs if name == "record"]
        fingerprint = None
        if record_paths:
            rule = _rule_of(job)
            record = begin_record(
                rule=rule,
                wildcards=dict(sorted(job.wildcards.items())),
                job=job.params.job,
                inputs=_named_files(job.input),
            )
            fingerprint = record["fingerprint"]
            with working_as(Identity(rule, fingerprint)):
                main(**arguments)
            # results/{model}/records/{job}.json
            name_of = partial(recorded_path, folder=Path(*Path(record_paths[0]).parents[3:4]))
            write_record(record, record_paths[0], [each for each in outputs if each[0] != "record"], name_of)
        else:
            main(**arguments)
        _note_circumstances(rule, log_path, fingerprint, started)
    # And what was imported since.
    gc.freeze()


def _rule_of(job: object) -> str:
    """Return the rule's own name, its script's; a workflow that uses this one as a module may rename it."""
    scripts = (Path(path) for path in job.params.job["library"])
    return next((path.stem for path in scripts if path.parent == _SCRIPTS), job.rule)


def bind_arguments(main: "Callable[..., None]", job: object) -> dict[str, object]:
    """Return the keyword arguments with which a job calls the main function of its script.

    Parameters
    ----------
    main : callable
        The function, whose signature determines the arguments.
    job : object
        The `snakemake` object of a script.

    Returns
    -------
    dict
        By parameter of `main`:

        - `x_path`, a Path, or `x_paths`, a list of them: the named input or output `x`. An output that shares its
          name with an input is `output_x_path`. A list of files fits `x_path` if it holds one, or none (None).
        - the configuration: each key of the block `job.params.job["config"]`;
        - a wildcard, if `main` has a parameter of its name and the block has no such key: a str, or an int where that
          is the annotation;
        - `log_path`, if `main` has it: the job's log.

        Unnamed inputs and the output `record` are not passed.

    Raises
    ------
    TypeError
        If `main` does not take a file or a key, or has a parameter without a value; the message names it.
    """
    taken = inspect.signature(main).parameters
    block = job.params.job["config"]
    inputs = {name: value for name, value in job.input._allitems() if name}
    outputs = {name: value for name, value in job.output._allitems() if name not in (None, "record")}
    outputs = {f"output_{name}" if name in inputs else name: value for name, value in outputs.items()}
    given: dict[str, object] = {}
    for name, value in (inputs | outputs).items():
        paths = [Path(value)] if isinstance(value, str) else [Path(path) for path in value]
        if f"{name}_paths" in taken:
            given[f"{name}_paths"] = paths
        elif f"{name}_path" in taken and len(paths) <= 1:
            given[f"{name}_path"] = paths[0] if paths else None
        else:
            wanted = f"{name}_path or {name}_paths" if len(paths) <= 1 else f"{name}_paths"
            raise TypeError(f"main() of the rule {job.rule} does not take {wanted}")
    for name, value in job.wildcards.items():
        if name in taken and name not in block:
            given[name] = int(value) if taken[name].annotation is int else value
    if "log_path" in taken:
        given["log_path"] = Path(job.log[0])
    # Raises TypeError, naming what is missing, superfluous or given twice.
    inspect.signature(main).bind(**given, **block)
    return given | block


def _named_files(files: object) -> "Iterable[tuple[str | None, str]]":
    """Yield each file of a Snakemake file list with its name in the rule, in the rule's order."""
    for name, value in files._allitems():
        for path in [value] if isinstance(value, str) else value:
            yield name, str(path)


def _note_circumstances(rule: str, log_path: Path, fingerprint: str | None, started: float) -> None:
    circumstances = {
        "rule": rule,
        "job": log_path.stem,
        "fingerprint": fingerprint,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
        "seconds": round(time.time() - started, 3),
        "cpu_seconds": round(time.process_time(), 3),
        "peak_memory_mb": peak_memory_mb(),
        "host": platform.node(),
        "folder": str(Path.cwd()),
        "command": sys.orig_argv,
        "threads": {name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")},
    }
    # One write per line, so that jobs that end at the same time do not interleave.
    with (log_path.parent / "circumstances.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(circumstances) + "\n")


def peak_memory_mb() -> float | None:
    """Return the peak memory of this process in MB; None where the system does not report it.

    `resource.getrusage` would include the process that it was forked from.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1.024e-3 if found else None


@contextmanager
def job_log(path: Path | str) -> Iterator[None]:
    """Write the package's log messages to a file and to standard error while a job runs.

    Snakemake does not write a script's log. A `Refusal` ends the job with its one sentence, and so does a lack of disk
    space or memory or a read-only disk. Any other exception is a defect: it is logged with its traceback and re-raised.

    Parameters
    ----------
    path : Path or str
        The log; a new run overwrites it.
    """
    package_log = logging.getLogger("folkprobe")
    package_log.setLevel(logging.INFO)
    handlers = [logging.FileHandler(path, mode="w", encoding="utf-8"), logging.StreamHandler(sys.stderr)]
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(message)s"))
        package_log.addHandler(handler)
    try:
        yield
    except Refusal as refusal:
        package_log.error("%s", refusal)
        raise SystemExit(1) from None
    except Exception as error:
        sentence = _machine_failure(error)
        if sentence:
            package_log.error("%s", sentence)
            raise SystemExit(1) from None
        # Standard error gets the traceback from Python itself.
        package_log.removeHandler(handlers[1])
        package_log.exception("This is a defect of folkprobe, not of its input; please report it.")
        raise
    finally:
        for handler in handlers:
            package_log.removeHandler(handler)
            handler.close()


def _machine_failure(error: Exception) -> str | None:
    if isinstance(error, MemoryError):
        reason = f" ({error})" if str(error) else ""
        return f"the job needs more memory than it may have{reason}; give it more, or less to do"
    remedy = _REMEDIES.get(error.errno) if isinstance(error, OSError) else None
    if remedy is None:
        return None
    # h5py's own message is long and names no file.
    return f"{error.filename or 'a result'}: {os.strerror(error.errno)}; {remedy} and run again"
