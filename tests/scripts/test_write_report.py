"""The script write_report: everything that it is given stands on the page."""

import json

import pandas as pd
import pytest
from PIL import Image
from project import ROOT

from folkprobe.music.midi import write_midi

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
    "script": "workflow/scripts/plot_shares.py",
    "fingerprint": "ab" * 32,
    "inputs": [{"path": "results/m/effects.csv", "sha256": "cd" * 32}],
    "environment": {"python": "3.11.7", "blas": [], "distributions": {"numpy": "2.4.6"}},
}


@pytest.fixture
def page(script, checkpoint_path, tmp_path):
    figure, score, midi = (tmp_path / name for name in ("shares.png", "intact.svg", "intact.mid"))
    Image.new("RGB", (8, 4), "white").save(figure)
    score.write_text("<svg/>")
    write_midi(["M:4/4", "K:Cmaj", "C", "2", "D", "|", "E", "F"], midi, title="t")
    texts = {
        "shares.rst": "A caption.",
        "template.html": (ROOT / "workflow/report/report.html.j2").read_text(encoding="utf-8"),
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

    def write(name="report.html"):
        script("write_report").main(
            figures_paths=[figure],
            captions_paths=[tmp_path / "shares.rst"],
            scores_paths=[score],
            midi_paths=[midi],
            template_path=tmp_path / "template.html",
            effects_path=tmp_path / "effects.csv",
            claims_path=tmp_path / "claims.csv",
            answers_path=tmp_path / "answers.csv",
            checkpoint_path=checkpoint_path,
            manifest_path=tmp_path / "manifest.json",
            report_path=tmp_path / name,
            sections=[{"title": "One", "text": "Of shares.", "figures": ["shares", "other"]}],
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
        "Layer 1: 29.8 [10, 50] percentage points; 12 tunes,\n5 random sets; p = 0.04, by Holm 0.12.",
        "90 % intervals. Descriptive, 5 random sets",
        "A caption.",
        "ab" * 32,
        "data:image/webp;base64,",
        "data:image/svg+xml;base64,",
        "[[0.0, 0.5, 60], [0.5, 0.25, 62], [0.75, 0.25, 64], [1.0, 0.25, 65]]",
        "It &lt;counts&gt;.",
        "1 true by construction.",
        "true by construction: Nine is nine.",
        "rng_seed 5",
        "numpy 2.4.6",
    ):
        assert found in text, found


def test_without_a_primary_contrast_the_page_names_the_family_that_was_requested(page, tmp_path):
    pd.DataFrame([EFFECT | {"role": "descriptive"}]).to_csv(tmp_path / "effects.csv", index=False)
    assert "in the family <code>quarter</code>, which the primary contrast is about" in page()


def test_the_same_study_gives_the_same_page(page):
    assert page("one.html") == page("two.html")
