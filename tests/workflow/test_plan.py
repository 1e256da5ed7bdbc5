"""`make plan` tells which jobs would run, and names what changed."""

import copy
import os
import re
import sys
from pathlib import Path

import pytest

from folkprobe.provenance.record import digest_of, sealed_text
from study.plan import AGAIN, FOLLOWS, NEW, Planned, told

FIGURE, CHECKPOINT = "results/smoke/figures/window_spectra.png", "results/smoke/intact/checkpoint.h5"
SHORTER = "windows: {n_steps: 48}\n"
CONFIG = {"model": "a", "spectra": {"window": "hann", "n_fft": 64}, "other": {"window": "hann"}}
PARAMS = "Params have changed since last execution: Union of exclusive params before and now across all output"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A study of two jobs: `draw` reads a source and writes tunes, `plot` reads them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results/a/records").mkdir(parents=True)
    (tmp_path / "given.pkl").write_text("weights")
    (tmp_path / "results/a/tunes.h5").write_text("tunes")
    (tmp_path / "results/a/plot.svg").write_text("figure")
    _write("results/a/provenance.json", {"configuration": {"merged": CONFIG}, "jobs": {}})
    for job in _jobs(""):
        digests = {path: digest_of(path) for _, path in job.asked["inputs"]}
        record = {
            "script": job.asked["script"],
            "library": job.asked["job"]["library"],
            "config": job.asked["job"]["config"],
            "inputs": [{"name": name, "path": path, "sha256": digests[path]} for name, path in job.asked["inputs"]],
            "outputs": [{"name": name, "path": path} for name, path in job.asked["outputs"] if name != "record"],
        }
        _write(job.written["record"][0], record)
    return tmp_path


def _write(path, content):
    Path(path).write_text(sealed_text(content), encoding="utf-8")


def _job(rule, inputs, output, config, reason, temporary=()):
    return Planned(
        rule,
        {
            "job": {
                "config": config,
                "library": {f"workflow/scripts/{rule}.py": "1", "folkprobe/page.py": "2"},
                "packages": [],
            },
            "script": f"workflow/scripts/{rule}.py",
            "inputs": inputs,
            "outputs": [(None, output), ("record", f"results/a/records/{rule}.json")],
            "temporary": list(temporary),
        },
        reason,
    )


def _jobs(*reasons):
    draw = _job("draw", [("source", "given.pkl")], "results/a/tunes.h5", {"window": "hann", "n": 1}, reasons[0])
    plot = _job("plot", [("tunes", "results/a/tunes.h5")], "results/a/plot.svg", {}, reasons[-1])
    return copy.deepcopy([draw, plot])


def _told(jobs, config=CONFIG):
    lines = told(jobs, {"a": config})
    return dict(zip(lines[::2], (line.strip() for line in lines[1::2]), strict=True))


FOLLOWING = {FOLLOWS: "1 job: plot"}


def test_a_changed_module_and_a_changed_script_are_named(folder):
    draw, plot = _jobs(PARAMS)
    draw.asked["job"]["library"]["folkprobe/page.py"] = "3"
    assert _told([draw, plot]) == {"folkprobe/page.py has changed": "1 job: draw"} | FOLLOWING
    plot.asked["job"]["library"]["folkprobe/page.py"] = "3"
    assert _told([draw, plot]) == {"folkprobe/page.py has changed": "2 jobs: draw, plot"}
    draw, plot = _jobs(PARAMS)
    library = draw.asked["job"]["library"]
    library["folkprobe/new.py"] = library.pop("folkprobe/page.py")
    draw.asked["script"] = "workflow/scripts/other.py"
    assert (
        _told([draw, plot])
        == {
            "workflow/scripts/other.py is the script in place of workflow/scripts/draw.py": "1 job: draw",
            "folkprobe/new.py is imported now": "1 job: draw",
            "folkprobe/page.py is no longer imported": "1 job: draw",
        }
        | FOLLOWING
    )


def test_a_changed_key_is_named_as_in_the_configuration(folder):
    draw, plot = _jobs(PARAMS)
    draw.asked["job"]["config"]["window"] = "flat"
    config = copy.deepcopy(CONFIG)
    config["spectra"]["window"] = "flat"
    # The same name in another block has not changed.
    assert _told([draw, plot], config) == {'the key spectra.window was "hann" and is "flat"': "1 job: draw"} | FOLLOWING
    # The rule calls it otherwise.
    draw, plot = _jobs(PARAMS)
    draw.asked["job"]["config"]["n"] = 64
    config = copy.deepcopy(CONFIG)
    config["spectra"]["n_fft"] = 128
    del config["other"]["window"]
    assert (
        _told([draw, plot], config)
        == {
            "the key other.window is gone": "1 job: draw",
            "the key spectra.n_fft was 64 and is 128": "1 job: draw",
        }
        | FOLLOWING
    )
    # Without a manifest that knows better: by its value of today, if one key has it.
    draw, plot = _jobs(PARAMS)
    draw.asked["job"]["config"]["n_fft"] = 64
    assert _told([draw, plot]) == {"the key spectra.n_fft is new": "1 job: draw"} | FOLLOWING
    draw, plot = _jobs(PARAMS)
    draw.asked["job"]["config"]["n"] = 64
    of_draw = {"the key n was 1 and is 64, a parameter of draw": "1 job: draw"} | FOLLOWING
    assert _told([draw, plot]) == of_draw
    # As in a comparison.
    assert told([draw, plot], {})[::2] == list(of_draw)


def test_changed_missing_and_other_files_are_named(folder):
    (folder / "given.pkl").write_text("other weights")
    assert _told(_jobs("")) == {"given.pkl has changed": "1 job: draw"} | FOLLOWING
    (folder / "given.pkl").write_text("weights")
    (folder / "results/a/records/draw.json").write_text("{}")
    (folder / "results/a/plot.svg").unlink()
    assert _told(_jobs("")) == {
        "results/a/records/draw.json is not as its job wrote it": "1 job: draw",
        "results/a/plot.svg is missing": "1 job: plot",
    }


def test_other_inputs_and_outputs_are_named(folder):
    draw, plot = _jobs(PARAMS)
    draw.asked["inputs"].append(("vocabulary", "words.json"))
    draw.asked["inputs"].reverse()
    plot.asked["outputs"].insert(0, ("table", "results/a/plot.csv"))
    assert _told([draw, plot]) == {
        "it would read other files: words.json": "1 job: draw",
        "it would write other files: results/a/plot.csv": "1 job: plot",
        "results/a/plot.csv is missing": "1 job: plot",
    }


def test_what_was_never_made_what_was_temporary_and_what_is_forced(folder):
    draw, plot = _jobs("")
    draw.asked["temporary"].append("results/a/tunes.h5")
    (folder / "results/a/tunes.h5").unlink()
    (folder / "results/a/plot.svg").unlink()
    (folder / "results/a/records/plot.json").unlink()
    lines = _told([draw, plot])
    assert lines == {NEW: "1 job: plot", AGAIN: "1 job: draw"}
    assert list(lines) == [NEW, AGAIN]
    (folder / "results/a/tunes.h5").touch()
    assert _told([_jobs("Forced execution")[0]]) == {"asked for by name": "1 job: draw"}
    # What only Snakemake knows.
    assert _told([_jobs("Software environment definition has changed")[0]]) == {
        "software environment definition has changed": "1 job: draw"
    }


def test_interrupted_jobs_and_swapped_files_are_told(folder):
    draw, plot = _jobs("Missing output files: a; Incomplete output files: b")
    assert _told([draw, plot]) == {"interrupted when it last ran": "2 jobs: draw, plot"}
    draw, _ = _jobs(PARAMS)
    draw.asked["inputs"][0] = ("vocabulary", "given.pkl")
    assert _told([draw]) == {"it would read other files: given.pkl": "1 job: draw"}
    draw, _ = _jobs(PARAMS)
    draw.asked["outputs"].insert(1, ("table", "results/a/tunes.h5"))
    assert _told([draw]) == {"it would write other files: results/a/tunes.h5": "1 job: draw"}
    # They follow from the key.
    draw, _ = _jobs(PARAMS)
    draw.asked["inputs"].append(("other", "other.pkl"))
    draw.asked["job"]["config"]["n"] = 2
    assert _told([draw]) == {"the key n was 1 and is 2, a parameter of draw": "1 job: draw"}


def test_a_job_without_a_record_is_told_from_those_of_others_and_from_what_is_newer(folder, monkeypatch):
    monkeypatch.setattr("study.plan.ROOT", folder)
    (folder / "folkprobe").mkdir()
    for name in ("folkprobe/report.py", "page.html"):
        (folder / name).touch()
        os.utime(folder / name, (0, 0))
    draw, _ = _jobs(PARAMS)
    draw.asked["inputs"].append(("template", "page.html"))
    draw.asked["outputs"] = [("report", "results/a/plot.svg")]
    draw.asked["job"]["library"] |= {"folkprobe/page.py": "3", "folkprobe/report.py": "1"}
    os.utime(folder / "given.pkl", (0, 0))
    assert _told([draw]) == {"folkprobe/page.py has changed": "1 job: draw"}
    draw.asked["job"]["library"]["folkprobe/page.py"] = "2"
    assert _told([draw]) == {"one of folkprobe/report.py, given.pkl, page.html has changed": "1 job: draw"}
    later = (folder / "results/a/plot.svg").stat().st_mtime + 1
    os.utime(folder / "page.html", (later, later))
    assert _told([draw]) == {"page.html has changed": "1 job: draw"}
    updated = draw._replace(reason="Updated input files: a.rst, b.rst; Input files updated by another job: c")
    assert _told([updated]) == {"a.rst has changed": "1 job: draw", "b.rst has changed": "1 job: draw"}


def test_the_last_run_is_compared_with_today(project):
    snakemake = project.command
    project.smoke(FIGURE)
    project.command = (sys.executable, "-m", "workflow.plan", "--cores", "2", "--nocolor")
    assert "Nothing to be done" in project.smoke(FIGURE).stdout
    with (project.folder / "folkprobe/figures/windows.py").open("a") as file:
        file.write("# Changed.\n")
    first, *said = project.smoke(FIGURE, CHECKPOINT, overlay=SHORTER).stdout.splitlines()
    assert re.fullmatch(r"\d+ jobs, .* on 2 cores of this machine", first)
    assert said == [
        "the key windows.n_steps was 147 and is 48",
        "    2 jobs: compare_windows, plot_window_spectra",
        "folkprobe/figures/windows.py has changed",
        "    1 job: plot_window_spectra",
        "not made yet",
        "    2 jobs: fetch_checkpoint, convert_checkpoint",
    ]
    # Snakemake's own reasons can be read too.
    project.command = snakemake
    shown = project.smoke(FIGURE, "--dry-run", overlay=SHORTER).stdout
    assert "Params have changed" in shown
    assert max(map(len, shown.splitlines())) < 500
