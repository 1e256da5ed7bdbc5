"""Networks and files that the tests share."""

import pytest
from networks import random_checkpoint
from project import ROOT

from folkprobe.network.formats import convert_checkpoint

SHARED = ROOT.parent / "shared"


@pytest.fixture
def checkpoint():
    return random_checkpoint()


@pytest.fixture(scope="session")
def shared_file():
    """Give a file of shared/, or skip."""

    def find(name):
        path = SHARED / name
        if not path.is_file():
            pytest.skip(f"SKIPPED: needs ../shared/{name}, which is not part of the project")
        return path

    return find


@pytest.fixture(scope="session")
def session_checkpoint(shared_file):
    """The real-size network, 3 x 512 units."""
    return convert_checkpoint(shared_file("checkpoints/session-512.pkl"))
