"""A study runs wherever a fresh user may be: any folder, no home, no git, files for nobody else."""

import sys
from pathlib import Path

from project import tiny_project


def test_a_folder_with_a_space_and_letters_of_all_kinds_without_home_or_git(tmp_path):
    """By hand, besides: users of their own, Python 3.12 and 3.13, no network, all else read-only."""
    folder = tmp_path / "étude №1 'a' 調"
    folder.mkdir()
    project = tiny_project(folder)
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
    target = "results/tiny/figures/mean_spectra_population.svg"
    project.snakemake(target, env=bare, umask=0o077)
    assert (folder / target).stat().st_mode & 0o077 == 0
