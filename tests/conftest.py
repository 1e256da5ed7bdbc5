"""Networks and files that the tests share."""

import shutil
import subprocess

import kernels
import pytest
from hypothesis import HealthCheck, settings
from midi_notes import read_midi_notes
from networks import random_checkpoint
from project import ROOT

from folkprobe.music.bars import count_bars
from folkprobe.music.tokenising import find_music21_books, read_tune_book
from folkprobe.network.formats import convert_checkpoint
from folkprobe.refusal import Refusal

SHARED = ROOT.parent / "shared"

# However slow the machine: hypothesis would fail an example that takes 200 ms.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_collection_modifyitems(items):
    """Put long tests first, then all that run Snakemake: what is left for the end is short."""
    items.sort(key=lambda item: (item.get_closest_marker("long") is None, "workflow" not in item.path.parts))


@pytest.fixture
def checkpoint():
    return random_checkpoint()


@pytest.fixture(scope="session")
def shared_file():
    """Return a file of shared/, or skip."""

    def find(name):
        path = SHARED / name
        if not path.is_file():
            pytest.skip(f"SKIPPED: needs ../shared/{name}, which is not part of the project")
        return path

    return find


@pytest.fixture(scope="session")
def environment_of_kernels():
    """Return the environment of a process that computes with a kernel family, or skip where this processor cannot."""

    def of(family, n_threads=1):
        if reason := kernels.why_not(family):
            pytest.skip(f"SKIPPED: {reason}")
        return kernels.environment_of(family, n_threads)

    return of


@pytest.fixture(scope="session")
def session_checkpoint(shared_file):
    """The real-size network, 3 x 512 units."""
    return convert_checkpoint(shared_file("checkpoints/session-512.pkl"))


@pytest.fixture(scope="session")
def session_tunes(shared_file):
    """Tunes that people wrote, as tokens."""
    return [line.split() for line in shared_file("tunes/session.txt").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def plain_tunes(session_tunes):
    """Well-formed tunes that people wrote."""
    tunes = [tokens for tokens in session_tunes if count_bars(tokens).wellformed]
    assert len(tunes) > 700
    return tunes


@pytest.fixture(scope="session")
def abc2midi(tmp_path_factory):
    """Run abc2midi on ABC text: what it complains of, and the notes that it plays."""
    if not shutil.which("abc2midi"):
        pytest.skip("SKIPPED: needs abc2midi (Debian package abcmidi)")
    folder = tmp_path_factory.mktemp("abc2midi")

    def run(text):
        source, midi = folder / "tune.abc", folder / "tune.mid"
        source.write_text(text, encoding="utf-8")
        said = subprocess.run(["abc2midi", source, "-o", midi], capture_output=True, text=True, check=False).stdout
        return [line for line in said.splitlines() if "Error" in line or "Warning" in line], read_midi_notes(midi)

    return run


@pytest.fixture(scope="session")
def music21_book():
    """Read a tune book that the package music21 carries, or skip."""

    def read(collection, name):
        try:
            books = find_music21_books(collection)
        except Refusal:
            pytest.skip(f"SKIPPED: needs {collection} of the package music21 (extra `train`)")
        return read_tune_book(next(book for book in books if book.name == name))

    return read
