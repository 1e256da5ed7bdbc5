"""What a study of many tunes costs: seconds, memory and bytes of each stage, from 100 to 10,000 tunes.

    python benchmarks/scale.py --output docs [--large CHECKPOINT]

Each stage runs as it does in the workflow, in a process of its own on one thread; seconds are CPU-seconds. Without
--large, a checkpoint of 3 x 512 units, the table of what folk-rnn v2 would cost is left as it was.
"""

import argparse
import importlib.util
import json
import math
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
# Before numpy is loaded.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import yaml

from folkprobe.music.tunes import read_tunes
from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.formats import convert_checkpoint
from folkprobe.provenance.job import peak_memory_mb
from study.cluster.costs import mem_mb
from study.conditions import GENERATED, MANIPULATIONS, conditions, interventions
from study.lesions import lesion_conditions

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
STAGES = {
    "generate_tunes": "shard.h5",
    "gather_tunes": "tunes.h5",
    "write_abc": "tunes.abc",
    "count_bars": "bars.csv",
    "capture_trajectories": "trajectories.h5",
    "estimate_spectra": "spectra.h5",
}
LONG = ("generate_tunes", "write_abc", "capture_trajectories", "estimate_spectra")
# Of a process that only imports.
START_SECONDS = 0.3
BOTTLENECKS = (
    "drawing; with all tunes replayed, the disk",
    "the one process that gathers a condition",
)
COLUMNS = (
    "tunes",
    "core-hours, one network",
    "core-hours, default study",
    "GB of memory, gathering",
    "GB on disk, one network",
    "core-hours, all replayed",
    "GB on disk, all replayed",
    "the bottleneck",
)
PAGE = """\
# What many tunes cost

CPU-seconds of each stage of the workflow, each in a process of its own on one thread, with the demo model and with
3 x 512 units, which is v2's size. Written by `benchmarks/scale.py` ({machine}).

![CPU-seconds and peak memory by number of tunes, demo model](scale.svg)

**Cost grows no faster than linearly**: from 1,000 to 10,000 tunes the exponent of the growth is {slopes}
(1 is linear; what only starts and imports is left out, and other work on the machine is not).

**Memory** goes with the model and little with the number of tunes, from 100 to 10,000 of them: {memory}.
What grows are tokens and tables; `study/cluster/costs.py` asks a cluster for them.

**The number of jobs** does not depend on the number of tunes, only on `n_shards` (`tests/workflow/test_scale.py`): the
default study has {n_jobs_1} jobs, and {n_jobs_16} with 10,000 tunes in 16 shards. To plan them, `snakemake -n` takes
{plan_seconds_1:.1f} and {plan_seconds_16:.1f} seconds (the fastest of three).

## A model of v2's size

A tune of {n_tokens:.0f} tokens takes {ms_generate_tunes:.0f} ms to draw in float64 (less than half of that in float32),
{ms_write_abc:.1f} ms to spell, {ms_count_bars:.1f} ms to count; {ms_capture_trajectories:.0f} ms to replay and
{ms_estimate_spectra:.1f} ms for its spectra.

The default study draws its tunes under {n_drawn} conditions, and under {n_lesions} more of the lesion study, whose
tunes the intact network replays to say how probable they are (taken for as dear as any replay). For spectra it replays
200 tunes whatever `n_tunes` is; the last columns are for those who set `trajectories.n_tunes` to all, which makes
{n_replays} replays of each: of the intact network's tunes, of these without bars and with bars moved, and of the tunes
that it draws so.

{header}
{rows}

Calculated from the numbers above, not run. With `n_shards` the hours are shared out: a shard of 10,000 tunes is seven
minutes of a job. Gathering and counting hold the tunes of a condition in one process: beyond some 10^6 of them, draw
several studies that differ in `rng_seed`.
"""
NUMBERS = (100, 300, 1000, 3000, 10000)


def run_stage(stage, folder, n_tunes):
    """Run the main() of a script on the files of a folder."""
    spec = importlib.util.spec_from_file_location(stage, ROOT / f"workflow/scripts/{stage}.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    generation = {key: value for key, value in CONFIG["generation"].items() if key != "n_shards"}
    checkpoint, tunes = folder / "checkpoint.h5", folder / "tunes.h5"
    trajectories = folder / "trajectories.h5"
    arguments = {
        "generate_tunes": generation
        | {"checkpoint_path": checkpoint, "tunes_path": folder / "shard.h5", "stimulus": None}
        | {"first_tune": 0, "n_tunes": n_tunes},
        "gather_tunes": {"shards_paths": [folder / "shard.h5"], "tunes_path": tunes},
        "write_abc": {"tunes_path": tunes, "abc_path": folder / "tunes.abc", "model": "a", "condition": "intact"},
        "count_bars": {
            "tunes_path": tunes,
            "bars_path": folder / "bars.csv",
            "output_tunes_path": folder / "tunes.csv",
        },
        "capture_trajectories": {"checkpoint_path": checkpoint, "tunes_path": tunes, "trajectories_path": trajectories}
        | CONFIG["trajectories"]
        | {"n_tunes": n_tunes},
        "estimate_spectra": {"trajectories_path": trajectories, "spectra_path": folder / "spectra.h5"}
        | CONFIG["spectra"],
    }
    script.main(**arguments[stage])


def measure(stage, folder, n_tunes):
    """Run a stage in a separate process and return CPU-seconds, peak MB, and bytes that it wrote."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, __file__, "--stage", stage, "--folder", str(folder), "--tunes", str(n_tunes)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "stage": stage,
        "n_tunes": n_tunes,
        "seconds": round(seconds, 2),
        "mem_mb": round(json.loads(said)["mem_mb"]),
        "bytes": (folder / STAGES[stage]).stat().st_size,
    }


def measure_all(source, numbers):
    """Measure every stage at several numbers of tunes."""
    rows = []
    for n_tunes in numbers:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_checkpoint(convert_checkpoint(source), folder / "checkpoint.h5")
            for stage in STAGES:
                rows.append(measure(stage, folder, n_tunes))
                print(rows[-1], file=sys.stderr, flush=True)
            n_tokens = len(read_tunes(folder / "tunes.h5").token_index)
            rows[-len(STAGES) :] = [row | {"n_tokens": n_tokens} for row in rows[-len(STAGES) :]]
    return rows


def plan(n_shards):
    """Let Snakemake plan the default study with 10,000 tunes: how many jobs, and the fewest seconds of three tries."""
    changes = {"model": "unheard_of", "generation": {"n_tunes": 10000, "n_shards": n_shards}}
    seconds = []
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as overlay:
        yaml.safe_dump(changes, overlay)
        overlay.flush()
        command = [sys.executable, "-m", "snakemake", "--dry-run", "--nocolor", "--configfile", overlay.name]
        for _ in range(3):
            started = time.monotonic()
            ended = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            seconds.append(round(time.monotonic() - started, 2))
    n_jobs = int(re.search(r"^total +(\d+)$", ended.stdout + ended.stderr, re.MULTILINE).group(1))
    return {"n_shards": n_shards, "n_jobs": n_jobs, "seconds": min(seconds)}


def draw(rows, path):
    """Seconds and memory by number of tunes."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    from folkprobe.figures.page import HOUSE_STYLE

    with plt.style.context(HOUSE_STYLE), mpl.rc_context({"svg.hashsalt": "scale"}):
        figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.4), layout="constrained")
        for stage in STAGES:
            of_stage = [row for row in rows if row["stage"] == stage]
            numbers = [row["n_tunes"] for row in of_stage]
            left.plot(numbers, [row["seconds"] for row in of_stage], marker="o", markersize=3, label=stage)
            right.plot(numbers, [row["mem_mb"] for row in of_stage], marker="o", markersize=3, label=stage)
        left.set(xscale="log", yscale="log", xlabel="tunes", ylabel="CPU-seconds")
        right.set(xscale="log", ylim=(0, None), xlabel="tunes", ylabel="peak memory in MB")
        left.legend(fontsize="x-small")
        figure.savefig(path, metadata={"Date": None})


def page(found):
    """What the numbers say, as docs/scale.md."""
    large = {row["stage"]: row for row in found["large"] if row["n_tunes"] == 300}
    small = {(row["stage"], row["n_tunes"]): row for row in found["demo"]}
    per_tune = {stage: max(0.0, row["seconds"] - START_SECONDS) / row["n_tunes"] for stage, row in large.items()}
    bytes_per_tune = {stage: row["bytes"] / row["n_tunes"] for stage, row in large.items()}
    named = len(conditions(CONFIG)) + len(interventions(CONFIG))
    n_lesions = len(lesion_conditions(CONFIG))
    n_replays = 1 + len(MANIPULATIONS) + len(GENERATED)
    drawn = per_tune["generate_tunes"] + per_tune["write_abc"] + per_tune["count_bars"]
    replayed = per_tune["capture_trajectories"] + per_tune["estimate_spectra"]
    scored = per_tune["generate_tunes"] + per_tune["capture_trajectories"] + per_tune["count_bars"]
    study = named * drawn + len(GENERATED) * per_tune["generate_tunes"] + n_lesions * scored
    kept = sum(bytes_per_tune[stage] for stage in ("gather_tunes", "write_abc", "count_bars"))
    rows = []
    for power, bottleneck in ((3, "none: a workstation does it over lunch"), (5, BOTTLENECKS[0]), (7, BOTTLENECKS[1])):
        n = 10**power
        at_once = mem_mb("gather_tunes", CONFIG | {"generation": CONFIG["generation"] | {"n_tunes": n}})
        cells = (
            f"10^{power}",
            f"{n * drawn / 3600:,.1f}",
            f"{n * study / 3600:,.0f}",
            f"{at_once / 1000:,.1f}",
            f"{n * kept / 1e9:,.2g}",
            f"{n_replays * n * replayed / 3600:,.1f}",
            f"{n_replays * n * bytes_per_tune['capture_trajectories'] / 1e9:,.0f}",
            bottleneck,
        )
        rows.append("| " + " | ".join(cells) + " |")
    slopes = ", ".join(
        f"`{stage}` {_slope(small[stage, 1000]['seconds'], small[stage, 10000]['seconds']):.2f}" for stage in LONG
    )
    memory = ", ".join(
        f"`{stage}` {small[stage, 100]['mem_mb']} to {small[stage, 10000]['mem_mb']} MB" for stage in STAGES
    )
    return PAGE.format(
        machine=found["machine"],
        n_drawn=named + len(GENERATED),
        n_lesions=n_lesions,
        n_replays=n_replays,
        n_tokens=large["generate_tunes"]["n_tokens"] / 300,
        header="\n".join(["| " + " | ".join(COLUMNS) + " |", "|---" * len(COLUMNS) + "|"]),
        rows="\n".join(rows),
        slopes=slopes,
        memory=memory,
        **{f"ms_{stage}": 1000 * value for stage, value in per_tune.items()},
        **{f"n_jobs_{each['n_shards']}": each["n_jobs"] for each in found["plans"]},
        **{f"plan_seconds_{each['n_shards']}": each["seconds"] for each in found["plans"]},
    )


def _slope(at_1000, at_10000):
    """Exponent of the growth from 1,000 to 10,000 tunes, start and imports left out."""
    return math.log10((at_10000 - START_SECONDS) / (at_1000 - START_SECONDS))


def main():
    """Measure, draw, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path)
    parser.add_argument("--large", type=Path)
    parser.add_argument("--page-only", action="store_true", help="write the page anew from scale.json")
    parser.add_argument("--stage", choices=STAGES)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--tunes", type=int)
    options = parser.parse_args()
    if options.stage:
        run_stage(options.stage, options.folder, options.tunes)
        print(json.dumps({"mem_mb": peak_memory_mb()}))
        return
    path = options.output / "scale.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    if options.page_only:
        draw(found["demo"], options.output / "scale.svg")
        (options.output / "scale.md").write_text(page(found), encoding="utf-8")
        return
    found["machine"] = f"{platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}"
    found["demo"] = measure_all(ROOT / "resources/checkpoints/demo.pkl", NUMBERS)
    found["plans"] = [plan(n_shards) for n_shards in (1, 16)]
    if options.large:
        found["large"] = measure_all(options.large, (100, 300))
    path.write_text(json.dumps(found, indent=1) + "\n")
    draw(found["demo"], options.output / "scale.svg")
    (options.output / "scale.md").write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
