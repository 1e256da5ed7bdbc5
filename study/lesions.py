"""Derive the conditions of a lesion study from its families, and the jobs from its conditions."""

from folkprobe.statistics.lesion_design import CONTROLS, RANDOM, TARGETED
from study.conditions import what_tunes_depend_on
from study.network import layers, of_layer


def lesion_conditions(config: dict) -> list[dict]:
    """List the conditions of the lesion study.

    Returns
    -------
    list of dict
        By layer, then family in the order of the configuration, then kind of set: `condition`, a name such as
        layer_1_third_random_04; `layer`; `family`; `kind`: targeted, random, activity_matched or bottom; `set_index`,
        0 unless random; and what all conditions of the family share: `n_units` or else `share_of_layer`, `value`,
        `scope`.
    """
    study = config["lesion_study"]
    return [
        {
            "condition": "_".join([f"layer_{layer}", name, kind, *([f"{number:02d}"] if kind == RANDOM else [])]),
            "layer": layer,
            "family": name,
            "kind": kind,
            "set_index": number,
            **{key: of_layer(family[key], layer) for key in ("n_units", "share_of_layer", "value", "scope")},
        }
        for layer in layers(config)
        for name, family in study["families"].items()
        for kind, n_sets in _n_sets(family).items()
        for number in range(n_sets)
    ]


def lesion_sets(config: dict) -> list[dict]:
    """List the sets of units that the lesion study excises, each once even if several families share it.

    Returns
    -------
    list of dict
        `layer`, `kind`, `set_index`, `n_units`, `share_of_layer`.
    """
    keys = ("layer", "kind", "set_index", "n_units", "share_of_layer")
    sets = {tuple(condition[key] for key in keys): None for condition in lesion_conditions(config)}
    return [dict(zip(keys, values, strict=True)) for values in sets]


def lesion_batches(config: dict) -> list[list[dict]]:
    """Divide the conditions of the lesion study, in order, into batches of a job each; no result depends on it."""
    conditions, n_at_once = lesion_conditions(config), config["lesion_study"]["n_conditions_per_job"]
    return [conditions[start : start + n_at_once] for start in range(0, len(conditions), n_at_once)]


def lesion_batch_block(config: dict, batch: int) -> dict:
    """Return the parameters of `generate_lesions` for one batch, counted from 0."""
    return what_tunes_depend_on(config) | {"conditions": lesion_batches(config)[batch]}


def shown_lesions(config: dict) -> list[dict]:
    """List the conditions of the lesion study whose tunes the report shows.

    They are the sets of the primary family, of the random ones the first, and the targeted sets of the others.

    Returns
    -------
    list of dict
        `condition`, `layer`, `family`, `kind`, in the order of `lesion_conditions`.
    """
    keys = ("condition", "layer", "family", "kind")
    return [
        {key: each[key] for key in keys}
        for each in lesion_conditions(config)
        if each["set_index"] == 0
        and (each["kind"] == TARGETED or each["family"] == config["lesion_study"]["primary_family"])
    ]


def describe_lesion_study(config: dict) -> str:
    """Describe the size of the lesion study in one sentence."""
    n_tunes, n_conditions = config["generation"]["n_tunes"], len(lesion_conditions(config))
    return (
        f"Lesion study: {n_conditions} conditions of {n_tunes} tunes each ({n_conditions * n_tunes} tunes) in "
        f"{len(lesion_batches(config))} jobs."
    )


def _n_sets(family: dict) -> dict[str, int]:
    return {TARGETED: 1, RANDOM: family["n_random_sets"], **dict.fromkeys(CONTROLS, int(family["with_controls"]))}
