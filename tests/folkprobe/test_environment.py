"""Versions that a job stands on."""

import json
import sys
from importlib.metadata import version

from project import ROOT

from folkprobe.provenance.closure import imported_packages
from folkprobe.provenance.environment import describe_environment


def test_versions_of_what_is_imported_and_of_what_that_requires():
    found = describe_environment(["matplotlib", "yaml"])
    assert found["python"] == sys.version.split()[0]
    assert found["distributions"]["pyyaml"] == version("PyYAML")
    for name in ("matplotlib", "numpy", "pillow", "fonttools"):
        assert found["distributions"][name] == version(name)
    assert "scipy" not in found["distributions"]
    assert list(found["distributions"]) == sorted(found["distributions"])


def test_blas_and_its_kernel_without_a_path():
    (blas, *_) = describe_environment([])["blas"]
    assert blas.keys() == {"name", "version", "kernel"}
    assert "/" not in json.dumps(blas)


def test_every_package_that_a_script_imports_has_a_version():
    for script in (ROOT / "workflow/scripts").glob("*.py"):
        packages = imported_packages(script, ROOT)
        for package in set(packages) - {"torch", "music21"}:
            assert describe_environment([package])["distributions"], f"{script.name} imports {package}"


def test_what_only_lies_about_is_not_among_the_versions(tmp_path, monkeypatch):
    def distribution(name, *requirements):
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        lines = [f"Requires-Dist: {each}" for each in requirements]
        (folder / "METADATA").write_text(
            "\n".join(["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *lines, "", ""])
        )

    distribution(
        "aa", "bb>=1", 'cc; python_version < "3.0"', 'dd; sys_platform == "nowhere"', 'ee; extra == "test"', "ff[gg]",
        'hh; python_version < "3.0" and extra == "x"',
    )  # fmt: skip
    distribution("ff", 'ii; extra == "gg"', 'jj; extra == "other"')
    for name in ("bb", "cc", "dd", "ee", "hh", "ii", "jj"):
        distribution(name)
    monkeypatch.syspath_prepend(tmp_path)
    assert set(describe_environment(["aa"])["distributions"]) == {"aa", "bb", "ff", "ii"}
