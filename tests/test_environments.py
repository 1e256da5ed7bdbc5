"""The conda environment, the lock files and pyproject.toml name the same versions."""

import re
import tomllib

import pytest
import yaml
from project import ROOT

# conda-forge has these under another name.
CONDA_NAMES = {"matplotlib-base": "matplotlib", "snakemake-minimal": "snakemake", "pytorch-cpu": "torch"}


def _locked(name):
    lock = (ROOT / name).read_text()
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", lock, re.MULTILINE))


def _pinned(requirements):
    return dict(requirement.split("==") for requirement in requirements)


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _conda(name):
    dependencies = yaml.safe_load((ROOT / "envs" / name).read_text())["dependencies"]
    from_pip = [each for dependency in dependencies if isinstance(dependency, dict) for each in dependency["pip"]]
    from_conda = [each for each in dependencies if isinstance(each, str) and each not in ("pip", "python=3.11")]
    pins = dict(dependency.split("=") for dependency in from_conda) | _pinned(from_pip)
    return {CONDA_NAMES.get(package, package): version for package, version in pins.items()}


def test_the_conda_environment_has_the_projects_pins():
    assert _conda("environment.yaml") == _pinned(PROJECT["dependencies"])


def test_the_container_installs_the_lock_on_the_python_of_the_conda_environment():
    recipe = (ROOT / "envs/folkprobe.def").read_text()
    (version,) = re.findall(r"^From: python:([\d.]+)-", recipe, re.MULTILINE)
    assert f"python={version}" in yaml.safe_load((ROOT / "envs/environment.yaml").read_text())["dependencies"]
    assert "requirements.lock /opt/folkprobe/requirements.lock" in recipe
    assert "--require-hashes -r /opt/folkprobe/requirements.lock" in recipe
    # Nothing besides, whose version would be nobody's.
    assert recipe.count("pip install") == 1
    assert "apt" not in recipe
    # One thread for each process, as in the Makefile.
    for name in re.findall(r"^export (\w+_NUM_THREADS) := 1$", (ROOT / "Makefile").read_text(), re.MULTILINE):
        assert f"{name}=1" in recipe


def test_the_training_environment_has_the_projects_pins():
    everything = _pinned(PROJECT["dependencies"]) | _pinned(PROJECT["optional-dependencies"]["train"])
    training = _conda("train.yaml")
    assert _pinned(PROJECT["optional-dependencies"]["train"]).items() <= training.items()
    assert training.items() <= everything.items()


@pytest.mark.parametrize(
    ("lock", "extra"),
    [
        ("requirements.lock", None),
        ("requirements-slurm.lock", "slurm"),
        ("requirements-test.lock", "test"),
        ("requirements-docs.lock", "docs"),
    ],
)
def test_the_locks_have_the_projects_pins_hashes_and_no_address(lock, extra):
    wanted = PROJECT["dependencies"] + (PROJECT["optional-dependencies"][extra] if extra else [])
    locked = _locked(lock)
    assert _pinned(wanted).items() <= locked.items()
    text = (ROOT / lock).read_text()
    assert text.count("--hash=sha256:") >= len(locked)
    assert "://" not in text


def test_the_test_lock_contains_the_others():
    run, slurm, test = (_locked(f"requirements{name}.lock") for name in ("", "-slurm", "-test"))
    assert run.items() < slurm.items() < test.items()


def test_the_documentation_is_built_in_the_environment_of_the_tests():
    run, test, docs = (_locked(f"requirements{name}.lock") for name in ("", "-test", "-docs"))
    assert run.items() <= docs.items()
    # `make docs` after `make test` installs what is missing, and changes nothing that is there.
    both = test.keys() & docs.keys()
    assert {name: test[name] for name in both} == {name: docs[name] for name in both}
    assert (ROOT / ".ci/run").read_text().splitlines()[-1] == "make docs"
