"""What the page says, and that nothing in it is taken for HTML that is not."""

import io

import jinja2
import pandas as pd
import pytest

from folkprobe.refusal import Refusal
from folkprobe.report.page import (
    describe_claims,
    describe_effects,
    describe_environment,
    place_figures,
    render_report,
)


def _record(rule, *outputs, python="3.11.1", kernel="Haswell"):
    return {
        "rule": rule,
        "script": f"workflow/scripts/{rule}.py",
        "fingerprint": "c" * 64,
        "wildcards": {"model": "m"},
        "inputs": [{"path": "results/m/effects.csv", "sha256": "e" * 64}],
        "outputs": [{"path": path} for path in outputs],
        "environment": {
            "python": python,
            "blas": [{"version": "0.3.31", "kernel": kernel}],
            "distributions": {"numpy": "2.4.6"},
        },
    }


MANIFEST = {
    "jobs": {
        "a": _record("plot_a", "results/m/figures/a_1.svg", "results/m/figures/a_1.png"),
        "b": _record("plot_b", "results/m/figures/b.png", python="3.12.0"),
    }
}
PICTURE = {"url": "data:x", "width": 10, "height": 5}


def test_strings_are_escaped_and_what_is_missing_is_an_error():
    assert render_report("<p>{{ a }}</p>", a="<script>") == "<p>&lt;script&gt;</p>"
    with pytest.raises(jinja2.UndefinedError):
        render_report("{{ b }}", a=1)


def test_every_figure_stands_once_in_the_order_requested():
    sections = [
        {"title": "One", "text": "t", "figures": ["b", "missing"]},
        {"title": "Empty", "text": "t", "figures": ["absent"]},
    ]
    pictures = {"results/m/figures/a_1.png": PICTURE, "results/m/figures/b.png": PICTURE}
    placed = place_figures(sections, pictures, MANIFEST, {"a": "Share of *bars*, `|` and <b>."})
    assert [(section["title"], [f["name"] for f in section["figures"]]) for section in placed] == [
        ("One", ["b"]),
        ("More", ["a_1"]),
    ]
    figure = placed[1]["figures"][0]
    assert figure["rule"] == "plot_a"
    assert figure["fingerprint"] == "c" * 64
    assert figure["url"] == "data:x"
    assert "<em>bars</em>" in figure["caption"]
    assert "&lt;b&gt;" in figure["caption"]


@pytest.mark.parametrize(
    ("caption", "seen"),
    [
        ("Share of *bars*,\nby layer. More.", "Share of bars, by layer."),
        ("Where is it held? Shift (of 1.5) of the bar. More.", "Shift (of 1.5) of the bar."),
        ("Top: shares; below, levels.", "Top: shares; below, levels."),
    ],
)
def test_the_text_for_a_picture_says_what_is_seen(caption, seen):
    (section,) = place_figures([], {"results/m/figures/a_1.png": PICTURE}, MANIFEST, {"a": caption})
    assert section["figures"][0]["alt"] == f"A 1: {seen}"


def test_a_caption_reaches_out_to_no_file(tmp_path):
    (tmp_path / "secret").write_text("a secret")
    caption = f".. include:: {tmp_path}/secret\n\n.. raw:: html\n\n   <script>alert()</script>\n"
    pictures = {"results/m/figures/b.png": PICTURE}
    (section,) = place_figures([], pictures, MANIFEST, {"b": caption})
    assert "a secret" not in section["figures"][0]["caption"]
    assert "<script>" not in section["figures"][0]["caption"]


def test_a_picture_that_no_job_wrote_is_refused():
    with pytest.raises(Refusal, match="no job of the manifest wrote results/m/figures/c.png"):
        place_figures([], {"results/m/figures/c.png": PICTURE}, MANIFEST, {})


def test_versions_are_those_of_all_jobs():
    assert describe_environment(MANIFEST) == {
        "Python": "3.11.1, 3.12.0",
        "BLAS": "0.3.31 (Haswell)",
        "numpy": "2.4.6",
    }


def _effect(contrast, role, family, layer, estimate, n_sets=5):
    return {
        "contrast": contrast,
        "role": role,
        "family": family,
        "layer": layer,
        "n_units": 42 if family else None,
        "outcome": "share_of_wrong_bars",
        "estimate": estimate,
        "lower": estimate - 0.1,
        "upper": estimate + 0.1,
        "level": 0.95,
        "n_tunes": 200,
        "n_sets": n_sets,
        "p_value": 0.0312345 if role == "primary" else None,
        "p_value_adjusted": 0.0937035 if role == "primary" else None,
        "adjustment": "Holm" if role == "primary" else None,
        "method": "t",
    }


def _table(*rows):
    """As it is read from a file."""
    return pd.read_csv(io.StringIO(pd.DataFrame(rows).to_csv(index=False)))


def test_effects_have_six_columns_and_their_methods_as_footnotes():
    table = _table(
        _effect("intact", "descriptive", None, None, 0.96),
        _effect("targeted - random", "primary", "third", 1, 0.298506),
        _effect("targeted", "descriptive", "third", 1, 0.79),
        _effect("targeted - random", "secondary", "third", 1, 100.26) | {"outcome": "mean_tokens_per_tune"},
        _effect("layer_1_excised - intact", "descriptive", None, None, -0.0001) | {"n_sets": 1, "method": "bootstrap"},
    )
    told = describe_effects(table, {"layer_1_excised": "layer 1 excised"}, {"third": "at zero"})
    assert told["effects"][0] == {
        "contrast": "targeted − random, at zero",
        "layer": "1",
        "outcome": "share of wrong bars",
        "estimate": "0.299",
        "interval": "[0.199, 0.399]",
        "p_value": "0.094",
        "footnote": 1,
    }
    assert [row["contrast"] for row in told["effects"][1:]] == ["intact", "layer 1 excised − intact"]
    assert told["effects"][2]["estimate"] == "0.000"
    (secondary,) = told["secondary_effects"]
    assert (secondary["estimate"], secondary["interval"]) == ("100.3", "[100.2, 100.4]")
    assert [row["footnote"] for row in [*told["effects"], secondary]] == [1, 2, 3, 2]
    assert told["footnotes"] == [
        "t; 200 tunes; 5 random sets; p adjusted by Holm",
        "t; 200 tunes; 5 random sets",
        "bootstrap; 200 tunes",
    ]
    assert told["design"] == {"size": "42 units", "level": "95 %", "n_sets": "5", "is_descriptive": True}
    assert not describe_effects(table.assign(n_sets=20), {}, {})["design"]["is_descriptive"]


def test_a_study_without_lesions_has_no_primary_contrast():
    assert describe_effects(_table(_effect("intact", "descriptive", None, None, 0.96)), {}, {})["design"] is None


def test_verdicts_are_counted_in_their_order():
    table = pd.DataFrame({"claim": ["a", "b", "c"], "verdict": ["open question", "reproduced", "open question"]})
    told = describe_claims(table)
    assert told["verdict_counts"] == {"open question": 2, "reproduced": 1}
    assert [row["claim"] for row in told["claims"]] == ["a", "b", "c"]
