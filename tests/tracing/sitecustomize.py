"""Writes down which files a job's script opens and which modules it imports.

Python runs a module of this name when it starts, in jobs where `project.Project` has put this folder on the path.
"""

import atexit
import json
import os
import sys
from pathlib import Path

FOLDER = os.environ.get("FOLKPROBE_TRACES")


def trace(folder):
    opened = {"read": set(), "written": set()}
    wrapped = set()

    def note(path, is_written):
        if isinstance(path, str | bytes | os.PathLike):
            opened["written" if is_written else "read"].add(os.path.realpath(os.fsdecode(path)))

    def hook(event, arguments):
        if event == "open":
            path, _, flags = arguments
            note(path, isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
            # HDF5 opens its files itself, unseen by Python. A job opens its inputs, to digest them, before it reads
            # any of them, so that h5py is here in time.
            h5f = getattr(sys.modules.get("h5py._hl.files"), "h5f", None)
            if h5f is not None and h5f.__name__ not in wrapped:
                wrapped.add(h5f.__name__)
                open_file = h5f.open

                def noting(name, *arguments, **options):
                    note(name, False)
                    return open_file(name, *arguments, **options)

                h5f.open = noting

    def write():
        job = getattr(sys.modules["__main__"], "snakemake", None)
        if job is None:
            return
        content = {
            "rule": job.rule,
            "wildcards": {name: value for name, value in job.wildcards.items() if name != "model"},
            "declared": [os.path.realpath(path) for path in (*job.input, *job.output, *job.log)],
            "modules": [
                os.path.realpath(module.__file__)
                for module in list(sys.modules.values())
                if getattr(module, "__file__", None)
            ],
            **{name: sorted(paths) for name, paths in opened.items()},
        }
        Path(folder, f"{job.rule}-{os.getpid()}.json").write_text(json.dumps(content), encoding="utf-8")

    sys.addaudithook(hook)
    atexit.register(write)


if FOLDER and ".snakemake/scripts" in " ".join(sys.orig_argv):
    trace(FOLDER)
