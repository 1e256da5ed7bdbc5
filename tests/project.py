"""The project under test, and copies in which its workflow can run without disturbing it."""

import copy
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from contextlib import chdir
from functools import cache, wraps
from pathlib import Path

import yaml
from snakemake.api import ConfigSettings, OutputSettings, ResourceSettings, SnakemakeApi, WorkflowSettings
from snakemake.settings.types import Quietness
from snakemake_interface_executor_plugins.settings import ExecMode

ROOT = Path(__file__).resolve().parents[1]

# Only so that a hang ends: what it guards takes a minute or two, and no machine is so slow.
HANG_SECONDS = 3600
# Its module sitecustomize writes down what jobs open.
TRACING = ROOT / "tests/tracing"
PARTS = ("CITATION.cff", "Snakefile", "config", "envs", "folkprobe", "profiles", "resources", "study", "workflow")
SMOKE = "config/smoke.yaml"
# Of the smoke study with that of a network of one layer.
COMPARED = "results/compare/depths"
# `all`, and what is asked for by name only.
TARGETS = ("all", "results/smoke/seeds.csv", "results/smoke/figures/lesion_doses.svg")
# The whole chain in short jobs, of `tiny_project`.
TINY_TARGETS = ("results/tiny/effects.csv", "results/tiny/figures/mean_spectra_population.svg")
# What a run says about its circumstances, and what Snakemake keeps for itself.
CIRCUMSTANCES = ("logs", "benchmarks", ".snakemake")


class Project:
    """A working copy of the files that the workflow needs."""

    def __init__(self, folder):
        self.folder = folder.resolve()
        # Where it exists, jobs say what they open.
        self.traces = self.folder / "traces"

    command = (sys.executable, "-m", "snakemake", "--cores", "1", "--nocolor")

    @property
    def environment(self):
        traced = {"PYTHONPATH": str(TRACING), "FOLKPROBE_TRACES": str(self.traces)} if self.traces.exists() else {}
        own = {"OPENBLAS_NUM_THREADS": "1", "XDG_CACHE_HOME": str(self.folder / ".cache")}
        return os.environ | own | traced

    def snakemake(self, *arguments, check=True, **options):
        """Run Snakemake on the default configuration; overlays come as more arguments, options go to the process."""
        ended = subprocess.run(
            [*self.command, *arguments],
            **{
                "cwd": self.folder,
                "env": self.environment,
                "capture_output": True,
                "text": True,
                "timeout": HANG_SECONDS,
            }
            | options,
        )
        if check:
            assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended

    def smoke(self, *arguments, overlay="", **options):
        """Run the smoke study, with a YAML overlay on top."""
        config_files = [SMOKE]
        if overlay:
            (self.folder / "overlay.yaml").write_text(overlay)
            config_files.append("overlay.yaml")
        return self.snakemake(*arguments, "--configfile", *config_files, **options)

    def would_run(self, **options):
        """Names of the jobs of a dry run, rules with wildcards as rule[value,...]."""
        ended = self.smoke("--dry-run", **options)
        jobs, rule = set(), None
        for line in ended.stdout.splitlines() + ended.stderr.splitlines():
            words = line.split()
            if words[:1] in (["rule"], ["localrule"]):
                rule = words[1].rstrip(":")
                jobs.add(rule)
            elif words[:1] == ["wildcards:"] and rule:
                values = [word.split("=")[1].rstrip(",") for word in words[1:] if not word.startswith("model=")]
                jobs.discard(rule)
                jobs.add(f"{rule}[{','.join(values)}]" if values else rule)
        return jobs - {"all"}

    def copy(self, folder):
        """Copy all that there is into a new folder, time stamps and all."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        copied = Project(folder)
        for trace in copied.traces.glob("*.json"):
            text = trace.read_text(encoding="utf-8")
            trace.write_text(text.replace(str(self.folder), str(copied.folder)), encoding="utf-8")
        return copied

    def digests(self):
        """SHA-256 of every result that must repeat, by path below results/."""
        results = self.folder / "results"
        return {
            str(path.relative_to(results)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(results.rglob("*"))
            if path.is_file() and not set(path.relative_to(results).parts) & set(CIRCUMSTANCES)
        }


def copy_project(folder):
    """Copy what the workflow needs into an empty folder."""
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / part, folder / part)
    return Project(folder)


def parsed_rules(snakefile=ROOT / "Snakefile", config=None):
    """Snakemake's own rules by name, of the default configuration or of one that goes over it."""
    settings = {
        "workflow_settings": WorkflowSettings(exec_mode=ExecMode.SUBPROCESS),  # Not the main process: no log lines.
        "config_settings": ConfigSettings(config=copy.deepcopy(config or {})),
    }
    with chdir(ROOT), SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow = api.workflow(ResourceSettings(cores=1), snakefile=snakefile, **settings)._workflow
    return {rule.name: rule for rule in workflow.rules if rule.script}


@cache
def all_rules():
    """Those of the study, of the training and of a comparison itself, by name."""
    compared = parsed_rules(config=yaml.safe_load((ROOT / "config/compare.yaml").read_text(encoding="utf-8")))
    own = {name: rule for name, rule in compared.items() if "__" not in name}
    return parsed_rules() | parsed_rules(ROOT / "workflow/training.smk") | own


@cache
def load_script(stem):
    """Import the script of that stem; its guard keeps it from running."""
    spec = importlib.util.spec_from_file_location(stem, ROOT / f"workflow/scripts/{stem}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main = _as_a_job_calls_it(module.main)
    return module


def _as_a_job_calls_it(main):
    """Hand over mappings as `study.conditions.job_params` does: in the order of their keys, whatever it was."""

    @wraps(main)
    def call(**arguments):
        return main(**{name: _in_order_of_keys(value) for name, value in arguments.items()})

    return call


def _in_order_of_keys(value):
    if isinstance(value, dict):
        return {key: _in_order_of_keys(value[key]) for key in sorted(value)}
    return [_in_order_of_keys(each) for each in value] if isinstance(value, list) else value


def tiny_project(folder, **changes):
    """Copy the project with a default study that takes seconds: two conditions, four tunes of 40 steps.

    changes: blocks of the configuration, merged on top.
    """
    folder.mkdir(exist_ok=True)
    project = copy_project(folder)
    path = project.folder / "config/config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["model"] = "tiny"
    config["generation"] |= {"n_tunes": 4, "max_steps": 40}
    config["spectra"]["population_n_fft"] = 256
    config["lesions"] = {"layer_1_excised": config["lesions"]["excised"] | {"layer": 1}}
    # Not one object, of which YAML would make an alias.
    config["stimuli"], config["stimulated"], config["lesion_study"]["families"] = {}, {}, {}
    for name, block in changes.items():
        config[name] |= block
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return project
