"""Exact invalidation: a change makes again what depends on it, and nothing else.

`make test` takes one mutation of every kind of thing; the whole matrix is `full`, and docs/invalidation.md its result.
"""

import json
import os
import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import h5py
import matplotlib
import pytest
from mutations import all_mutations, compare, data_files_read, import_closure, mutated
from planning import Planner
from project import ROOT, TRACING, parsed_rules

MUTATIONS = {str(mutation): mutation for mutation in all_mutations()}
# Outside the project: the interpreter and its packages, fonts and time zones, what the system says of itself.
SYSTEM = [str(Path(path).resolve()) for path in (sys.prefix, sys.base_prefix, "/usr", "/etc", "/proc", "/sys", "/dev")]
SNAKEMAKES = ((".snakemake", "scripts"), (".snakemake", "pip-deployments"))


def _sample():
    """One name of each subject, the same ones every time."""
    by_subject = defaultdict(list)
    for name, mutation in MUTATIONS.items():
        by_subject[mutation.subject].append(name)
    rng = random.Random(9)
    return {rng.choice(names) for names in by_subject.values()}


SAMPLE = _sample()


@pytest.fixture(scope="session")
def planner(finished):
    planner = Planner(finished)
    yield planner
    planner.close()


@pytest.fixture(scope="session")
def base(planner):
    """The jobs of the finished study, by name."""
    return planner.plan()


@pytest.fixture(scope="session")
def traces(finished):
    """What each job's script opened and imported, with paths of the project below its folder."""
    traces = [json.loads(path.read_text(encoding="utf-8")) for path in finished.traces.iterdir()]
    assert traces
    return traces


def _edited(planner, base, finished, name):
    """Jobs that would run under a mutation, each with the rule that it is of."""
    with mutated(finished.folder, MUTATIONS[name], base):
        return {job.name: job.rule for job in planner.plan().values() if job.would_run}


def test_the_matrix_is_of_the_whole_project(base):
    # A rule that no target of project.TARGETS asks for would escape.
    assert {job.rule for job in base.values()} == parsed_rules().keys()
    targets = defaultdict(set)
    for mutation in MUTATIONS.values():
        targets[mutation.subject].add(mutation.target)
    assert set(targets["module"]) == {path.relative_to(ROOT).as_posix() for path in (ROOT / "folkprobe").rglob("*.py")}
    made = {path for job in base.values() for _, path in job.outputs}
    sources = {path for job in base.values() for _, path in job.inputs} - made
    assert sources
    assert sources <= targets["input"] | targets["plan"]


def test_a_finished_study_has_nothing_to_do(finished, base):
    assert not [job.name for job in base.values() if job.would_run]
    # The planner's word is that of the command.
    assert finished.would_run() == set()


def test_the_planner_and_the_command_agree(finished, planner, base):
    path = "workflow/scripts/compare_windows.py"
    with mutated(finished.folder, MUTATIONS[f"script: {path}: comment added"], base):
        assert finished.would_run() == {job.name for job in planner.plan().values() if job.would_run} != set()


def test_another_script_behind_a_rule_and_swapped_outputs_run_it_again(finished, planner):
    for path, before, after in (
        ("workflow/rules/peaks.smk", "scripts/estimate_lines.py", "scripts/estimate_band_lines.py"),
        ("workflow/rules/peaks.smk", "/unit_lines.csv", "/lines.csv"),
    ):
        rules = finished.folder / path
        text = rules.read_text(encoding="utf-8")
        assert before in text
        swapped = text.replace(before, "\0").replace(after, before).replace("\0", after)
        rules.write_text(swapped, encoding="utf-8")
        try:
            would_run = {job.rule for job in planner.plan().values() if job.would_run}
        finally:
            rules.write_text(text, encoding="utf-8")
        assert "estimate_lines" in would_run


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in SAMPLE else pytest.mark.full) for name in MUTATIONS]
)
def test_a_change_reruns_what_depends_on_it_and_nothing_else(finished, planner, base, traces, name):
    expected, found = compare(finished, planner, base, MUTATIONS[name], data_files_read(finished.folder, traces))
    assert found == expected


def test_a_change_of_the_plotting_style_reruns_plots_only(finished, planner, base):
    would_run = _edited(planner, base, finished, "style sheet: folkprobe/figures/house.mplstyle: statement added")
    plots = {name for name, rule in would_run.items() if rule.startswith("plot_")}
    # The claims are computed from the numbers beside some figures.
    made = {path for name in plots for _, path in base[name].outputs}
    of_plots = set()
    while True:
        more = {job.name for job in base.values() if made & {path for _, path in job.inputs}} - of_plots
        if not more:
            break
        of_plots |= more
        made |= {path for name in more for _, path in base[name].outputs}
    assert plots
    assert set(would_run) - plots <= of_plots
    assert not {rule for rule in would_run.values() if rule.startswith(("generate", "capture", "estimate", "count"))}


def test_a_change_of_the_bar_counter_reruns_no_generation(finished, planner, base):
    rules = set(_edited(planner, base, finished, "module: folkprobe/music/bars.py: statement added").values())
    assert {"count_bars", "count_lesions", "compare_conditions"} <= rules
    drawing = ("convert", "excise", "push", "remove", "generate", "gather", "capture", "estimate_spectra", "select")
    assert not {rule for rule in rules if rule.startswith(drawing)}


def test_what_a_job_imports_is_in_the_import_graph(finished, traces):
    for trace in traces:
        ours = {path for path in trace["modules"] if path.startswith(f"{finished.folder}/folkprobe/")}
        assert ours, trace["rule"]
        imported = {Path(path).relative_to(finished.folder).as_posix() for path in ours}
        assert imported <= import_closure(trace["rule"]), trace["rule"]


def test_no_job_reads_what_it_does_not_declare(finished, base, traces):
    assert {trace["rule"] for trace in traces} == {job.rule for job in base.values()}
    undeclared = {
        (trace["rule"], path)
        for trace in traces
        for path in {*trace["read"]} - {*trace["declared"], *trace["written"]}
        if not _is_of_the_program(path, finished.folder, import_closure(trace["rule"]))
        and not _is_its_own(Path(path), finished.folder, trace["declared"])
    }
    assert undeclared == set()


def _is_of_the_program(path, folder, modules):
    path = Path(path)
    if not path.is_relative_to(folder):
        # matplotlib's list of the fonts there are lies where its environment says.
        return any(path.is_relative_to(place) for place in (*SYSTEM, TRACING, matplotlib.get_cachedir()))
    inside = path.relative_to(folder)
    if inside.parent.name == "__pycache__":
        inside = inside.parent.parent / f"{inside.name.partition('.')[0]}.py"
    # The same list where it lies here; Snakemake's copy of the script, and its packages, where there might be any.
    if inside.parts[0] == ".cache" or inside.parts[:2] in SNAKEMAKES:
        return True
    return inside.as_posix() in modules or (inside.parts[0] == "folkprobe" and inside.suffix == ".mplstyle")


def _is_its_own(path, folder, declared):
    """Report whether a job made a file for itself: under a temporary name, or beside its log to go on from."""
    # Where nothing else may be written to, temporary folders lie in the working one.
    if not path.is_relative_to(folder) or path.relative_to(folder).parts[0].startswith("tmp"):
        return not path.exists()
    return any(
        path.parent == other.parent and path.name.startswith((f".{other.stem}.", f"{other.stem}.progress"))
        for other in map(Path, declared)
    )


def test_the_tracer_sees_what_python_does_not(tmp_path):
    """HDF5 opens its files itself."""
    scripts = tmp_path / ".snakemake/scripts"
    scripts.mkdir(parents=True)
    (scripts / "job.py").write_text(
        "import types, h5py, numpy\n"
        "snakemake = types.SimpleNamespace(rule='job', wildcards={}, input=[], output=[], log=[])\n"
        "open(__file__).close()\n"
        "h5py.File('undeclared.h5').close()\n"
    )
    h5py.File(tmp_path / "undeclared.h5", "w").close()
    environment = os.environ | {"PYTHONPATH": str(TRACING), "FOLKPROBE_TRACES": str(tmp_path)}
    subprocess.run([sys.executable, scripts / "job.py"], cwd=tmp_path, env=environment, check=True)
    (trace,) = tmp_path.glob("job-*.json")
    assert str(tmp_path.resolve() / "undeclared.h5") in json.loads(trace.read_text())["read"]
