"""CPU-seconds of a whole study by stage, written to docs/study_time.json, .md and .svg.

    python benchmarks/study.py --label NAME --output docs [--studies smoke default] [--root CHECKOUT]

Runs each study on two cores in a fresh copy of the project, or of another checkout of it, as `make run` does on its
first day: without compiled modules and without a cache of fonts. Rows of other labels are kept.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

# `generate` is the one beside this file.
sys.path.insert(0, str(Path(__file__).parent))

import generate

STUDIES = {"smoke": ["--configfile", "config/smoke.yaml"], "default": []}
# Seconds, and CPU-seconds.
GOALS = {"smoke": {"seconds": 35}, "default": {"seconds": 300, "cpu_seconds": 600}}
STAGES = {
    "Snakemake": "its own process: rules, the plan, starting jobs and keeping their metadata",
    "interpreter and preamble": "of each job: Python's start, and what Snakemake prepends to a script",
    "imports": "of each job: numpy, pandas, h5py, matplotlib, folkprobe",
    "computing": "in a job, with what a function imports when it is called",
    "figures": "laying out, drawing, and writing SVG, PDF and PNG",
    "tables and HDF5": "CSV, and reading, writing and compressing datasets",
    "records": "digests of what a job reads and writes, and its environment",
    "shells and exits": "bash, and processes after their last line: all that the other rows leave",
}

HEAD = """\
CPU-seconds by stage, on two cores, in a fresh copy. Written by `benchmarks/study.py`. The load average counts the
study's own two jobs; where it is higher, the machine had other work, and all seconds are longer. Columns can be
compared if they agree on the interpreter and preamble of their jobs. Each has the jobs of its day."""


def copy_of(root, folder):
    """Copy the parts of a checkout that the workflow needs; return the copy and its environment."""
    code = "import sys; sys.path.insert(0, 'tests'); import pathlib, project; project.copy_project(pathlib.Path('{}'))"
    subprocess.run([sys.executable, "-c", code.format(folder)], cwd=root, check=True)
    return os.environ | {
        "XDG_CACHE_HOME": str(folder / ".cache"),
        "PYTHONPATH": str(Path(__file__).parent / "stages"),
        "FOLKPROBE_STAGES": str(folder / "stages.jsonl"),
    }


def measure(root, arguments):
    """Run a study; return its seconds, and CPU-seconds by stage and by rule."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = copy_of(root, folder)
        load, started = os.getloadavg()[0], time.monotonic()
        command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        if status:
            sys.exit(said)
        processes = [json.loads(line) for line in (folder / "stages.jsonl").read_text(encoding="utf-8").splitlines()]
    stages, rules = dict.fromkeys(STAGES, 0.0), defaultdict(lambda: [0, 0.0])
    for each in processes:
        for stage, spent in each["seconds"].items():
            stages[stage] += spent
        if each["rule"]:
            rules[each["rule"]][0] += 1
            rules[each["rule"]][1] += sum(each["seconds"].values())
    total = usage.ru_utime + usage.ru_stime
    stages["shells and exits"] = total - sum(stages.values())
    return {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(total, 1),
        "n_jobs": sum(n_jobs for n_jobs, _ in rules.values()),
        "load": [round(load, 1), round(os.getloadavg()[0], 1)],
        "stages": {stage: round(spent, 1) for stage, spent in stages.items()},
        "rules": {rule: [n_jobs, round(spent, 2)] for rule, (n_jobs, spent) in sorted(rules.items())},
    }


def page(found):
    """Return the text of docs/study_time.md."""
    lines = ["# Where the time of a study goes", "", HEAD, ""]
    lines += ["![CPU-seconds by stage](study_time.svg)", ""]
    lines += ["| stage | what it is |", "|---|---|"] + [f"| {stage} | {what} |" for stage, what in STAGES.items()]
    for study in STUDIES:
        runs = {label: each["studies"][study] for label, each in found.items() if study in each["studies"]}
        if not runs:
            continue
        *_, last = runs.values()
        goal = " and ".join(f"{most} {name.replace('cpu_', 'CPU-')}" for name, most in GOALS[study].items())
        is_met = all(last[name] <= most for name, most in GOALS[study].items())
        verdict = f"The goal of {goal} on two idle cores is {'met' if is_met else 'missed'}."
        lines += ["", f"## The {study} study", "", verdict, ""]
        lines += [f"| | {' | '.join(runs)} |", "|---" + "|--:" * len(runs) + "|"]
        rows = {stage: [f"{run['stages'][stage]:,.1f}" for run in runs.values()] for stage in STAGES}
        rows["all, CPU-seconds"] = [f"{run['cpu_seconds']:,.1f}" for run in runs.values()]
        rows["seconds"] = [f"{run['seconds']:,.1f}" for run in runs.values()]
        rows["jobs"] = [str(run["n_jobs"]) for run in runs.values()]
        rows["load average, before and at the end"] = ["{} and {}".format(*run["load"]) for run in runs.values()]
        lines += [f"| {what} | {' | '.join(cells)} |" for what, cells in rows.items()]
        last = list(runs)[-1]
        costly = sorted(runs[last]["rules"].items(), key=lambda each: -each[1][1])[:10]
        lines += ["", f"The rules that take most, {last}:", "", "| rule | jobs | CPU-seconds |", "|---|--:|--:|"]
        lines += [f"| `{rule}` | {n_jobs} | {spent:,.1f} |" for rule, (n_jobs, spent) in costly]
    lines += ["", "Machines:", ""] + [f"- {label}: {each['machine']}" for label, each in found.items()]
    return "\n".join(lines) + "\n"


def plot(found, path):
    """Draw a bar a run, a panel a study."""
    from folkprobe.figures.page import new_figure, write_figure

    studies = [study for study in STUDIES if any(study in each["studies"] for each in found.values())]
    with new_figure(height_mm=30 + 30 * len(studies)) as figure:
        axes = figure.subplots(len(studies), squeeze=False)[:, 0]
        for ax, study in zip(axes, studies, strict=True):
            runs = {label: each["studies"][study] for label, each in found.items() if study in each["studies"]}
            left = [0.0] * len(runs)
            for number, stage in enumerate(STAGES):
                widths = [run["stages"][stage] for run in runs.values()]
                ax.barh(list(runs), widths, left=left, color=f"C{number}", label=stage)
                left = [a + b for a, b in zip(left, widths, strict=True)]
            ax.invert_yaxis()
            ax.set(title=f"{study} study", xlabel="CPU-seconds")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
        write_figure(figure, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--label", help="name of the row, such as the version")
    parser.add_argument("--output", type=Path, default=generate.ROOT / "docs")
    parser.add_argument("--studies", nargs="+", choices=STUDIES, default=["smoke"])
    parser.add_argument("--root", type=Path, default=generate.ROOT, help="the checkout to measure")
    parser.add_argument("--page-only", action="store_true", help="write the page again from study_time.json")
    arguments = parser.parse_args()
    kept = arguments.output / "study_time.json"
    found = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    if not arguments.page_only:
        if not arguments.label:
            parser.error("give the row a --label")
        row = found.setdefault(arguments.label, {"studies": {}})
        row["machine"] = generate.machine()
        for study in arguments.studies:
            row["studies"][study] = measure(arguments.root.resolve(), STUDIES[study])
            kept.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (arguments.output / "study_time.md").write_text(page(found), encoding="utf-8")
    plot(found, arguments.output / "study_time.svg")


if __name__ == "__main__":
    main()
