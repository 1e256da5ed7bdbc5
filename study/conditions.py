"""Derive what the rules need from a configuration: conditions, and the parameters of a job."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from folkprobe.music.vocabulary import token_class
from folkprobe.provenance.closure import import_closure, imported_packages, sha256_of_file
from study.network import description_beside, is_url, layers, read_network
from study.places import ROOT, given_file

INTACT = "intact"
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
# A lesion of every layer.
EACH = "each"
# Manipulations of the tunes that the intact network reads again.
MANIPULATIONS = ("bars_deleted", "bars_jittered")
# Manipulations while it generates tunes.
GENERATED = {f"generated_{name}": name for name in MANIPULATIONS}


def given_files(config: dict) -> dict[str, list[str]]:
    """List the input files that no rule makes, by the key of the configuration that names them.

    The keys are `checkpoint.source`, `checkpoint.vocabulary`, `checkpoint.description` (not in the configuration: the
    JSON beside an npz) and `baseline.tunes`; a URL or null has no files. The paths are those of `study.places`.
    """
    source, vocabulary = config["checkpoint"]["source"], config["checkpoint"]["vocabulary"]
    return {
        "checkpoint.source": [] if is_url(source) else [given_file(source)],
        "checkpoint.vocabulary": [given_file(vocabulary)] if vocabulary else [],
        "checkpoint.description": [] if is_url(source) else description_beside(given_file(source)),
        "baseline.tunes": [given_file(config["baseline"]["tunes"])],
    }


def conditions(config: dict) -> list[str]:
    """List the conditions of a study: `intact`, then lesions and stimulated conditions in the configuration's order.

    `interventions` lists the conditions that edit the softmax layer.
    """
    return [INTACT, *lesions(config), *stimulated(config)]


def stimulated(config: dict) -> dict[str, dict]:
    """Return the stimulated conditions, without those that mix in a class of tokens that the network lacks."""
    vocabulary = read_network(config).vocabulary
    classes = None if vocabulary is None else {token_class(token) for token in vocabulary}
    mixed = {name: stimulus.get("mixed_class") for name, stimulus in config["stimuli"].items()}
    return {
        name: block
        for name, block in config["stimulated"].items()
        if classes is None or mixed[block["stimulus"]] in (None, *classes)
    }


def lesions(config: dict) -> dict[str, dict]:
    """Return the lesions by condition, those of each layer written out.

    A lesion `name` of `each` layer becomes layer_1_name, layer_2_name and so on; further entries under those names go
    over it, and null removes one. A key may still be missing: `study.checks` refuses that.
    """
    declared = config["lesions"]
    of_each = {
        f"layer_{layer}_{name}": lesion | {"layer": layer}
        for name, lesion in declared.items()
        if lesion is not None and lesion.get("layer") == EACH
        for layer in layers(config)
    }
    others = {
        name: lesion and of_each.get(name, {}) | lesion
        for name, lesion in declared.items()
        if lesion is None or lesion.get("layer") != EACH
    }
    return {name: lesion for name, lesion in (of_each | others).items() if lesion is not None}


def in_words(config: dict) -> dict[str, str]:
    """Return what figures call each condition: those of `conditions`, `interventions`, `MANIPULATIONS` and `GENERATED`.

    What would be said of two conditions has their names in brackets.
    """
    words = {INTACT: "intact"} | {name: _lesion_in_words(block) for name, block in lesions(config).items()}
    reading = {"two_hot": "two-hot input", "forced": "given tokens"}
    for name, block in stimulated(config).items():
        kind = config["stimuli"][block["stimulus"]]["kind"]
        words[name] = f"{words.get(block['network'], block['network'])}, {reading.get(kind, kind)}"
    for block in interventions(config):
        words[block["condition"]] = _intervention_in_words(block)
    words |= {
        "bars_deleted": "bar tokens deleted",
        "bars_jittered": "bar tokens moved",
        "generated_bars_deleted": "drawing, bar tokens unread",
        "generated_bars_jittered": "drawing, bar tokens late",
    }
    said = list(words.values())
    return {name: f"{text} ({name})" if said.count(text) > 1 else text for name, text in words.items()}


def _lesion_in_words(block: dict) -> str:
    listed = "" if block.get("unit_index") is None else f", {len(block['unit_index'])} listed units"
    value = "" if block.get("value", 0) == 0 else f", held at {block['value']}"
    scope = {"out": ", for the next layer only", "rec": ", for itself only"}.get(block.get("scope"), "")
    return f"layer {block['layer']} excised{listed}{value}{scope}"


def _intervention_in_words(block: dict) -> str:
    direction = str(block["direction"]).translate(_SUBSCRIPTS)
    fixed = ", gauge fixed" * bool(block["gauge_fixed"])
    if block["edit"] == "push":
        return f"u{direction} pushed by {block['alpha']:g}{fixed}"
    if block["control_rng_seed"] is not None:
        return f"random instead of w{direction}{fixed}"
    return f"w{direction} removed" + ", mean kept" * bool(block["keep_mean"]) + fixed


def looks(config: dict) -> dict[str, dict]:
    """Return how figures tell conditions apart: `words`, the `layer` that has lost units, or None, `is_stimulated`."""
    words, cut = in_words(config), lesions(config)
    return {
        name: {
            "words": words[name],
            "layer": cut.get(network_of(config, name), {}).get("layer"),
            "is_stimulated": name in stimulated(config),
        }
        for name in conditions(config)
    }


def network_of(config: dict, condition: str) -> str:
    """Return the condition whose network a condition, or a replay of manipulated tunes, uses.

    Parameters
    ----------
    config : dict
    condition : str
        A condition, or one of `MANIPULATIONS` or `GENERATED`.

    Returns
    -------
    str
        The condition itself, unless it is stimulated or a manipulation.
    """
    if condition in (*MANIPULATIONS, *GENERATED):
        return INTACT
    return config["stimulated"].get(condition, {"network": condition})["network"]


def shown_with_verdicts(config: dict) -> list[str]:
    """List the conditions whose bars are drawn, each once.

    They are the intact network, and each stimulated condition after the condition whose network it uses.
    """
    pairs = [(condition["network"], name) for name, condition in stimulated(config).items()]
    return list(dict.fromkeys([INTACT, *(name for pair in pairs for name in pair)]))


def what_tunes_depend_on(config: dict) -> dict:
    """Return the block `generation` without n_shards: the part of the configuration that determines the tunes."""
    return {key: value for key, value in config["generation"].items() if key != "n_shards"}


def generation_block(config: dict, condition: str, shard: int) -> dict:
    """Return the parameters of `generate_tunes` for one shard of a condition, counted from 0."""
    block, n_shards = what_tunes_depend_on(config), config["generation"]["n_shards"]
    n_tunes = block["n_tunes"]
    first_tune, stop = (n_tunes * part // n_shards for part in (shard, shard + 1))
    stimulated = config["stimulated"].get(condition)
    stimulus = config["stimuli"][stimulated["stimulus"]] if stimulated else None
    if condition in GENERATED:
        stimulus = {"kind": GENERATED[condition]}
        if GENERATED[condition] == "bars_jittered":
            stimulus["shift_steps_max"] = config["manipulation"]["shift_steps_max"]
    return block | {"first_tune": first_tune, "n_tunes": stop - first_tune, "stimulus": stimulus}


def replay_block(config: dict) -> dict:
    """Return the parameters of `capture_trajectories`: of fewer tunes than are asked for, all are replayed."""
    block = config["trajectories"]
    return block | {"n_tunes": min(block["n_tunes"], config["generation"]["n_tunes"])}


def excision_block(config: dict, lesion: str) -> dict:
    """Return the parameters of `excise_units`; `unit_index` is None where the units come from the selection."""
    return {"unit_index": None} | lesions(config)[lesion]


def interventions(config: dict) -> list[dict]:
    """List the conditions that edit the softmax layer.

    Returns
    -------
    list of dict
        Removals first, in the order of the configuration: `condition`, its name; `edit`, remove or push; and the
        parameters of both edits, None where they do not apply.
    """
    parameters = dict.fromkeys(("direction", "gauge_fixed", "keep_mean", "control_rng_seed", "alpha"))
    declared = config["interventions"]
    return [
        {"condition": name, "edit": edit} | parameters | block
        for edit, blocks in (("remove", declared["removals"]), ("push", declared["pushes"]))
        for name, block in blocks.items()
    ]


def caption_paths() -> list[str]:
    """List the captions of figures, ascending, relative to the code."""
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "workflow/report").glob("*.rst"))


class _Digested(dict):
    """A params value that Snakemake compares and prints as one digest; a job is handed all of it."""

    def __repr__(self) -> str:
        return hashlib.sha256(json.dumps(self).encode()).hexdigest()

    def __reduce__(self) -> tuple:
        return dict, (dict(self),)


def job_params(script: str, block: dict) -> dict:
    """Return the one params value of a rule: all that its result depends on besides its input files.

    Parameters
    ----------
    script : str
        Stem of the script in workflow/scripts.
    block : dict
        The part of the configuration that the script reads, as keyword arguments of its main().

    Returns
    -------
    dict
        `config`, in canonical key order (Snakemake treats another order as a change), so that a script must not rely
        on the order of a mapping; `library`, the digests of the script and of the modules that it imports, in place
        of the modification times that Snakemake would use; and `packages`, the third-party packages, whose versions
        the job records.
    """
    path = ROOT / f"workflow/scripts/{script}.py"
    return _Digested(
        config=json.loads(json.dumps(block, sort_keys=True)),
        library=import_closure(path, ROOT),
        packages=imported_packages(path, ROOT),
    )


def script_of(rule: object) -> str:
    """Return the path of a Snakemake rule's script below the project's root."""
    return Path(os.path.relpath(os.path.join(str(rule.basedir), rule.script), ROOT)).as_posix()  # noqa: PTH118


def declare_files(rules: Iterable[object]) -> None:
    """Add one param to each rule: its script and its files by name, with digests of those that no rule makes.

    Parameters
    ----------
    rules : iterable of Rule
        Snakemake's, changed in place.

    Notes
    -----
    Snakemake does not notice another script behind a rule where modification times are ignored. It
    compares the inputs of a job as a set, so it misses two inputs that swap places. It also reads a source
    file only when that is newer than a result, so it misses a file that was restored or copied with an old time.
    """
    for rule in rules:
        # Those of another study beside this one have theirs.
        if rule.script and not hasattr(rule.params, "files"):
            rule.set_params(files=_files_of(rule))


def _files_of(rule: object) -> Callable:
    # Imported here: an audit imports this module too, and must start quickly.
    from snakemake.io import is_flagged

    # Snakemake records a param computed from wildcards, but not one computed from input or output.
    def files(wildcards: object) -> dict:
        read, written = rule.expand_input(wildcards)[0], rule.expand_output(wildcards)[0]
        # As all files are that no rule makes.
        sources = {str(path) for path in read if is_flagged(path, "local") and Path(path).is_file()}
        return _Digested(
            script=script_of(rule),
            input=_by_name(read),
            output=_by_name(written),
            sources={path: sha256_of_file(Path(path)) for path in sorted(sources)},
        )

    return files


def _by_name(files: object) -> list:
    named = [(name, [value] if isinstance(value, str) else value) for name, value in files._allitems()]
    # A rule may name its files in any order.
    return sorted(([name, list(map(str, paths))] for name, paths in named), key=lambda each: each[0] or "")


def seed_range_block(config: dict, shard: int) -> dict:
    """Return the parameters of `scan_seeds` for one shard of the range, counted from 0."""
    block = dict(config["find_seed"])
    first, n_seeds, n_shards = block["first_rng_seed"], block["n_seeds"], block.pop("n_shards")
    start, stop = (first + n_seeds * part // n_shards for part in (shard, shard + 1))
    return block | {"first_rng_seed": start, "n_seeds": stop - start}
