"""Several studies side by side, as `config/compare.yaml` names them."""

from functools import reduce
from pathlib import Path

import yaml

from folkprobe.refusal import Refusal
from study.checks import check_against, complete_config, default_config, merge_configs
from study.config import refuse_repeated_keys
from study.network import has_bars, has_claims
from study.places import ROOT, given_file, recorded_config

SCHEMA_PATH = ROOT / "workflow/schemas/compare.schema.yaml"
# Under this key the configuration of a study among several names its overlays.
OVERLAYS_KEY = "overlays"
# Of each figure of a comparison, named after its table, the question that it answers.
QUESTIONS = {
    "outcomes": "What share of the bars is wrong, and how far is that from the reference's? Paired over tunes.",
    "contrasts": (
        "How much more harm does excising the units at the bar do than excising random ones, layer by layer? "
        "Differences by MOVER, as if the networks were independent."
    ),
    "interchange": (
        "What holds the count? How far it shifts when whole layers are taken over from a tune at another count "
        "(holds), or when only what reads them does so (tells)."
    ),
    "bar_ends": (
        "How long does the count go on without a bar token? The chance that a bar token is more probable at the end of "
        "a bar than at the end of another note, by the number of bars since one was read."
    ),
    "spectra": "Which periods occur in each layer and in the output, over all tunes?",
    "singular_values": "How do the softmax layers weigh their directions?",
}


def check_comparison(config: dict) -> None:
    """Refuse a comparison that names no two studies, or that would change them.

    Parameters
    ----------
    config : dict
        The default configuration with the block `compare` over it.

    Raises
    ------
    Refusal
        One sentence that names the key or the overlay.
    """
    check_against(SCHEMA_PATH, {"compare": config["compare"]})
    changed = [key for key, value in config.items() if key != "compare" and value != default_config().get(key)]
    if changed:
        raise Refusal(
            f"config key {changed[0]}: beside `compare` nothing may be set, since each study is that of its own "
            "overlays; put the key into those"
        )
    block = config["compare"]
    refuse_repeated_keys(given_file(path) for study in block["studies"] for path in study)
    models = [study["model"] for study in _merged(block)]
    for model in models:
        if models.count(model) > 1:
            raise Refusal(
                f"config key compare.studies: two studies have the model {model}, give each its own, with an "
                "overlay that sets `model`"
            )
    if block["reference"] not in models:
        raise Refusal(f"config key compare.reference: {block['reference']!r} is not one of {', '.join(models)}")


def studies(config: dict) -> dict[str, dict]:
    """Return the configuration of each study by its model, in order, with the paths of its overlays."""
    block = config["compare"]
    named = zip(block["studies"], _merged(block), strict=True)
    return {
        study["model"]: study | {OVERLAYS_KEY: [recorded_config(given_file(path)) for path in overlays]}
        for overlays, study in named
    }


def comparison_block(config: dict) -> dict:
    """Return the parameters of `compare_networks`: what is compared, and the configuration of each study.

    Of each study's configuration only what it is, without its overlays: the same study by another way is the same.
    """
    block = config["compare"]
    merged = {study["model"]: study for study in _merged(block)}
    return {
        "networks": list(merged),
        "reference": block["reference"],
        "confidence_level": block["confidence_level"],
        "configurations": merged,
        "with_bars": [model for model, study in merged.items() if has_bars(study)],
        "with_claims": [model for model, study in merged.items() if has_claims(study)],
    }


def _merged(block: dict) -> list[dict]:
    merged = []
    for overlays in block["studies"]:
        files = [yaml.safe_load(Path(given_file(path)).read_text(encoding="utf-8")) or {} for path in overlays]
        merged.append(reduce(merge_configs, files, default_config()))
        complete_config(merged[-1])
    return merged
