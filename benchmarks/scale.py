"""What a study of many tunes costs: seconds, memory and bytes of each stage, from 100 to 10,000 tunes.

    python benchmarks/scale.py --output docs [--large CHECKPOINT]

Each stage runs as it does in the workflow, in a process of its own on one thread; seconds are CPU-seconds. Without
--large, a checkpoint of 3 x 512 units, the table of what folk-rnn v2 would cost is left as it was.
"""

import argparse
import importlib.util
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
# Before numpy is loaded.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import yaml

from folkprobe.music.tunes import read_tunes
from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.formats import convert_checkpoint

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
STAGES = {
    "generate_tunes": "shard.h5",
    "gather_tunes": "tunes.h5",
    "write_abc": "tunes.abc",
    "count_bars": "bars.csv",
    "capture_trajectories": "trajectories.h5",
    "estimate_spectra": "spectra.h5",
}
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
        "gather_tunes": {"shard_paths": [folder / "shard.h5"], "tunes_path": tunes},
        "write_abc": {"tunes_path": tunes, "abc_path": folder / "tunes.abc", "model": "a", "condition": "intact"},
        "count_bars": {"tunes_path": tunes, "bars_path": folder / "bars.csv", "table_path": folder / "tunes.csv"},
        "capture_trajectories": {"checkpoint_path": checkpoint, "tunes_path": tunes, "trajectories_path": trajectories}
        | CONFIG["trajectories"]
        | {"n_tunes": n_tunes},
        "estimate_spectra": {"trajectories_path": trajectories, "spectra_path": folder / "spectra.h5"}
        | CONFIG["spectra"],
    }
    script.main(**arguments[stage])


def measure(stage, folder, n_tunes):
    """Run a stage in a process of its own: CPU-seconds, MB at its peak, bytes that it wrote."""
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


def main():
    """Measure, draw, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path)
    parser.add_argument("--large", type=Path)
    parser.add_argument("--stage", choices=STAGES)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--tunes", type=int)
    options = parser.parse_args()
    if options.stage:
        run_stage(options.stage, options.folder, options.tunes)
        print(json.dumps({"mem_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000}))
        return
    path = options.output / "scale.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    found["machine"] = f"{platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}"
    found["demo"] = measure_all(ROOT / "resources/checkpoints/demo.pkl", NUMBERS)
    if options.large:
        found["large"] = measure_all(options.large, (100, 300))
    path.write_text(json.dumps(found, indent=1) + "\n")
    draw(found["demo"], options.output / "scale.svg")


if __name__ == "__main__":
    main()
