"""What README.md shows and quotes is what the default study gives."""

import csv

import numpy as np
import pytest
from project import ROOT

from folkprobe.evidence.figure_content import read_figure
from folkprobe.music.tunes import read_tunes

_FIGURE = "figures/bar_shares.svg"


def _rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.full
def test_the_readmes_figure_and_numbers_are_the_default_studys(project):
    project.snakemake("--cores", "2")
    results = project.folder / "results/demo"
    # The claim id in it changes with every line of code behind it; what is drawn does not.
    shown, drawn = (read_figure(path).content for path in (ROOT / "docs/bar_shares.svg", results / _FIGURE))
    assert shown == drawn is not None
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    shares = {
        row["contrast"]: row for row in _rows(results / "effects.csv") if row["outcome"] == "share_of_correct_bars"
    }
    intact = shares["intact"]
    value, lower, upper = (100 * float(intact[name]) for name in ("estimate", "lower", "upper"))
    assert f"({value:.1f} %, 95 % interval {lower:.1f} to {upper:.1f} %)" in text
    counts = [
        int(shares[name]["n_bars"]) for name in ("intact", "layer_1_excised", "layer_2_excised", "layer_3_excised")
    ]
    assert "have {:,} bars intact, and {:,}, {:,} and {:,} with".format(*counts) in text
    tunes = _rows(results / "intact/tunes.csv")
    lengths = [
        np.median(np.diff(read_tunes(results / name / "tunes.h5").tune_offsets))
        for name in ("generated_bars_deleted", "generated_bars_jittered", "intact")
    ]
    assert "medians of {:g} tokens without bars, {:g} with late ones, {:g} intact".format(*lengths) in text
    n_ok = sum(row["ok"] == "True" for row in tunes)
    assert f"{100 * n_ok / len(tunes):.1f} % of the tunes are correct throughout" in text
