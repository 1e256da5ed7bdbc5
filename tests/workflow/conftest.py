"""Copies of the project, and studies that the workers of pytest-xdist have in common."""

import json

import pytest
from filelock import FileLock
from networks import random_checkpoint
from project import SMOKE, TARGETS, TINY_TARGETS, Project, copy_project, tiny_project

from folkprobe.network.checkpoint import write_checkpoint


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
        folder, ended = common / name, common / f"{name}.ended"
        with FileLock(common / f"{name}.lock"):
            if not folder.exists():
                folder.mkdir()
                run(folder)
                ended.touch()
        assert ended.exists(), f"{folder}: the run failed, see the first test that needed it"
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
def compared(run_once, smoke_study):
    """The smoke study, and beside it that of a network of one layer."""

    def run(folder):
        project = smoke_study.copy(folder)
        block = {"name": "depths", "reference": "smoke", "confidence_level": 0.95}
        block["studies"] = [[SMOKE], [SMOKE, "config/one_layer.yaml"]]
        (project.folder / "compare.yaml").write_text(json.dumps({"compare": block}))
        project.snakemake("compare", "--cores", "2", "--configfile", "compare.yaml")

    return run_once("compared studies", run)


@pytest.fixture(scope="session")
def two_layers(run_once):
    """The smoke study of a network of two layers; only for tests marked `full`."""

    def run(folder):
        copy_project(folder).snakemake("all", "--cores", "2", "--configfile", SMOKE, "config/two_layers.yaml")

    return run_once("study of two layers", run)


@pytest.fixture(scope="session")
def barless(run_once):
    """The smoke study of a network whose vocabulary has neither bars nor metres."""

    def run(folder):
        project = copy_project(folder)
        vocabulary = ("<s>", "</s>", "K:Cmaj", "C", "D", "E", "G", "A", "2", "z")
        write_checkpoint(random_checkpoint(n_units=(6, 5), vocabulary=vocabulary), folder / "barless.h5")
        overlay = {"model": "barless", "checkpoint": {"source": "barless.h5"}, "generation": {"prompt": "K:Cmaj"}}
        # In so small a network one direction carries more than all others.
        overlay["interventions"] = {"removals": {"w1_control": None}}
        (folder / "barless.yaml").write_text(json.dumps(overlay))
        project.snakemake("all", "--cores", "2", "--configfile", SMOKE, "barless.yaml")

    return run_once("study without bars", run)


@pytest.fixture(scope="session")
def reference(run_once):
    """A tiny study that nothing disturbed."""
    return run_once("tiny study", lambda folder: tiny_project(folder).snakemake(*TINY_TARGETS, "--cores", "2"))
