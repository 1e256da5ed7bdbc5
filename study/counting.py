"""Derive the jobs of the study of the count."""

from study.network import layers, of_layer

_INTERCHANGE = (
    "elapsed_eighths",
    "n_sites_per_count",
    "n_pairs",
    "n_eighths",
    "n_units",
    "ranks",
    "n_random_subspaces",
    "rng_seed",
)
_PHASE = ("elapsed_eighths", "n_sites_per_count", "n_eighths", "n_omitted_bars", "added_tokens", "rng_seed")


def layer_groups(config: dict) -> dict[str, list[int]]:
    """Return the layers whose states one job hands over, together, by their name.

    Each layer alone; and the first two, three and so on below the last, which may hold the count between them. Of two
    layers both.
    """
    numbers = list(layers(config))
    groups = [[layer] for layer in numbers] + [numbers[:n] for n in range(2, max(numbers[-1] - 1, 2) + 1)]
    return {"+".join(map(str, group)): group for group in groups if group[-1] in numbers}


def interchange_block(config: dict, group: str) -> dict:
    """Return the parameters of `interchange_counts` for one of `layer_groups`."""
    study, numbers = config["lesion_study"], layer_groups(config)[group]
    # Without families the table of sets is empty.
    family = study["families"].get(study["primary_family"], {"n_units": 1, "share_of_layer": None})
    return (
        {key: config["count_study"][key] for key in _INTERCHANGE}
        | _interval(config)
        | {
            "layers": numbers,
            "sizes": [
                {key: of_layer(family[key], layer) for key in ("n_units", "share_of_layer")} for layer in numbers
            ],
        }
    )


def phase_block(config: dict) -> dict:
    """Return the parameters of `perturb_phase`."""
    return {key: config["count_study"][key] for key in _PHASE} | _interval(config)


def regression_block(config: dict, experiment: str) -> dict:
    """Return the parameters of the regressions on the states, `clocks` or `probe`."""
    study = config["count_study"]
    return study[experiment] | {"rng_seed": study["rng_seed"]} | _interval(config)


def _interval(config: dict) -> dict:
    return {key: config["comparison"][key] for key in ("n_resamples", "confidence_level")}


def n_interchange_steps(config: dict) -> int:
    """Count the steps that one job of `interchange_counts` reads after its sites."""
    study, families = config["count_study"], config["lesion_study"]["families"]
    family = families.get(config["lesion_study"]["primary_family"])
    n_sets = family["n_random_sets"] + 1 + 2 * family["with_controls"] if family else 0
    n_parts = 2 + 2 * n_sets + 2 * len(study["n_units"]) + len(study["ranks"]) * (2 + study["n_random_subspaces"])
    # Held and told; and the bases and donors themselves.
    return (2 * n_parts + 3) * study["n_pairs"] * study["n_eighths"]


def n_phase_steps(config: dict) -> int:
    """Count the steps that `perturb_phase` reads after its sites."""
    study = config["count_study"]
    first, last = study["elapsed_eighths"]
    n_sites = (last - first + 1) * study["n_sites_per_count"]
    # Inserted: none, a true bar, the inserted one; substituted: drawn, a pitch, and each token; omitted: one long run.
    n_arms = 5 + len(study["added_tokens"])
    return n_arms * n_sites * study["n_eighths"] + study["n_sites_per_count"] * 8 * (study["n_omitted_bars"] + 1)
