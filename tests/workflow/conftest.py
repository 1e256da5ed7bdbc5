"""Copies of the project, and studies that the workers of pytest-xdist have in common."""

import pytest
from filelock import FileLock
from project import TARGETS, TINY_TARGETS, Project, copy_project, tiny_project


@pytest.fixture
def project(tmp_path):
    """A fresh copy, nothing run."""
    return copy_project(tmp_path)


@pytest.fixture(scope="session")
def run_once(tmp_path_factory, worker_id):
    """Have a study run by the first worker that needs it; the others wait for it. Nobody changes it."""
    own = tmp_path_factory.getbasetemp()
    common = own if worker_id == "master" else own.parent

    def of(name, run):
        folder = common / name
        with FileLock(common / f"{name}.lock"):
            if not folder.exists():
                folder.mkdir()
                run(folder)
                (folder / "ended").touch()
        assert (folder / "ended").exists(), f"{folder}: the run failed, see the first test that needed it"
        return Project(folder)

    return of


@pytest.fixture(scope="session")
def smoke_study(run_once):
    """The smoke study, run on two cores and traced."""

    def run(folder):
        project = copy_project(folder)
        project.traces.mkdir()
        project.smoke(*TARGETS, "--cores", "2")

    return run_once("smoke study", run)


@pytest.fixture(scope="session")
def finished(smoke_study, tmp_path_factory):
    """This worker's copy of the smoke study; tests leave it as they find it."""
    return smoke_study.copy(tmp_path_factory.mktemp("finished study") / "copy")


@pytest.fixture(scope="session")
def reference(run_once):
    """A tiny study that nothing disturbed."""
    return run_once("tiny study", lambda folder: tiny_project(folder).snakemake(*TINY_TARGETS, "--cores", "2"))
