"""Which jobs a study consists of, found as Snakemake finds them: from the targets back to the sources."""

import os
from collections.abc import Iterable
from pathlib import Path

from snakemake.io import is_flagged
from snakemake.iocontainers import Wildcards

from study.conditions import ROOT

FIGURE_SUFFIXES = (".svg", ".pdf", ".png")


def study_outputs(rules: Iterable, targets: Iterable[str]) -> dict[str, list[str]]:
    """List what the recorded jobs behind some targets write.

    Parameters
    ----------
    rules : iterable of snakemake.rules.Rule
    targets : iterable of str
        Paths.

    Returns
    -------
    dict of str to list of str
        `records`, those of all jobs; `kept`, all that is not deleted when it has been read, but records; and
        `figures`, SVG, PDF and PNG of these; ascending. Rules that declare no record come after the manifest: they
        and what only they need are left out.
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


def configuration(workflow: object, config: dict) -> dict:
    """Say where a configuration comes from, so that the one of another day can be made in the same way.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
    config : dict
        All overlays merged.

    Returns
    -------
    dict
        `files`, in the order in which one goes over the other, relative to the project; `overrides`, from the command
        line; `merged`.
    """
    given = [Path(path) for path in workflow.config_settings.configfiles]
    default = [Path(path).absolute() for path in workflow.configfiles if Path(path) not in given]
    files = [Path(os.path.relpath(path, ROOT)).as_posix() for path in [*default, *given]]
    return {"files": files, "overrides": dict(workflow.config_settings.config), "merged": config}
