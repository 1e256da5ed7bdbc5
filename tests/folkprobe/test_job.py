"""What a job tells its log and the terminal."""

import errno
import json
import logging
import os
import resource
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from project import ROOT

from folkprobe.identity import current_identity
from folkprobe.provenance.job import job_log, run_job
from folkprobe.provenance.record import read_sealed
from folkprobe.refusal import Refusal

LOG = logging.getLogger("folkprobe.test")


def test_lines_go_to_the_log_and_to_standard_error(tmp_path, capfd):
    with job_log(tmp_path / "a.log"):
        LOG.info("%d tunes", 3)
    LOG.info("afterwards")
    assert (tmp_path / "a.log").read_text() == "3 tunes\n"
    assert capfd.readouterr().err == "3 tunes\n"


def test_a_refusal_is_one_sentence_and_a_failed_job(tmp_path, capfd):
    with pytest.raises(SystemExit) as ending, job_log(tmp_path / "a.log"):
        raise Refusal("a.pkl: no")
    assert ending.value.code == 1
    assert (tmp_path / "a.log").read_text() == capfd.readouterr().err == "a.pkl: no\n"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "h5py's own words", "a.h5"), "a.h5: No space left on device; make room on the disk"),
        (OSError(errno.ENOSPC, "h5py's own words"), "a result: No space left on device; make room on the disk"),
        (PermissionError(errno.EACCES, "no", "a.csv"), "a.csv: Permission denied; make it accessible to you"),
        (OSError(errno.EROFS, "no", "a.csv"), "a.csv: Read-only file system; make the disk of the results writable"),
        (MemoryError(), "the job needs more memory than it may have; give it more"),
        (MemoryError("Unable to allocate 9 TiB"), "than it may have (Unable to allocate 9 TiB); give it more"),
    ],
)
def test_what_the_machine_denies_is_one_sentence_too(tmp_path, capfd, error, sentence):
    with pytest.raises(SystemExit) as ending, job_log(tmp_path / "a.log"):
        raise error
    assert ending.value.code == 1
    said = capfd.readouterr().err
    assert sentence in said
    assert (tmp_path / "a.log").read_text() == said
    assert said.count("\n") == 1


def test_an_error_of_another_kind_is_a_defect_though_the_system_raised_it(tmp_path):
    with pytest.raises(FileNotFoundError), job_log(tmp_path / "a.log"):
        (tmp_path / "no").read_text()
    assert "defect of folkprobe" in (tmp_path / "a.log").read_text()


def test_a_defect_keeps_its_traceback(tmp_path):
    with pytest.raises(ZeroDivisionError), job_log(tmp_path / "a.log"):
        raise ZeroDivisionError
    log = (tmp_path / "a.log").read_text()
    assert "defect of folkprobe" in log
    assert "Traceback" in log


class _Files(list):
    """As Snakemake's lists of files: some have names."""

    def __init__(self, **named):
        super().__init__(named.values())
        self._named = named

    def _allitems(self):
        yield from self._named.items()


@pytest.fixture
def job(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("logs", "records"):
        (tmp_path / folder).mkdir()
    (tmp_path / "in.csv").write_text("in")
    return SimpleNamespace(
        rule="plot_a",
        wildcards={"layer": "2"},
        input=_Files(table="in.csv"),
        output=_Files(figure=["a.svg", "a.png"], record="records/a.json"),
        log=["logs/a.log"],
        params=SimpleNamespace(job={"config": {}, "library": {}, "packages": ["numpy"]}),
    )


def test_a_job_writes_its_record_when_all_is_written(job, tmp_path):
    with run_job(job):
        assert not (tmp_path / "records/a.json").exists()
        identity = current_identity()
        for name in ("a.svg", "a.png"):
            (tmp_path / name).write_text(f"{name} {identity}")
        LOG.info("drawn")
    record = read_sealed(tmp_path / "records/a.json")
    assert identity == ("plot_a", record["claim"])
    assert [each["path"] for each in record["outputs"]] == ["a.svg", "a.png"]
    assert [each["path"] for each in record["inputs"]] == ["in.csv"]
    assert (tmp_path / "logs/a.log").read_text() == "drawn\n"
    (line,) = (tmp_path / "logs/circumstances.jsonl").read_text().splitlines()
    circumstances = json.loads(line)
    assert (circumstances["rule"], circumstances["claim"]) == ("plot_a", record["claim"])
    assert circumstances["folder"] not in (tmp_path / "records/a.json").read_text()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="SKIPPED: this system does not tell of memory")
def test_a_job_says_what_it_took(tmp_path):
    """Measured by another process: a job that holds 200 MB for a while."""
    script = tmp_path / "script.py"
    script.write_text(
        "import time\n"
        "from types import SimpleNamespace\n"
        "from folkprobe.provenance.job import run_job\n"
        "class Files(dict):\n"
        "    _allitems = dict.items\n"
        "job = SimpleNamespace(rule='a', output=Files(), log=['logs/a.log'])\n"
        "with run_job(job):\n"
        "    held = b'a' * 200_000_000\n"
        "    del held\n"
        "    sum(range(20_000_000))\n"
        "    print(time.process_time())\n"
    )
    (tmp_path / "logs").mkdir()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(
        [sys.executable, script],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = json.loads((tmp_path / "logs/circumstances.jsonl").read_text())
    whole_life = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert took["claim"] is None
    # Noted after the job's own last look at the clock, and before its process ended; kernels round theirs.
    assert float(ended.stdout) - 0.001 <= took["cpu_seconds"] <= whole_life + 0.1
    assert 200 < took["peak_memory_mb"] < 260


def test_a_job_that_fails_writes_no_record(job, tmp_path):
    with pytest.raises(SystemExit), run_job(job):
        raise Refusal("no")
    assert not (tmp_path / "records/a.json").exists()
    assert current_identity() is None


def test_a_rule_that_declares_no_record_gets_none(job, tmp_path):
    job.output = _Files(figure="a.svg")
    with run_job(job):
        assert current_identity() is None
    assert not list((tmp_path / "records").iterdir())
