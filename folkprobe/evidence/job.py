"""What a job of the workflow says about itself while it runs."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from folkprobe.refusal import Refusal


@contextmanager
def job_log(path: Path | str) -> Iterator[None]:
    """Write what the package logs to a file and to standard error while a job runs.

    Snakemake does not fill a script's log. A `Refusal` ends the job with its one sentence; any other exception is a
    defect, goes to the log with its traceback, and is raised again.

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
    except Exception:
        # Standard error gets the traceback from Python itself.
        package_log.removeHandler(handlers[1])
        package_log.exception("This is a defect of folkprobe, not of its input; please report it.")
        raise
    finally:
        for handler in handlers:
            package_log.removeHandler(handler)
            handler.close()
