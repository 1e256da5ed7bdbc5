"""docs/tutorial.md, followed to the letter."""

import re
import shlex
import sys
from subprocess import run

import pytest
from project import ROOT


@pytest.mark.long
def test_the_tutorial_leads_to_a_finding(finished, tmp_path):
    project = finished.copy(tmp_path / "tutorial")
    page = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
    first, plan, *commands, audit = re.findall(r"^```sh\n(.*?)\n```$", page, re.MULTILINE)
    assert first == 'make run ARGS="--configfile config/smoke.yaml"'
    overlay = re.search(r"^```yaml\n(# (\S+)\n.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (project.folder / overlay[2]).write_text(overlay[1], encoding="utf-8")
    arguments = re.fullmatch(r'make plan ARGS="(.*)"', plan)[1]
    snakemake, project.command = project.command, (sys.executable, "-m", "workflow.plan", "--cores", "1")
    assert "\nthe key lesion_study.families.eight is new\n" in project.snakemake(*shlex.split(arguments)).stdout
    project.command = snakemake
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == ".venv/bin/snakemake"
        project.snakemake(*arguments)
    code = re.search(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[1]
    result = run([sys.executable, "-c", code], cwd=project.folder, capture_output=True, text=True, check=True)
    assert len(result.stdout.splitlines()) == 4
    result = run(
        [sys.executable, *shlex.split(audit)[1:]],
        cwd=project.folder,
        env=project.environment,
        capture_output=True,
        text=True,
    )
    assert result.stdout.startswith("STALE"), result.stdout + result.stderr
