"""CPU-seconds and peak memory of each rule of a study, written to docs/jobs.json.

    python benchmarks/jobs.py --output docs --large CHECKPOINT [--rules RULE ...]

Runs the default study, with fewer lesions, for two numbers of tunes, all of them replayed, with the demo model and with
CHECKPOINT, shared/checkpoints/session-512.pkl. `tests/workflow/test_resources.py` compares what jobs request from a
cluster with the results. Takes a quarter of an hour on two idle cores; with --rules, only these rules and what they
need are run, and the rows that other rules have are kept. `calibration_seconds` belongs into
`study.cluster.costs.CALIBRATION_SECONDS` when the costs are changed.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
# Before numpy is loaded.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import yaml
from project import copy_project

NUMBERS = {"demo": (50, 400), "large": (20, 60)}
FEWER_LESIONS = {"third": {"n_random_sets": 2}, "third_mean": None, "third_out": None, "third_rec": None}


def overlay(n_tunes):
    """Changes of the default configuration, except for the checkpoint."""
    return {
        "generation": {"n_tunes": n_tunes},
        "trajectories": {"n_tunes": n_tunes},
        "lesion_study": {"families": FEWER_LESIONS},
    }


def measure(source, changes, rules):
    """Run the study, or what these rules need; return each rule's number of jobs and the most that one of them took."""
    with tempfile.TemporaryDirectory() as name:
        project = copy_project(Path(name))
        changes = changes | {"checkpoint": {"source": str(source)}}
        (project.folder / "overlay.yaml").write_text(yaml.safe_dump(changes), encoding="utf-8")
        command = [sys.executable, "-m", "snakemake", "--cores", "2", "--configfile", "overlay.yaml"]
        command += ["--until", *rules] if rules else []
        subprocess.run(command, cwd=project.folder, env=project.environment, check=True)
        lines = next(project.folder.glob("results/*/logs/circumstances.jsonl")).read_text(encoding="utf-8").splitlines()
    taken = defaultdict(list)
    for job in map(json.loads, lines):
        taken[job["rule"]].append((job["cpu_seconds"], job["peak_memory_mb"]))
    return [
        {
            "rule": rule,
            "n_jobs": len(jobs),
            "seconds": round(max(seconds for seconds, _ in jobs), 2),
            "mem_mb": round(max(mem_mb for _, mem_mb in jobs)),
        }
        for rule, jobs in sorted(taken.items())
    ]


def calibrate():
    """Return the medians of five runs of `study.cluster.calibration`."""
    command = [sys.executable, "-m", "study.cluster.calibration"]
    runs = [json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout) for _ in range(5)]
    return {name: round(statistics.median(run[name] for run in runs), 3) for name in runs[0]}


def main():
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--large", type=Path, required=True)
    parser.add_argument("--rules", nargs="+", default=[])
    options = parser.parse_args()
    path = options.output / "jobs.json"
    found = json.loads(path.read_text(encoding="utf-8")) if options.rules else {}
    found["machine"] = f"{platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}"
    if not options.rules:
        found["calibration_seconds"] = calibrate()
    for name, source in {"demo": ROOT / "resources/checkpoints/demo.pkl", "large": options.large.resolve()}.items():
        studies = found.setdefault(name, [{} for _ in NUMBERS[name]])
        for study, n_tunes in zip(studies, NUMBERS[name], strict=True):
            changes = overlay(n_tunes)
            kept = {row["rule"]: row for row in study.get("rules", []) if row["rule"] not in options.rules}
            rows = {row["rule"]: row for row in measure(source, changes, options.rules)} | kept
            study |= {"overlay": changes, "rules": [rows[rule] for rule in sorted(rows)]}
            path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
