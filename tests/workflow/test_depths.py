"""Whole studies of trained networks of one and two layers, side by side with another and alone."""

import subprocess
import sys

import pandas as pd
import pytest
from project import COMPARED, SMOKE


@pytest.mark.long
@pytest.mark.parametrize(
    ("study", "model", "n_layers"),
    [("compared", "one_layer", 1), pytest.param("two_layers", "two_layers", 2, marks=pytest.mark.full)],
)
def test_a_network_of_fewer_layers_goes_through_the_whole_study(request, study, model, n_layers):
    results = request.getfixturevalue(study).folder / "results" / model
    effects = pd.read_csv(results / "effects.csv")
    assert set(effects.loc[effects["role"] == "primary", "layer"]) == set(range(1, n_layers + 1))
    clocks = pd.read_csv(results / "clocks.csv")
    assert clocks["layer"].dropna().nunique() == n_layers
    assert len(list((results / "figures").glob("hidden_state_layer_*.svg"))) == n_layers
    assert (results / "report.html").is_file()
    # The articles are about three layers.
    assert not (results / "claims.csv").exists()


@pytest.mark.long
def test_the_comparison_has_both_and_its_figures_are_verified(compared):
    outcomes = pd.read_csv(compared.folder / COMPARED / "outcomes.csv")
    levels = outcomes[outcomes["contrast"] == "level"].set_index(["network", "outcome"])["estimate"]
    # Not in the order of the alphabet.
    assert outcomes["network"].unique().tolist() == ["smoke", "one_layer"]
    for model in ("smoke", "one_layer"):
        own = pd.read_csv(compared.folder / f"results/{model}/effects.csv").query("contrast == 'intact'")
        own = own.set_index("outcome")["estimate"]
        assert levels[model, "share_of_wrong_bars"] == pytest.approx(own["share_of_wrong_bars"])
    figure = f"{COMPARED}/figures/outcomes.svg"
    command = [sys.executable, "-m", "folkprobe", "audit", figure]
    audit = subprocess.run(command, cwd=compared.folder, capture_output=True, text=True, check=False)
    assert "VERIFIED" in audit.stdout.splitlines()[0], audit.stdout + audit.stderr
    assert (compared.folder / COMPARED / "report.html").is_file()


@pytest.mark.long
def test_a_study_beside_others_keeps_the_bytes_that_it_has_alone(compared, smoke_study):
    beside = {path: digest for path, digest in compared.digests().items() if path.startswith("smoke/")}
    assert beside == smoke_study.digests()


@pytest.mark.full
def test_a_study_alone_has_the_bytes_that_it_has_beside_others(compared, project):
    project.snakemake("all", "--cores", "2", "--configfile", SMOKE, "config/one_layer.yaml")
    alone = project.digests()
    beside = {path: digest for path, digest in compared.digests().items() if path.startswith("one_layer/")}
    assert alone == beside
