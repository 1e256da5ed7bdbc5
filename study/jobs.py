"""Find the jobs of a study as Snakemake does: from the targets back to the sources."""

from collections.abc import Iterable
from pathlib import Path

from snakemake.io import is_flagged
from snakemake.iocontainers import Wildcards

from study.checks import over_default
from study.places import DEFAULT_CONFIG, recorded_config

FIGURE_SUFFIXES = (".svg", ".pdf", ".png")


def study_outputs(rules: Iterable, targets: Iterable[str]) -> dict[str, list[str]]:
    """List the outputs of the recorded jobs that some targets need.

    Parameters
    ----------
    rules : iterable of snakemake.rules.Rule
    targets : iterable of str
        Paths.

    Returns
    -------
    dict of str to list of str
        All ascending: `records`; `kept`, every other output that is not temporary; and `figures`, the SVG, PDF and PNG
        files among those. Rules without a record run after the manifest: they, and what only they need, are left out.
    """
    rules = [rule for rule in rules if "record" in dict(rule.output.items())]
    waiting, seen = list(targets), set()
    records, kept = set(), set()
    while waiting:
        path = str(waiting.pop())
        if path in seen:
            continue
        seen.add(path)
        for rule in rules:
            if rule.is_producer(path):
                wildcards = Wildcards(fromdict=rule.get_wildcards(path))
                written = {str(each.apply_wildcards(wildcards)) for each in rule.output}
                temporary = {str(each.apply_wildcards(wildcards)) for each in rule.output if is_flagged(each, "temp")}
                record = str(rule.output.record.apply_wildcards(wildcards))
                records.add(record)
                kept |= written - temporary - {record}
                seen |= written
                waiting.extend(rule.expand_input(wildcards)[0])
    figures = (path for path in kept if path.endswith(FIGURE_SUFFIXES))
    return {"records": sorted(records), "kept": sorted(kept), "figures": sorted(figures)}


def configuration(workflow: object, config: dict, overlays: list[str] | None = None) -> dict:
    """Describe where a configuration comes from, so that it can be rebuilt in the same way later.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
    config : dict
        All overlays merged.
    overlays : list of str, optional
        The overlays of a study that is planned beside others, from whose files it does not come.

    Returns
    -------
    dict
        `files`, as `recorded_config` names them, each overriding those before it; `overrides`, from the command line
        or, in a module, what the other workflow hands over; `merged`.
    """
    if overlays is not None:
        return {"files": [DEFAULT_CONFIG, *overlays], "overrides": {}, "merged": config}
    if workflow.modifier.skip_configfile:
        return {"files": [DEFAULT_CONFIG], "overrides": over_default(config), "merged": config}
    given = [Path(path) for path in workflow.config_settings.configfiles]
    default = [Path(path).absolute() for path in workflow.configfiles if Path(path) not in given]
    files = [recorded_config(path) for path in [*default, *given]]
    return {"files": files, "overrides": dict(workflow.config_settings.config), "merged": config}
