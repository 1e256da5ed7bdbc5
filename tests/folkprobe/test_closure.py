"""Digests of what a script can import."""

import hashlib

import pytest

from folkprobe.provenance.closure import import_closure, imported_packages


@pytest.fixture
def project(tmp_path):
    """A package with chains of imports of each kind."""
    files = {
        "script.py": "import numpy\nfrom pack.a import f\n",
        "pack/__init__.py": "",
        "pack/a.py": "from pack.inner import b\n",
        "pack/inner/__init__.py": "from . import d\n",
        "pack/inner/b.py": "def g():\n    from ..c import h\n",
        "pack/c.py": "import pack.inner.e as e\n",
        "pack/inner/d.py": "",
        "pack/inner/e.py": "import pack.a\n",
        "pack/unused.py": "import pack.a\n",
        "pack/inner/house.mplstyle": "",
        "pack/inner/.house.mplstyle": "",
        "pack/inner/b.py~": "",
        "pack/inner/.b.py.swp": "",
        "pack/other/data.csv": "",
        "beside_the_script.csv": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_everything_that_can_be_imported_and_nothing_else(project):
    closure = import_closure(project / "script.py", project)
    inner = [f"pack/inner/{name}.py" for name in ("__init__", "b", "d", "e")]
    inner.append("pack/inner/house.mplstyle")
    assert list(closure) == ["pack/__init__.py", "pack/a.py", "pack/c.py", *inner, "script.py"]
    assert closure["pack/c.py"] == hashlib.sha256((project / "pack/c.py").read_bytes()).hexdigest()


def test_packages_of_others_that_can_be_imported(project):
    (project / "pack/c.py").write_text(
        "import os.path\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\nelse:\n"
        "    import yaml\ndef f():\n    from scipy.fft import rfft\n    from . import a\n"
    )
    assert imported_packages(project / "script.py", project) == ["numpy", "scipy", "yaml"]
