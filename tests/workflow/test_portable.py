"""A study runs wherever a fresh user may be, to the same bytes: any folder, no home, no git, files for nobody else.

So it does in another folder than the code.
"""

import shutil
import sys
from pathlib import Path

import pytest
from project import SMOKE, TARGETS, TINY_TARGETS, Project, copy_project, tiny_project


@pytest.mark.long
@pytest.mark.parametrize("study", ["reference", pytest.param("smoke_study", marks=pytest.mark.full)])
def test_a_folder_with_a_space_and_letters_of_all_kinds_without_home_or_git(request, study, tmp_path):
    """On one core, and the other ran on two. By hand, besides: Python 3.12 and 3.13, no network, read-only."""
    is_tiny = study == "reference"
    folder = tmp_path / "étude №1 'a' 調"
    folder.mkdir()
    project = tiny_project(folder) if is_tiny else copy_project(folder)
    # The interpreter lies there too.
    (folder / ".venv").symlink_to(sys.prefix)
    python = folder / ".venv" / Path(sys.executable).relative_to(sys.prefix)
    project.command = (str(python), *project.command[1:])
    bare = {
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "PATH": "/usr/bin:/bin",
        "TMPDIR": str(folder),
        "OPENBLAS_NUM_THREADS": "1",
        "XDG_CACHE_HOME": str(folder / ".cache"),
        "MPLCONFIGDIR": str(folder / ".cache/matplotlib"),
    }
    work = tmp_path / "work"
    work.mkdir()
    where = ["-s", str(project.folder / "Snakefile")]
    if not is_tiny:
        where += ["--configfile", str(project.folder / SMOKE)]
    project.snakemake(*(TINY_TARGETS if is_tiny else TARGETS), *where, cwd=work, env=bare, umask=0o077)
    expected, found = request.getfixturevalue(study).digests(), Project(work).digests()
    assert expected.keys() == found.keys()
    assert [path for path in expected if expected[path] != found[path]] == []
    if is_tiny:
        # Verovio reads files of its own.
        project.snakemake("results/tiny/scores/layer_1_excised.svg", *where, cwd=work, env=bare, umask=0o077)
    assert [path for path in (work / "results").rglob("*") if path.stat().st_mode & 0o077] == []


def test_results_of_another_machine_run_no_job_again(finished, tmp_path):
    """As docs/troubleshooting.md says: copied without their times, with .snakemake, or without it and touched."""
    project = copy_project(tmp_path)
    shutil.copytree(finished.folder / "results", tmp_path / "results", copy_function=shutil.copyfile)
    assert len(project.would_run()) > 50
    shutil.copytree(finished.folder / ".snakemake", tmp_path / ".snakemake", dirs_exist_ok=True)
    assert project.would_run() == set()
    shutil.rmtree(tmp_path / ".snakemake")
    project.smoke("--touch", "--cores", "1")
    assert project.would_run() == set()
    assert project.digests() == finished.digests()
