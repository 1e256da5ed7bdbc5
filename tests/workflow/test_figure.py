"""`make figure NAME=...` draws one figure, of the study that the arguments name."""

import subprocess
import sys

import pytest
from project import HANG_SECONDS, ROOT, SMOKE

from folkprobe.refusal import Refusal
from workflow.figure import figure_files


@pytest.mark.parametrize(
    ("arguments", "home"),
    [
        ([], "results/demo"),
        (["--cores", "2", "--configfile", SMOKE], "results/smoke"),
        (["--configfile", SMOKE, "--config", "model=mine"], "results/mine"),
    ],
)
def test_the_files_are_those_of_the_study_that_is_named(arguments, home, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert figure_files("unit_overlay_1_5", arguments) == [
        f"{home}/figures/unit_overlay_1_5.{suffix}" for suffix in ("svg", "pdf", "png")
    ]


def test_a_comparison_has_figures_of_its_own(monkeypatch):
    monkeypatch.chdir(ROOT)
    files = figure_files("outcomes", ["--configfile", "config/compare.yaml"])
    assert files[0] == "results/compare/control_and_depths/figures/outcomes.svg"
    with pytest.raises(Refusal, match="NAME=lesion_draws: no figure has this name"):
        figure_files("lesion_draws", ["--configfile", "config/compare.yaml"])


def test_another_name_is_refused_in_one_sentence():
    command = [sys.executable, "-m", "workflow.figure", "lesion_draw", "--cores", "1"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=HANG_SECONDS)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == (
        "NAME=lesion_draw: no figure has this name, docs/figures.md lists them; did you mean lesion_draws?"
    )
    assert ended.stdout == ""


def test_the_figure_is_drawn_in_all_formats(project):
    project.command = (sys.executable, "-m", "workflow.figure", "window_spectra", "--cores", "1")
    project.smoke()
    drawn = {path.name for path in (project.folder / "results/smoke/figures").iterdir()}
    assert drawn == {f"window_spectra.{suffix}" for suffix in ("svg", "pdf", "png", "csv")}
    text = (ROOT / "Makefile").read_text()
    assert '-m workflow.figure "$(NAME)" --cores $(CORES) $(ARGS)' in text
    assert "-m workflow.plan --cores $(CORES) $(ARGS)" in text
