"""Writes down how many CPU-seconds a process of a study spends in each stage.

Python runs a module of this name when it starts, in the processes of which `benchmarks/study.py` has put this folder on
the path.
"""

import atexit
import functools
import importlib.abc
import importlib.machinery
import json
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path

# What a stage calls: (module, class or None, function).
CALLED = {
    ("folkprobe.provenance.job", None, "run_job"): "computing",
    ("folkprobe.provenance.record", None, "begin_record"): "records",
    ("folkprobe.provenance.record", None, "write_record"): "records",
    ("folkprobe.figures.page", None, "new_figure"): "figures",
    ("folkprobe.artefact", None, "write_table"): "tables and HDF5",
    ("h5py._hl.group", "Group", "create_dataset"): "tables and HDF5",
    ("h5py._hl.dataset", "Dataset", "__setitem__"): "tables and HDF5",
    ("h5py._hl.dataset", "Dataset", "__getitem__"): "tables and HDF5",
}
# Snakemake's preamble imports none of these; every script imports one before all else but the standard library.
FIRST = {"numpy", "pandas", "folkprobe"}
MODULES = {module for module, _, _ in CALLED}


class Clock:
    """CPU time, charged to the innermost stage."""

    def __init__(self):
        self.stage, self.since, self.seconds = "interpreter and preamble", 0.0, {}

    def switch(self, stage):
        """Begin a stage; return the one that it interrupts."""
        now, before = time.process_time(), self.stage
        self.seconds[before] = self.seconds.get(before, 0.0) + now - self.since
        self.stage, self.since = stage, now
        return before

    @contextmanager
    def of(self, stage):
        """Charge what happens in the block to a stage."""
        before = self.switch(stage)
        try:
            yield
        finally:
            self.switch(before)

    def wrap(self, function, stage):
        """Charge a function, or the block that a context manager guards, to a stage."""

        @functools.wraps(function)
        def timed(*arguments, **options):
            with self.of(stage):
                return function(*arguments, **options)

        @functools.wraps(function)
        @contextmanager
        def timed_block(*arguments, **options):
            with self.of(stage), function(*arguments, **options) as value:
                yield value

        return timed_block if function.__name__ == "new_figure" else timed


class Finder(importlib.abc.MetaPathFinder):
    """Wraps what the stages call, where it is imported."""

    def __init__(self, clock):
        self.clock = clock

    def find_spec(self, name, path, target=None):
        if name in FIRST and self.clock.stage == "interpreter and preamble":
            self.clock.switch("imports")
        spec = importlib.machinery.PathFinder.find_spec(name, path, target) if name in MODULES else None
        if spec is not None:
            run = spec.loader.exec_module

            def run_and_wrap(module):
                run(module)
                for (of_module, of_class, function), stage in CALLED.items():
                    if of_module == name:
                        owner = getattr(module, of_class) if of_class else module
                        setattr(owner, function, self.clock.wrap(getattr(owner, function), stage))

            spec.loader.exec_module = run_and_wrap
        return spec


def measure(path):
    clock = Clock()
    sys.meta_path.insert(0, Finder(clock))

    def write():
        clock.switch("ended")
        job = getattr(sys.modules["__main__"], "snakemake", None)
        seconds = clock.seconds if job else {"Snakemake": sum(clock.seconds.values())}
        # One write a line, so that processes that end at the same time do not interleave.
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"rule": getattr(job, "rule", None), "seconds": seconds}) + "\n")

    atexit.register(write)


if "FOLKPROBE_STAGES" in os.environ:
    measure(os.environ["FOLKPROBE_STAGES"])
