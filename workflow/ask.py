"""Print what today's rules ask of jobs, as Snakemake parses them: `study.asked` runs this program.

It reads `{"files": [...], "overrides": {...}, "jobs": [[rule, wildcards], ...]}` from standard input and writes a list
with one answer a job: `job`, `inputs` and `temporary`, or `missing` with the reason where no such job can be asked for.
"""

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path

from snakemake.api import SnakemakeApi
from snakemake.io import is_flagged
from snakemake.iocontainers import Wildcards
from snakemake.settings.enums import Quietness
from snakemake.settings.types import ConfigSettings, OutputSettings, ResourceSettings


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    settings = ConfigSettings(config=request["overrides"], configfiles=[Path(path) for path in request["files"]])
    # Standard output belongs to the answer.
    with redirect_stdout(sys.stderr), SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        try:
            parsed = api.workflow(ResourceSettings(), config_settings=settings, snakefile=Path("Snakefile"))
            rules = {rule.name: rule for rule in parsed._workflow.rules}
        except Exception as error:
            sys.exit(str(error) or repr(error))
        answers = [_answer(rules, rule, wildcards) for rule, wildcards in request["jobs"]]
    json.dump(answers, sys.stdout)


def _answer(rules: dict, name: str, values: dict) -> dict:
    try:
        # Beside other studies, a study's rules have its name before theirs.
        rule = rules.get(f"{values.get('model')}__{name}") or rules[name]
        wildcards = Wildcards(fromdict=values)
        files = rule.expand_input(wildcards)[0]._allitems()
        job = rule.params.job
        return {
            "job": job(wildcards) if callable(job) else job,
            "inputs": [
                [name, str(path)] for name, value in files for path in ([value] if isinstance(value, str) else value)
            ],
            "temporary": [str(each.apply_wildcards(wildcards)) for each in rule.output if is_flagged(each, "temp")],
        }
    except Exception as error:
        # Of whatever kind: input functions index the configuration, and the sources may be half edited.
        return {"missing": repr(error)}


if __name__ == "__main__":
    main()
