"""Print what today's rules ask of jobs, as Snakemake parses them: `study.asked` runs this program.

It reads `{"files": [...], "overrides": {...}, "jobs": [[rule, wildcards], ...]}` from standard input and writes
`files`, the configurations that are read, and `answers`, one a job: `job`, `script`, `inputs`, `outputs` and
`temporary`, or `missing` with the reason where no such job can be asked for.
"""

import json
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path

from snakemake.api import SnakemakeApi
from snakemake.io import is_flagged
from snakemake.iocontainers import Wildcards
from snakemake.settings.enums import Quietness
from snakemake.settings.types import ConfigSettings, OutputSettings, ResourceSettings, StorageSettings, WorkflowSettings
from snakemake_interface_executor_plugins.settings import ExecMode, SharedFSUsage

sys.path.append(str(Path(__file__).resolve().parents[1]))

from folkprobe.limits import RULES_CPU_SECONDS, limit_process
from study.conditions import script_of


def main() -> None:
    """Answer the request on standard input."""
    # What is asked for may have been made to take all time and memory.
    limit_process(RULES_CPU_SECONDS)
    request = json.load(sys.stdin)
    settings = ConfigSettings(config=request["overrides"], configfiles=[Path(path) for path in request["files"]])
    # Nothing is written: not in the folder, which may be read-only, and not below HOME.
    nowhere = {
        "workflow_settings": WorkflowSettings(exec_mode=ExecMode.SUBPROCESS),
        "storage_settings": StorageSettings(shared_fs_usage=SharedFSUsage.all() - {SharedFSUsage.SOURCE_CACHE}),
    }
    # Standard output belongs to the answer.
    with redirect_stdout(sys.stderr), SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        try:
            parsed = api.workflow(ResourceSettings(), config_settings=settings, snakefile=Path("Snakefile"), **nowhere)
            rules = {rule.name: rule for rule in parsed._workflow.rules}
        except Exception as error:
            sys.exit(str(error) or repr(error))
        answers = [answer(rules, rule, wildcards) for rule, wildcards in request["jobs"]]
        # Those of the Snakefile first, which the command line's go over.
        given = {Path(path).absolute() for path in request["files"]}
        own = [path for path in map(Path, parsed._workflow.configfiles) if path.absolute() not in given]
    files = [os.path.relpath(path) for path in [*own, *request["files"]]]
    json.dump({"files": files, "answers": answers}, sys.stdout)


def answer(rules: dict, name: str, values: dict) -> dict:
    """Return what is asked of the job of a rule with these values of its wildcards, as the module describes it."""
    try:
        # Beside other studies, a study's rules have its name before theirs.
        rule = rules.get(f"{values.get('model')}__{name}") or rules[name]
        wildcards = Wildcards(fromdict=values)
        job = rule.params.job
        return {
            "job": job(wildcards) if callable(job) else job,
            "script": script_of(rule),
            "inputs": _named(rule.expand_input(wildcards)[0]),
            "outputs": _named(rule.expand_output(wildcards)[0]),
            "temporary": [str(each.apply_wildcards(wildcards)) for each in rule.output if is_flagged(each, "temp")],
        }
    except Exception as error:
        # Of whatever kind: input functions index the configuration, and the sources may be half edited.
        return {"missing": repr(error)}


def _named(files: object) -> list:
    return [
        [name, str(path)]
        for name, value in files._allitems()
        for path in ([value] if isinstance(value, str) else value)
    ]


if __name__ == "__main__":
    main()
