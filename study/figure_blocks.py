"""What the scripts of figures read from a configuration: blocks of keyword arguments."""

from collections.abc import Sequence

from study.conditions import GENERATED, INTACT, MANIPULATIONS, excision_block, in_words, lesions, looks
from study.lesions import lesion_conditions
from study.network import layers

REPLAYS = (INTACT, *MANIPULATIONS, *GENERATED)
# Part 7: 33 % of the units of layer 1 exceed the threshold.
ARTICLE_SHARE_SELECTED = 0.33


def shown_tune(config: dict) -> dict:
    """Return which tune the figures of a single tune show."""
    return {"tune_index": config["spectra"]["shown_tune_index"]}


def band(config: dict) -> dict:
    """Return the band of the bar."""
    return {"period_steps": config["selection"]["period_steps"]}


def cuts(config: dict) -> dict:
    """Return how each family of the lesion study excises its sets."""
    families = config["lesion_study"]["families"]
    return {"cuts": {name: {key: family[key] for key in ("value", "scope")} for name, family in families.items()}}


def n_doses(config: dict) -> int:
    """Return the largest number of sizes among the sets of one layer that the lesion study holds at zero."""
    sizes: dict[int, set] = {}
    for lesion in lesion_conditions(config):
        if (lesion["value"], lesion["scope"]) == ("zero", "both"):
            sizes.setdefault(lesion["layer"], set()).add((lesion["n_units"], lesion["share_of_layer"]))
    return max(map(len, sizes.values()), default=0)


def doses(config: dict) -> dict:
    """Return `cuts` and the number of layers."""
    return cuts(config) | {"n_layers": len(layers(config))}


def excised(config: dict) -> dict:
    """Return how conditions look, and which units the lesions among them excise."""
    blocks = {name: excision_block(config, name) for name in lesions(config)}
    return {
        "conditions": looks(config),
        "lesions": {name: {key: block[key] for key in ("layer", "unit_index")} for name, block in blocks.items()},
    }


def words_of(config: dict, names: Sequence[str]) -> dict[str, str]:
    """Return what figures call some of the conditions and replays."""
    words = in_words(config)
    # A name that no condition has is refused elsewhere.
    return {name: words.get(name, name) for name in names}


def named(key: str, config: dict, names: Sequence[str]) -> dict:
    """Return names in their order, and what figures call them: the order of a mapping does not reach a job."""
    return {key: list(names), "words": words_of(config, names)}


def replays(_: dict) -> list[str]:
    """List the replays, the values of a wildcard."""
    return list(REPLAYS)
