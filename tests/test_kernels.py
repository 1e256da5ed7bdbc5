"""Kernel families are chosen by what the processor runs."""

import signal
import subprocess
from types import SimpleNamespace

import kernels
import pytest


@pytest.fixture
def probe(monkeypatch):
    """Let the probe end as told; gives the list of environments that it was started in."""
    environments = []

    def ends(returncode, stdout=""):
        def run(*_, env, **__):
            environments.append(env)
            return SimpleNamespace(returncode=returncode, stdout=stdout, stderr="no numpy")

        monkeypatch.setattr(subprocess, "run", run)
        return environments

    kernels.why_not.cache_clear()
    yield ends
    kernels.why_not.cache_clear()


@pytest.mark.parametrize(
    ("returncode", "stdout", "sentence"),
    [
        (0, "SkylakeX\n", ""),
        (0, "skylakex\n", ""),
        (0, "Haswell\n", "asked for SkylakeX's kernels, this OpenBLAS gives Haswell's"),
        (0, "\n", "numpy has no OpenBLAS here, and so no kernels of SkylakeX"),
        (-signal.SIGILL, "", "this processor lacks the instructions of SkylakeX's kernels"),
    ],
)
def test_a_family_runs_only_where_it_is_granted_and_survives(probe, returncode, stdout, sentence):
    probe(returncode, stdout)
    assert kernels.why_not("SkylakeX") == sentence


@pytest.mark.parametrize("returncode", [1, -signal.SIGSEGV])
def test_another_failure_is_not_taken_for_a_weak_processor(probe, returncode):
    probe(returncode)
    with pytest.raises(RuntimeError, match="Haswell's kernels ended with .*: no numpy"):
        kernels.why_not("Haswell")


def test_a_choice_in_the_environment_does_not_count_and_a_family_is_tried_once(probe, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    environments = probe(0, "Haswell")
    assert kernels.why_not("Haswell") == kernels.why_not("Haswell") == ""
    assert [each["OPENBLAS_CORETYPE"] for each in environments] == ["Haswell"]
    assert environments[0]["OPENBLAS_NUM_THREADS"] == "1"


def test_a_name_that_openblas_does_not_know_is_not_taken_for_a_family():
    """Really asked: OpenBLAS computes with something else, and says so."""
    assert "NoSuchFamily" in kernels.why_not("NoSuchFamily")


def test_the_families_of_64_bit_arm_and_of_other_machines():
    assert kernels.families("arm64") == kernels.families("aarch64")
    assert kernels.families("AMD64") == kernels.families("x86_64")
    assert not set(kernels.families("aarch64")) & set(kernels.families("x86_64"))
    assert kernels.families("s390x") == ()


def test_what_runs_is_listed_with_the_strongest_first(monkeypatch):
    monkeypatch.setattr(kernels.platform, "machine", lambda: "x86_64")
    # An old processor: the next weaker family is there to be compared with.
    monkeypatch.setattr(kernels, "why_not", lambda family: "" if family in ("Nehalem", "Sandybridge") else "too weak")
    assert kernels.families_that_run() == ["Sandybridge", "Nehalem"]
