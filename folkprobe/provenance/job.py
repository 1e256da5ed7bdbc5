"""What a job of the workflow says about itself while it runs."""

import errno
import json
import logging
import os
import platform
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from folkprobe.identity import Identity, working_as
from folkprobe.provenance.record import begin_record, write_record
from folkprobe.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

# What the machine may deny a job that is in order.
_REMEDIES = {
    errno.ENOSPC: "make room on the disk of the results",
    errno.EDQUOT: "make room within your quota",
    errno.EROFS: "make the disk of the results writable",
    errno.EACCES: "make it accessible to you",
    errno.EPERM: "make it accessible to you",
}


@contextmanager
def run_job(job: object) -> Iterator[None]:
    """Run a job of the workflow: fill its log, write its record, and let its figures carry its identity.

    Parameters
    ----------
    job : object
        What Snakemake gives a script as `snakemake`: `rule`, `wildcards`, `input`, `output`, `log`, and `params` with
        the value `job`. The output that is named `record` is written here, after all others; a rule without one is
        not recorded.

    Notes
    -----
    Snakemake deletes a job's outputs before it starts and after it fails, the record among them, so none stands
    beside outputs of another run. When and where the job ran, and what it took, goes to a file of its own beside the
    log.
    """
    log_path = Path(job.log[0])
    started = time.time()
    with job_log(log_path):
        outputs = list(_named_files(job.output))
        record_paths = [path for name, path in outputs if name == "record"]
        claim = None
        if record_paths:
            record = begin_record(
                rule=job.rule,
                wildcards=dict(sorted(job.wildcards.items())),
                job=job.params.job,
                inputs=_named_files(job.input),
            )
            claim = record["claim"]
            with working_as(Identity(job.rule, claim)):
                yield
            write_record(record, record_paths[0], [each for each in outputs if each[0] != "record"])
        else:
            yield
        _note_circumstances(job.rule, log_path, claim, started)


def _named_files(files: object) -> "Iterable[tuple[str | None, str]]":
    """Give each file of a list of Snakemake's with the name that the rule has for it, in the rule's order."""
    for name, value in files._allitems():
        for path in [value] if isinstance(value, str) else value:
            yield name, str(path)


def _note_circumstances(rule: str, log_path: Path, claim: str | None, started: float) -> None:
    circumstances = {
        "rule": rule,
        "job": log_path.stem,
        "claim": claim,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
        "seconds": round(time.time() - started, 3),
        "cpu_seconds": round(time.process_time(), 3),
        "peak_memory_mb": peak_memory_mb(),
        "host": platform.node(),
        "folder": str(Path.cwd()),
        "command": sys.orig_argv,
        "threads": {name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")},
    }
    # One write of one line: jobs that end at the same time do not mix.
    with (log_path.parent / "circumstances.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(circumstances) + "\n")


def peak_memory_mb() -> float | None:
    """Give the most memory that this process held.

    Returns
    -------
    float or None
        MB; None where the system does not say. `resource.getrusage` would count what the process was forked from.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1.024e-3 if found else None


@contextmanager
def job_log(path: Path | str) -> Iterator[None]:
    """Write what the package logs to a file and to standard error while a job runs.

    Snakemake does not fill a script's log. A `Refusal` ends the job with its one sentence, and so does a machine that
    gives no room: a full or read-only disk, no more memory. Any other exception is a defect, goes to the log with its
    traceback, and is raised again.

    Parameters
    ----------
    path : Path or str
        The log; a new run begins it anew.
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
        sentence = _blame_the_machine(error)
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


def _blame_the_machine(error: Exception) -> str | None:
    if isinstance(error, MemoryError):
        reason = f" ({error})" if str(error) else ""
        return f"the job needs more memory than it may have{reason}; give it more, or less to do"
    remedy = _REMEDIES.get(error.errno) if isinstance(error, OSError) else None
    if remedy is None:
        return None
    # h5py's own words name no file, and are long.
    return f"{error.filename or 'a result'}: {os.strerror(error.errno)}; {remedy} and run again"
