"""The script write_report: everything that it is given stands on the page."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from project import ROOT

from folkprobe.music.lesion_tunes import LesionTunes, write_lesion_tunes
from folkprobe.music.tunes import read_tunes

EFFECT = {
    "contrast": "targeted - random",
    "role": "primary",
    "family": "third",
    "layer": 1,
    "n_units": 2,
    "outcome": "share_of_wrong_bars",
    "estimate": 0.298,
    "lower": 0.1,
    "upper": 0.5,
    "level": 0.9,
    "n_tunes": 12,
    "n_sets": 5,
    "p_value": 0.04,
    "p_value_adjusted": 0.12,
    "adjustment": "Holm over 3",
    "method": "t over sets",
}
RECORD = {
    "rule": "plot_shares",
    "wildcards": {"model": "a"},
    "script": "workflow/scripts/plot_shares.py",
    "fingerprint": "ab" * 32,
    "inputs": [{"path": "results/m/effects.csv", "sha256": "cd" * 32}],
    "environment": {"python": "3.11.7", "blas": [], "distributions": {"numpy": "2.4.6"}},
}


@pytest.fixture
def page(script, checkpoint_path, write_tune_texts, tmp_path):
    figure = tmp_path / "shares.png"
    Image.new("RGB", (8, 4), "white").save(figure)
    tunes_paths = []
    for condition in ("intact", "layer_1_excised"):
        (tmp_path / condition).mkdir()
        tunes_paths.append(write_tune_texts("M:4/4 C |", "M:4/4 K:Cmaj C 2 D | E F", name=f"{condition}/tunes.h5"))
    tunes = read_tunes(tunes_paths[0])
    lesion_sets = [
        {"condition": f"layer_{layer}_third_{kind}", "layer": layer, "family": "third", "kind": kind}
        for layer, kind in ((1, "targeted"), (1, "bottom"), (2, "targeted"))
    ]
    names = [*(each["condition"] for each in lesion_sets), "layer_1_other"]
    write_lesion_tunes([LesionTunes(name, tunes, np.zeros(2)) for name in names], tmp_path / "lesions.h5")
    texts = {
        "shares.rst": "A caption.",
        "manifest.json": json.dumps({"jobs": {"a": RECORD | {"outputs": [{"path": figure.as_posix()}]}}}),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    claim = ["p1", "part 1", "It <counts>.", "true by construction", "9", "9", "0", "", "", "Nine is nine."]
    columns = ["claim", "printed_in", "statement", "verdict", "printed", "value", "tolerance", "note", "answer"]
    columns.append("by_construction")
    pd.DataFrame([claim], columns=columns).to_csv(tmp_path / "claims.csv", index=False)
    pd.DataFrame([EFFECT]).to_csv(tmp_path / "effects.csv", index=False)
    pd.DataFrame({"sentence": ["Layer 1 holds it."]}).to_csv(tmp_path / "answers.csv", index=False)
    part = {
        "layers": 1,
        "set": "all",
        "donor": "other_count",
        "mode": "holds",
        "shift": 0.95,
        "lower": 0.91,
        "upper": 1,
    }
    pd.DataFrame([part]).to_csv(tmp_path / "interchange.csv", index=False)

    def write(name="report.html"):
        script("write_report").main(
            figures_paths=[figure],
            captions_paths=[tmp_path / "shares.rst"],
            tunes_paths=tunes_paths,
            lesion_tunes_path=tmp_path / "lesions.h5",
            template_path=ROOT / "workflow/report/report.html.j2",
            style_path=ROOT / "workflow/report/page.css",
            behaviour_path=ROOT / "workflow/report/report.js",
            effects_path=tmp_path / "effects.csv",
            claims_path=tmp_path / "claims.csv",
            answers_path=tmp_path / "answers.csv",
            interchange_path=tmp_path / "interchange.csv",
            checkpoint_path=checkpoint_path,
            manifest_path=tmp_path / "manifest.json",
            report_path=tmp_path / name,
            sections=[{"title": "One", "text": "Of shares.", "figures": ["shares", "other"]}],
            lesion_sets=lesion_sets,
            tune_index=1,
            words={"layer_1_excised": "layer 1 excised, for itself only"},
            cuts={"third": "at their mean"},
            study={
                "model": "mine",
                "period_steps": [8.7, 9.3],
                "primary_family": "quarter",
                "generation": {"rng_seed": 5},
            },
        )
        return (tmp_path / name).read_text(encoding="utf-8")

    return write


def test_what_is_given_stands_on_the_page(page):
    text = page()
    for found in (
        "Does <em>mine</em> count bars?",
        "8.7 to 9.3 steps",
        "<p>Holds <strong>all</strong> of the count: 0.95 [0.91, 1.00].</p>",
        "<strong>more bars are wrong</strong> than without random ones: 29.8 [10.0, 50.0] percentage points",
        "90 % intervals; descriptive, since 5 random sets",
        "A caption.",
        "ab" * 32,
        "data:image/webp;base64,",
        "data:image/svg+xml,",
        'alt="Shares: A caption."',
        '<a href="figures/shares.svg"',
        '<a href="figures/shares.csv"',
        '<a href="../../docs/figures.md#shares"',
        'download="layer_1_third_targeted.mid"',
        'aria-label="MIDI of layer 1 excised, for itself only"',
        'aria-label="Play: layer 1, targeted, at their mean"',
        "<td>targeted − random, at their mean</td>",
        '<h3 id="tunes-2">Lesion sets of layer 1</h3>',
        "It &lt;counts&gt;.",
        "<strong>1</strong> true by construction",
        "true by construction: Nine is nine.",
        "rng_seed 5",
        "numpy 2.4.6",
    ):
        assert found in text, found


def test_tunes_stand_beside_the_intact_one(page):
    strips = re.split(r'<h3 id="tunes-\d">', page())[1:]
    assert [re.findall(r'class="tune" aria-label="([^"]*)"', strip) for strip in strips] == [
        ["intact", "layer 1 excised, for itself only"],
        ["intact", "layer 1, targeted, at their mean", "layer 1, bottom, at their mean"],
        ["intact", "layer 2, targeted, at their mean"],
    ]
    events = re.findall(r'data-events="([^"]*)"', strips[0])
    assert [event[:3] for event in json.loads(events[0])] == [
        [0, 0.5, [60]],
        [0.5, 0.25, [62]],
        [0.75, 0.25, [64]],
        [1, 0.25, [65]],
    ]


def test_without_a_primary_contrast_the_page_names_the_family_that_was_requested(page, tmp_path):
    pd.DataFrame([EFFECT | {"role": "descriptive"}]).to_csv(tmp_path / "effects.csv", index=False)
    assert "in the family <code>quarter</code>, which the primary contrast is about" in page()


def test_the_same_study_gives_the_same_page(page):
    assert page("one.html") == page("two.html")
