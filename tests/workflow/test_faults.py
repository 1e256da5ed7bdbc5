"""Whatever goes wrong while a study runs, the same command ends in the same bytes, or in one sentence."""

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from project import HANG_SECONDS, TINY_TARGETS, tiny_project

RESULTS = "results/tiny"
COMMAND = (*TINY_TARGETS, "--cores", "2")
# A machine that is slow in turns may end a run before it is seen to be at work; then it is begun anew.
MAX_TRIES = 10
_LONG = partial(pytest.param, marks=pytest.mark.full)


@pytest.fixture
def tiny(tmp_path):
    """A fresh tiny study, nothing run."""
    return tiny_project(tmp_path)


@pytest.fixture
def finished_tiny(reference, tmp_path):
    return reference.copy(tmp_path / "copy")


def _resume(project, reference):
    """Unlock, where a run was killed, and run the one documented command again: it must end in the reference's bytes.

    Snakemake makes a missing intermediate when something needs it, or when it is named.
    """
    if _locks(project):
        project.snakemake("--unlock")
    project.snakemake(*COMMAND)
    found, expected = project.digests(), reference.digests()
    assert {path for path in found if found[path] != expected.get(path)} == set()
    assert all((project.folder / target).is_file() for target in TINY_TARGETS)
    missing = [f"results/{path}" for path in expected.keys() - found.keys()]
    if missing:
        project.snakemake(*missing)
        assert project.digests() == expected


def _locks(project):
    return list((project.folder / ".snakemake/locks").glob("*"))


def _refused(project, *sentences, command=COMMAND, **options):
    ended = project.snakemake(*command, check=False, **options)
    output = ended.stdout + ended.stderr
    assert ended.returncode != 0, output
    for sentence in sentences:
        assert sentence in " ".join(output.split()), output
    assert "Traceback" not in output, output
    return output


def _start(project, **options):
    with (project.folder / "run.log").open("w") as log:
        return subprocess.Popen(
            [*project.command, *COMMAND], cwd=project.folder, env=project.environment, stdout=log, stderr=log, **options
        )


def _wait_for(project, process, n_done):
    """Wait until that many jobs of a run have ended, or the run has."""
    log, deadline = project.folder / "run.log", time.monotonic() + HANG_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if len(re.findall(r"^\d+ of \d+ steps", log.read_text(), re.MULTILINE)) >= n_done:
            return
        time.sleep(0.02)


def _forget(project):
    """Let a study that has ended before anything could be done to it be fresh again."""
    for name in ("results", ".snakemake"):
        shutil.rmtree(project.folder / name)


def _stop_at_work(project):
    """Start a run, and let it stand still when a job has ended and others have not."""
    for _ in range(MAX_TRIES):
        process = _start(project, start_new_session=True)
        _wait_for(project, process, 1)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGSTOP)
            steps = re.findall(r"^(\d+) of (\d+) steps", (project.folder / "run.log").read_text(), re.MULTILINE)
            if steps and steps[-1][0] != steps[-1][1]:
                return process
            os.killpg(process.pid, signal.SIGCONT)
        assert process.wait(HANG_SECONDS) == 0
        _forget(project)
    return pytest.fail("every run had ended before it could be stopped")


def _kill(project, reference, how, n_done, delay_seconds):
    """Start a run, kill it at a moment, and look at what it leaves."""
    for lock in _locks(project):
        lock.unlink()
    process = _start(project, start_new_session=True)
    _wait_for(project, process, n_done)
    time.sleep(delay_seconds)
    if how == "SIGKILL, main process only":
        process.kill()
    elif process.poll() is None:
        os.killpg(process.pid, getattr(signal, how))
    process.wait(HANG_SECONDS)
    expected = reference.digests()
    for path, digest in project.digests().items():
        # The rest are temporary: shards, and what a killed writer left under a name of its own.
        assert expected.get(path, digest) == digest, f"{path} is not whole"
        assert path in expected or "/shards/" in path or Path(path).name.startswith("."), path
    return process.returncode


@pytest.mark.long
def test_a_run_that_is_killed_again_and_again_ends_in_the_same_bytes(tiny, reference):
    rng = random.Random(11)
    ways = ["SIGKILL", "SIGTERM", "SIGINT", "SIGKILL, main process only"]
    # Jobs done since the last time: nearly all of the study's, in the end; it may then be done before.
    for _ in range(MAX_TRIES):
        status = [
            _kill(tiny, reference, how, n_done, rng.uniform(0, 0.4))
            for how, n_done in zip(ways, (2, 2, 3, 3), strict=True)
        ]
        if 0 not in status[:2]:
            break
        _forget(tiny)
    else:
        pytest.fail("no run was killed at work")
    _resume(tiny, reference)


@pytest.mark.full
@pytest.mark.parametrize("moment", range(20))
def test_a_run_that_is_killed_at_any_moment_ends_in_the_same_bytes(tiny, reference, moment):
    delay_seconds = random.Random(moment).uniform(0, 0.8)
    how = ["SIGKILL", "SIGKILL", "SIGKILL", "SIGTERM", "SIGINT"][moment % 5]
    log = max((reference.folder / ".snakemake/log").iterdir()).read_text()
    n_jobs = int(re.search(r"(\d+) of \1 steps", log).group(1))
    _kill(tiny, reference, how, moment * n_jobs // 20, delay_seconds)
    _resume(tiny, reference)


def test_a_second_run_in_the_same_folder_is_refused_and_the_first_goes_on(finished_tiny, reference):
    # A handful of jobs is work enough.
    for path in [finished_tiny.folder / TINY_TARGETS[0], *finished_tiny.folder.glob(f"{RESULTS}/*/bars.csv")]:
        path.unlink()
    first = _stop_at_work(finished_tiny)
    try:
        _refused(finished_tiny, "Directory cannot be locked")
    finally:
        os.killpg(first.pid, signal.SIGCONT)
    assert first.wait(HANG_SECONDS) == 0
    assert finished_tiny.digests() == reference.digests()


def test_parsing_touches_no_lock_and_no_file(tiny):
    """A lock may be that of a run at work on another node."""
    locks = tiny.folder / ".snakemake/locks"
    locks.mkdir(parents=True)
    for kind in ("input", "output"):
        (locks / f"0.{kind}.lock").write_text(f"{TINY_TARGETS[0]}\n")
    before = {path: path.stat().st_mtime_ns for path in _own_files(tiny.folder)}
    for look in ("--list-rules", "--dry-run", "--dag", "--summary"):
        tiny.snakemake(look, check=False)
        assert {path: path.stat().st_mtime_ns for path in _own_files(tiny.folder)} == before, look
    _refused(tiny, "Directory cannot be locked", "--unlock")


def _own_files(folder):
    """All files but Snakemake's logs and bookkeeping, which it writes at every call, and compiled Python."""
    ours = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    kept = [path for path in ours if ".snakemake" not in path.parts or "locks" in path.parts]
    assert len(kept) > 100
    return kept


@pytest.fixture
def small_disk(tiny):
    """A tiny study whose results lie on a disk of their own; remount it with options."""
    results = tiny.folder / "results"
    results.mkdir()
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("SKIPPED: needs root, to mount a small disk")
    mounting = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(results)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("SKIPPED: needs the right to mount, which this container lacks")

    def remount(options):
        subprocess.run(["mount", "-o", f"remount,{options}", str(results)], check=True)

    yield remount
    subprocess.run(["umount", str(results)], check=True)


# Before the first checkpoint is whole, and among the later files.
@pytest.mark.parametrize("size", [_LONG("600k"), _LONG("1700k"), "3000k", _LONG("3450k")])
def test_a_full_disk_is_one_sentence_and_room_is_all_it_takes(tiny, small_disk, reference, size):
    small_disk(f"size={size}")
    _refused(tiny, "No space left on device; make room on the disk of the results and run again")
    small_disk("size=100m")
    _resume(tiny, reference)


def test_results_that_may_not_be_written_are_named(tiny, small_disk):
    small_disk("ro")
    _refused(tiny, "results: this folder cannot be written, make it writable")


def test_a_job_that_needs_more_memory_than_there_is_says_so(finished_tiny):
    overlay = finished_tiny.folder / "overlay.yaml"
    # Spectra of 384 units at 2^27 frequencies: some 400 GB.
    overlay.write_text("spectra: {population_n_fft: 268435456}\n")
    target = f"{RESULTS}/intact/spectra.h5"
    _refused(
        finished_tiny,
        "the job needs more memory than it may have",
        command=(target, "--configfile", str(overlay)),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30)),
    )
    assert not (finished_tiny.folder / target).exists()


@pytest.mark.full
def test_a_job_that_the_kernel_kills_for_its_memory_leaves_nothing_half(tiny, reference):
    for _ in range(MAX_TRIES):
        process = _start(tiny)
        _wait_for(tiny, process, 2)
        killed = False
        while process.poll() is None and not killed:
            # A thread or a job may end while it is looked at.
            with suppress(FileNotFoundError, ProcessLookupError):
                for task in Path(f"/proc/{process.pid}/task").iterdir():
                    for child in (task / "children").read_text().split():
                        os.kill(int(child), signal.SIGKILL)
                        killed = True
        if process.wait(HANG_SECONDS):
            break
        _forget(tiny)
    assert killed
    assert process.returncode != 0
    assert "Traceback" not in (tiny.folder / "run.log").read_text()
    _resume(tiny, reference)


@pytest.mark.full
def test_deleted_intermediates_are_made_again(finished_tiny, reference):
    for name in ("intact/tunes.h5", "intact/units.csv", "layer_1_excised/checkpoint.h5"):
        (finished_tiny.folder / RESULTS / name).unlink()
    _resume(finished_tiny, reference)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        _LONG("checkpoint.h5", "a flipped bit"),
        ("tunes.h5", "a flipped bit"),
        _LONG("trajectories.h5", "a flipped bit"),
        _LONG("spectra.h5", "a flipped bit"),
        _LONG("checkpoint.h5", "cut short"),
        _LONG("tunes.h5", "cut short"),
        ("trajectories.h5", "cut short"),
        _LONG("spectra.h5", "cut short"),
    ],
)
def test_a_damaged_intermediate_is_refused_by_name_and_deleting_it_is_all_it_takes(
    finished_tiny, reference, name, damage
):
    path = finished_tiny.folder / RESULTS / "intact" / name
    data = bytearray(path.read_bytes())
    if damage == "cut short":
        del data[len(data) // 2 :]
    else:
        data[2 * len(data) // 3] ^= 16
    path.write_bytes(data)
    output = _refused(finished_tiny, f"{RESULTS}/intact/{name}: ")
    assert "delete it, and the" in output
    path.unlink()
    _resume(finished_tiny, reference)


def test_time_stamps_from_a_clock_that_was_set_back_change_nothing(finished_tiny, reference):
    rng = random.Random(5)
    for path in sorted(finished_tiny.folder.rglob("*")):
        if path.is_file() and ".snakemake" not in path.parts:
            then = time.time() + rng.uniform(-1e8, 1e8)
            os.utime(path, (then, then))
    _resume(finished_tiny, reference)


def test_a_source_that_changes_under_an_old_time_stamp_is_seen(finished_tiny):
    path = finished_tiny.folder / "resources/checkpoints/demo.pkl"
    data = path.read_bytes()
    path.write_bytes(data + b"\n")
    os.utime(path, (1e9, 1e9))
    ended = finished_tiny.snakemake(*COMMAND, "--dry-run")
    assert "rule fetch_checkpoint" in ended.stdout + ended.stderr


@pytest.mark.parametrize("with_records", [True, _LONG(False)], ids=["with Snakemake's records", "without"])
def test_results_that_were_restored_without_their_times_are_as_good(finished_tiny, reference, tmp_path, with_records):
    results = finished_tiny.folder / "results"
    shutil.copytree(results, tmp_path / "backup", copy_function=shutil.copyfile)
    shutil.rmtree(results)
    # As a parallel copy might: the youngest first.
    (tmp_path / "backup").rename(results)
    for age, path in enumerate(sorted(path for path in results.rglob("*") if path.is_file())):
        os.utime(path, (time.time() - age, time.time() - age))
    if not with_records:
        shutil.rmtree(finished_tiny.folder / ".snakemake")
    _resume(finished_tiny, reference)
