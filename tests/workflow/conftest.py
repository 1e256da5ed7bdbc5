"""Copies of the project."""

import pytest
from project import TARGETS, copy_project


@pytest.fixture
def project(tmp_path):
    """A fresh copy, nothing run."""
    return copy_project(tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A copy in which the smoke study has run, traced; tests leave it as they find it."""
    project = copy_project(tmp_path_factory.mktemp("finished study"))
    project.traces.mkdir()
    project.smoke(*TARGETS)
    return project
