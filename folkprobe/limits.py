"""What the reading of a file that may be hostile can take of the machine."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from folkprobe.refusal import Refusal

CPU_SECONDS = 8
# Snakemake takes three to read the rules, and more where other programs share the caches.
RULES_CPU_SECONDS = 20
MEMORY_BYTES = 450 * 10**6
# For a program that waits for something that never comes; a machine that is busy takes longer than its CPU time.
_HANG_SECONDS = 120
_REMEDY = ", give --no-limits if you trust what it reads"


def limit_process(cpu_seconds: int = CPU_SECONDS, memory_bytes: int = MEMORY_BYTES) -> None:
    """Let this process end when it has used so much CPU time, and fail when it asks for more memory."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    # Data, and not the address space, of which libraries reserve much that they never use.
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextmanager
def limited(what: str) -> Iterator[None]:
    """End a block with a Refusal when it takes more CPU time or memory than the limits; `what` begins the sentence."""

    def end(*_: object) -> None:
        raise Refusal(f"{what} takes more than {CPU_SECONDS} s of CPU time{_REMEDY}")

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES if hard < 0 else min(MEMORY_BYTES, hard), hard))
    try:
        yield
    except MemoryError:
        raise Refusal(f"{what} takes more than {MEMORY_BYTES // 10**6} MB of memory{_REMEDY}") from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def ask_program(command: Sequence[str], request: object, folder: Path, cpu_seconds: int = CPU_SECONDS) -> object:
    """Run a program that limits itself, and return its answer.

    Parameters
    ----------
    command : sequence of str
        Arguments of Python. The program reads JSON from standard input and writes JSON to standard output.
    request : object
    folder : Path
        Where it runs.
    cpu_seconds : int
        The limit that it sets itself, for the sentence.

    Raises
    ------
    Refusal
        With the last line that the program wrote to standard error; or with the limit that it ran into.
    """
    # Each thread of OpenBLAS would reserve memory.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        ended = subprocess.run(  # noqa: S603
            [sys.executable, *command],
            input=json.dumps(request),
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_HANG_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise Refusal(f"no answer in {_HANG_SECONDS} s") from None
    if ended.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise Refusal(f"it takes more than {cpu_seconds} s of CPU time")
    if ended.returncode < 0 or "MemoryError" in ended.stderr:
        raise Refusal(f"it takes more than {MEMORY_BYTES // 10**6} MB of memory")
    if ended.returncode:
        raise Refusal((ended.stderr.strip().splitlines() or ["no reason given"])[-1])
    try:
        return json.loads(ended.stdout)
    except ValueError:
        raise Refusal("the answer cannot be read") from None
