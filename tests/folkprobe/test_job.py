"""What a job tells its log and the terminal."""

import errno
import gc
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
from folkprobe.provenance.job import bind_arguments, job_log, run_job
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


def test_a_job_leaves_little_to_the_collection_at_the_end_of_python(job):
    def main(*, table_path, figure_paths):
        for path in figure_paths:
            path.write_text("drawn")

    try:
        run_job(main, job)
        assert len(gc.get_objects()) < gc.get_freeze_count() / 100
    finally:
        gc.unfreeze()


def test_a_job_writes_its_record_when_all_is_written(job, tmp_path):
    identities = []

    def main(*, table_path, figure_paths):
        assert table_path.read_text() == "in"
        assert not (tmp_path / "records/a.json").exists()
        identities.append(current_identity())
        for path in figure_paths:
            path.write_text(f"{path} {identities}")
        LOG.info("drawn")

    run_job(main, job)
    (identity,) = identities
    record = read_sealed(tmp_path / "records/a.json")
    assert identity == ("plot_a", record["fingerprint"])
    assert [each["path"] for each in record["outputs"]] == ["a.svg", "a.png"]
    assert [each["path"] for each in record["inputs"]] == ["in.csv"]
    assert (tmp_path / "logs/a.log").read_text() == "drawn\n"
    (line,) = (tmp_path / "logs/circumstances.jsonl").read_text().splitlines()
    circumstances = json.loads(line)
    assert (circumstances["rule"], circumstances["fingerprint"]) == ("plot_a", record["fingerprint"])
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
        "params = SimpleNamespace(job={'config': {}})\n"
        "given = {'wildcards': {}, 'input': Files(), 'output': Files()}\n"
        "job = SimpleNamespace(rule='a', log=['logs/a.log'], params=params, **given)\n"
        "def main():\n"
        "    held = b'a' * 200_000_000\n"
        "    del held\n"
        "    sum(range(20_000_000))\n"
        "    print(time.process_time())\n"
        "run_job(main, job)\n"
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
    assert took["fingerprint"] is None
    # Noted after the job's own last look at the clock, and before its process ended; kernels round theirs.
    assert float(ended.stdout) - 0.001 <= took["cpu_seconds"] <= whole_life + 0.1
    assert 200 < took["peak_memory_mb"] < 260


def test_a_job_that_fails_writes_no_record(job, tmp_path):
    def main(*, table_path, figure_paths):
        raise Refusal("no")

    with pytest.raises(SystemExit):
        run_job(main, job)
    assert not (tmp_path / "records/a.json").exists()
    assert current_identity() is None


def test_a_rule_that_declares_no_record_gets_none(job, tmp_path):
    job.output = _Files(figure="a.svg")
    identities = []
    run_job(lambda *, table_path, figure_path: identities.append(current_identity()), job)
    assert identities == [None]
    assert not list((tmp_path / "records").iterdir())


def test_main_is_given_files_by_name_the_configuration_and_the_wildcards_that_it_takes(job):
    job.wildcards = {"model": "a", "layer": "2", "shard": "03", "lesion": "all"}
    job.input = _Files(tunes="tunes.h5", shards=["0.h5"], vocabulary=[])
    job.input._named[None] = "unnamed.csv"
    job.output = _Files(tunes="tunes.csv", figure=["a.svg", "a.png"], record="records/a.json")
    job.params.job["config"] = {"n": 3, "model": "from the configuration"}

    def main(
        *,
        tunes_path: Path,
        shards_paths: list[Path],
        vocabulary_path: Path | None,
        output_tunes_path: Path,
        figure_paths: list[Path],
        log_path: Path,
        n: int,
        model: str,
        layer: int,
        shard: str,
    ) -> None:
        pass

    assert bind_arguments(main, job) == {
        "tunes_path": Path("tunes.h5"),
        "shards_paths": [Path("0.h5")],
        "vocabulary_path": None,
        "output_tunes_path": Path("tunes.csv"),
        "figure_paths": [Path("a.svg"), Path("a.png")],
        "log_path": Path("logs/a.log"),
        "n": 3,
        "model": "from the configuration",
        "layer": 2,
        "shard": "03",
    }


def test_a_list_of_one_file_is_a_path_where_main_takes_one(job):
    job.output = _Files(figure=["a.svg"])
    given = bind_arguments(lambda *, table_path, figure_path: None, job)
    assert given["figure_path"] == Path("a.svg")


@pytest.mark.parametrize(
    ("main", "name"),
    [
        (lambda *, table_path, figure_paths, n, unit_index: None, "'unit_index'"),
        (lambda *, table_path, figure_paths: None, "'n'"),
        (lambda *, figure_paths, n: None, "table_path or table_paths"),
        # Keywords of any name are for the configuration.
        (lambda *, figure_paths, **settings: None, "table_path or table_paths"),
        # One path has no room for two files.
        (lambda *, table_path, figure_path, n: None, "figure_paths"),
        (lambda *, table_path, figure_paths, n, seeds_path: None, "'seeds_path'"),
    ],
)
def test_what_only_the_rule_or_only_main_knows_is_named(job, tmp_path, main, name):
    job.params.job["config"] = {"n": 3}
    with pytest.raises(TypeError, match=name):
        run_job(main, job)
    assert "defect of folkprobe" in (tmp_path / "logs/a.log").read_text()
    assert not (tmp_path / "records/a.json").exists()


def test_a_key_of_the_configuration_does_not_replace_a_file(job):
    job.params.job["config"] = {"table_path": "other.csv"}
    with pytest.raises(TypeError, match="'table_path'"):
        bind_arguments(lambda *, table_path, figure_paths: None, job)
