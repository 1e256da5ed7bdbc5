"""`make run` says how far it is in one line: counted as Snakemake counts, readable with and without a terminal."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from project import HANG_SECONDS, ROOT, SMOKE, copy_project

from study.checks import default_config
from study.cluster.costs import CALIBRATION_SECONDS, seconds_of
from study.estimate import Estimate, in_words
from workflow.run import LogHandler

TARGETS = ("results/smoke/intact/tunes.h5", "results/smoke/intact/checkpoint.h5")


@pytest.fixture
def project(tmp_path):
    project = copy_project(tmp_path)
    project.command = (sys.executable, "-m", "workflow.run", "--cores", "2")
    return project


def _n_jobs_of_a_dry_run(project):
    dry = subprocess.run(
        [sys.executable, "-m", "snakemake", *TARGETS, "--dry-run", "--quiet", "rules", "--configfile", SMOKE],
        cwd=project.folder,
        env=project.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(re.search(r"^total +(\d+)$", dry.stdout, re.MULTILINE)[1])


def _announced(text):
    return [
        int(number) for number in re.findall(r"^(\d+) jobs, (?:about|less than) .* min on 2 cores", text, re.MULTILINE)
    ]


def test_jobs_are_counted_as_in_a_dry_run_and_plain_lines_follow_without_a_terminal(project):
    n_jobs = _n_jobs_of_a_dry_run(project)
    dry = project.smoke("--dry-run", *TARGETS).stdout
    assert _announced(dry.replace("1 core ", "2 cores ")) == [n_jobs]
    project.smoke(TARGETS[1])
    n_left = _n_jobs_of_a_dry_run(project)
    assert 0 < n_left < n_jobs
    ended = project.smoke(*TARGETS)
    assert _announced(ended.stderr) == [n_left]
    assert f"1 of {n_left} jobs done, " in ended.stderr
    assert "\x1b" not in ended.stderr + ended.stdout
    # What jobs print and how they start is in their logs and in Snakemake's.
    for unwanted in ("tokens", "rule ", "jobid"):
        assert unwanted not in ended.stderr + ended.stdout
    assert "12 tunes, " in (project.folder / "results/smoke/logs/generate_tunes_intact_0.log").read_text()
    assert "Nothing to be done" in project.smoke(*TARGETS).stderr


def test_a_failed_job_shows_its_log_and_where_it_is(project):
    (project.folder / "resources/checkpoints/demo.pkl").write_bytes(b"no checkpoint")
    ended = project.smoke(TARGETS[1], check=False)
    assert ended.returncode != 0
    log = "results/smoke/logs/convert_checkpoint.log"
    assert f"log: {log} (check log file(s) for error details)" in ended.stderr
    *_, last = (project.folder / log).read_text().splitlines()
    assert last in ended.stderr
    (printed,) = re.findall(r"all that jobs printed: (.+)", ended.stderr)
    assert last in Path(printed).read_text()
    assert "Complete log" in ended.stderr


def test_a_terminal_shows_a_bar_in_one_line(project):
    terminal, end = pty.openpty()
    command = [*project.command, TARGETS[1], "--configfile", SMOKE]
    options = {"cwd": project.folder, "env": project.environment | {"TERM": "xterm"}}
    with subprocess.Popen(command, stdin=end, stdout=end, stderr=end, **options) as running:
        os.close(end)
        shown = b""
        while True:
            try:
                shown += os.read(terminal, 2**16)
            except OSError:  # Linux says so when the other end is closed.
                break
        assert running.wait(HANG_SECONDS) == 0
    os.close(terminal)
    shown = shown.decode()
    assert re.search(r"convert_checkpoint[^\n]*━[^\n]*1/2[^\n]*jobs, (about|less than) .* left", shown)
    # Each state overwrites the one before it.
    assert len(re.findall(r"━\S* *(?:\x1b\[\S+?)? ?2/2", shown)) <= 2
    assert "jobs done" not in shown
    assert "embedding: one-hot" not in shown


def _after(*durations):
    """One core, ten jobs of a rule that was expected to take 60 seconds each."""
    estimate = Estimate({"draw": 10, "count": 1}, {"draw": 60.0, "count": 6.0}, 1)
    now = 0.0
    for job_id, duration in enumerate(durations):
        estimate.start(job_id, "draw", now)
        now += duration
        estimate.finish(job_id, now)
    return estimate, now


def test_an_estimate_follows_what_jobs_took():
    estimate, now = _after()
    assert estimate.seconds_left(now) == 606
    estimate, now = _after(30, 30)
    # Eight of the rule, and one of another that shares only the machine.
    assert 8 * 30 + 3 < estimate.seconds_left(now) < 8 * 30 + 6
    before = estimate.seconds_left(now)
    estimate.start(2, "draw", now)
    assert estimate.stage == "draw"
    assert estimate.seconds_left(now + 10) == pytest.approx(before - 10)
    # Longer than expected: never less than what waits.
    assert estimate.seconds_left(now + 1000) == pytest.approx(before - 30)
    estimate.fail(2)
    assert (estimate.n_jobs, estimate.stage) == (9, "")


def test_cores_that_were_idle_count_as_idle():
    estimate = Estimate({"draw": 100}, {"draw": 60.0}, 4)
    assert estimate.seconds_left(0) == 100 * 60 / 4
    # One after the other, as if each waited for the one before it.
    for job_id in range(20):
        estimate.start(job_id, "draw", 60.0 * job_id)
        estimate.finish(job_id, 60.0 * (job_id + 1))
    assert estimate.seconds_left(1200.0) == pytest.approx(80 * 60, rel=0.02)


def test_the_longest_job_is_waited_for_whatever_the_number_of_cores():
    assert Estimate({"draw": 1, "count": 8}, {"draw": 600.0, "count": 1.0}, 64).seconds_left(0) == 600


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than 1 min"),
        (29, "less than 1 min"),
        (100, "about 2 min"),
        (3600, "about 1 h 0 min"),
        (11100, "about 3 h 5 min"),
    ],
)
def test_durations_are_given_in_words(seconds, words):
    assert in_words(seconds) == words


def test_make_run_runs_it():
    assert "-m workflow.run --cores $(CORES) $(ARGS)" in (ROOT / "Makefile").read_text()


def test_deep_yaml_is_refused_before_snakemake_reads_it(tmp_path):
    path = tmp_path / "deep.yaml"
    path.write_text("[" * 5000 + "]" * 5000)
    command = [sys.executable, "-m", "workflow.run", "--dry-run", "--cores", "1", "--configfile", str(path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=HANG_SECONDS)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == f"{path}, line 1: more than 20 levels inside one another"
    assert "Traceback" not in ended.stderr


def test_a_job_of_a_study_beside_others_is_estimated_by_its_own_configuration():
    handler = object.__new__(LogHandler)
    small, large = (
        default_config() | {"generation": default_config()["generation"] | {"n_tunes": n}} for n in (20, 900)
    )
    handler.configs = {"small": small, "large": large}

    def seconds(rule):
        return handler._seconds_of(rule, CALIBRATION_SECONDS)

    assert seconds("small__generate_tunes") == seconds_of("generate_tunes", small)
    assert (
        seconds("large__generate_tunes") == seconds_of("generate_tunes", large) > 2 * seconds("small__generate_tunes")
    )
    handler.configs = {"small": small}
    assert seconds("generate_tunes") == seconds("small__generate_tunes")
