"""What figures call the conditions, which of them a study draws, and what their captions say."""

import re
from itertools import product

import pytest
import yaml
from jinja2.sandbox import SandboxedEnvironment
from project import ROOT

from study.checks import complete_config, default_config, merge_configs
from study.conditions import in_words, looks
from study.figure import drawn
from study.figures import FIGURES, figures


def _config(*overlays):
    config = default_config()
    for overlay in overlays:
        config = merge_configs(config, overlay)
    complete_config(config)
    return config


def test_conditions_are_in_plain_words():
    words = in_words(_config())
    assert words["intact"] == "intact"
    assert words["layer_2_excised"] == "layer 2 excised"
    assert words["layer_1_excised_two_hot"] == "layer 1 excised, two-hot input"
    assert words["w1_removed_mean_kept"] == "w₁ removed, mean kept"
    assert not any("_" in text for text in words.values())


def test_two_conditions_that_would_be_called_alike_have_their_names():
    lesions = {"mute": {"layer": 2, "value": 0.0, "scope": "both"}, "deaf": {"layer": 2, "value": 0.0, "scope": "out"}}
    words = in_words(_config({"lesions": lesions}))
    assert words["mute"] == "layer 2 excised (mute)"
    assert words["layer_2_excised"] == "layer 2 excised (layer_2_excised)"
    assert words["deaf"] == "layer 2 excised, for the next layer only"


def test_a_network_looks_like_the_layer_that_has_lost_units():
    of = looks(_config())
    assert (of["intact"]["layer"], of["intact"]["is_stimulated"]) == (None, False)
    assert (of["layer_1_excised_two_hot"]["layer"], of["layer_1_excised_two_hot"]["is_stimulated"]) == (1, True)


def test_doses_are_drawn_where_there_are_several():
    full = yaml.safe_load((ROOT / "config/full_study.yaml").read_text(encoding="utf-8"))
    planned = [[figure.stem for figure in figures(_config(*overlays))] for overlays in ((), (full,))]
    assert ["lesion_doses" in stems for stems in planned] == [False, True]


@pytest.mark.parametrize("figure", [each for each in FIGURES if "{" in each.path], ids=lambda figure: figure.stem)
def test_figures_of_one_rule_have_captions_of_their_own(figure):
    caption = (ROOT / f"workflow/report/{figure.stem}.rst").read_text(encoding="utf-8")
    wildcards = re.findall(r"\{(\w+)\}", figure.path)
    values = list(product(*(drawn(_config())[name] for name in wildcards)))
    captions = {
        SandboxedEnvironment()
        .from_string(caption)
        .render(snakemake={"wildcards": dict(zip(wildcards, of, strict=True))})
        for of in values
    }
    # Those of layers say which in their titles.
    assert len(captions) == (1 if wildcards in (["layer"], ["units"]) else len(values))
