"""What `snakemake -n` would run: one process imports what a plan needs, and forks for every plan."""

import ast
import contextlib
import functools
import importlib
import json
import os
import subprocess
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

import yaml
from project import SMOKE, TARGETS


@dataclass(frozen=True)
class Job:
    """A job of the workflow, without its model: what tells it from others, what it is asked, and whether it would run.

    `inputs` and `outputs` are (name, path) pairs; `request` is all that its script would be handed.
    """

    name: str
    rule: str
    inputs: tuple
    outputs: tuple
    request: str
    would_run: bool


class Planner:
    """Dry runs of the smoke study in a project's copy."""

    def __init__(self, project):
        self.folder = project.folder
        environment = os.environ | {
            "OPENBLAS_NUM_THREADS": "1",
            "XDG_CACHE_HOME": str(self.folder / ".cache"),
            # Nothing of a changed module may outlive the change.
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(Path(__file__).parent),
        }
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def plan(self, *config_files):
        """Plan with overlays on top of the smoke configuration: the jobs by name, or AssertionError."""
        model = "smoke"
        for path in config_files:
            model = yaml.safe_load((self.folder / path).read_text()).get("model", model)
        targets = [target.replace("results/smoke/", f"results/{model}/") for target in TARGETS]
        arguments = ["--dry-run", "--cores", "1", *targets, "--configfile", SMOKE, *config_files]
        self._process.stdin.write(json.dumps(arguments) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert answer["jobs"] is not None, answer["said"]
        jobs = [Job(**{key: _frozen(value) for key, value in job.items()}) for job in answer["jobs"]]
        assert len({job.name for job in jobs}) == len(jobs)
        return {job.name: job for job in jobs}

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def _frozen(value):
    return tuple(map(tuple, value)) if isinstance(value, list) else value


def _describe(dag):
    """Every job but `all`, as a dictionary of `Job`'s fields."""
    jobs = []
    for job in dag.jobs:
        if job.rule.norun:
            continue
        wildcards = [value for name, value in job.wildcards_dict.items() if name != "model"]
        named = {
            kind: [
                (name or "", str(path))
                for name, value in files._allitems()
                for path in ([value] if isinstance(value, str) else value)
            ]
            for kind, files in (("inputs", job.input), ("outputs", job.output))
        }
        handed = [job.params.job["config"], sorted(named["inputs"], key=lambda each: each[0]), sorted(named["outputs"])]
        jobs.append(
            {
                "name": f"{job.rule.name}[{','.join(wildcards)}]" if wildcards else job.rule.name,
                "rule": job.rule.name,
                **named,
                "request": json.dumps(handed, sort_keys=True),
                "would_run": dag.needrun(job),
            }
        )
    return jobs


def _plan(arguments, answer_path, said_path):
    """Run Snakemake's own command line, and look at its jobs when it is done."""
    with said_path.open("w") as said, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        from snakemake import cli, workflow

        execute = workflow.Workflow.execute

        def executed(self, *arguments, **options):
            result = execute(self, *arguments, **options)
            imported = [name for name, module in sys.modules.items() if _is_foreign(module)]
            answer_path.write_text(json.dumps({"jobs": _describe(self.dag), "imported": imported}))
            return result

        workflow.Workflow.execute = executed
        try:
            cli.main(arguments)
        except SystemExit:
            pass
        except BaseException:
            traceback.print_exc()


def _is_foreign(module):
    path = getattr(module, "__file__", None)
    return path is not None and not Path(path).is_relative_to(Path.cwd()) and module.__name__ != "__main__"


def _serve():
    folder = Path.cwd()
    sys.path[0] = str(folder)
    # Half of a plan is parsing modules that have not changed; the same text and name give the same tree.
    ast.parse = functools.cache(ast.parse)
    for path in (*folder.glob("folkprobe/**/*.py"), *folder.glob("study/*.py"), *folder.glob("workflow/**/*.py")):
        ast.parse(path.read_bytes(), filename=str(path))
    names = []
    for line in sys.stdin:
        answer_path, said_path = (folder / f".plan-{os.getpid()}.{suffix}" for suffix in ("json", "txt"))
        # What the first plan imported serves all others; none of it is the project's.
        for name in names:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        child = os.fork()
        if child == 0:
            _plan(json.loads(line), answer_path, said_path)
            os._exit(0)
        os.waitpid(child, 0)
        answer = {"jobs": None, "said": said_path.read_text()}
        if answer_path.exists():
            content = json.loads(answer_path.read_text())
            answer, names = {"jobs": content["jobs"], "said": ""}, content["imported"]
            answer_path.unlink()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _serve()
