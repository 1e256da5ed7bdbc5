"""How fast tunes are drawn, beside others and beside the bare products.

    python benchmarks/generate.py --checkpoint CHECKPOINT --output docs

Needs nothing but folkprobe; PyTorch, and onnx with onnxruntime, join the table where they are installed. All contenders
take turns in one run on one thread each; tokens per CPU-second are medians over the rounds. Without --checkpoint a
random network of the same size is used, whose tunes have other lengths. OPENBLAS_CORETYPE selects numpy's kernels;
a family that this processor cannot run, or OpenBLAS does not give, is refused.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# `networks` is the one beside this file; tests/ has another.
sys.path[:0] = [str(ROOT), str(Path(__file__).parent), str(ROOT / "tests")]

import kernels

# Before numpy is loaded: one thread for every contender, and no kernels that would crash it.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
if "OPENBLAS_CORETYPE" in os.environ and (reason := kernels.why_not(os.environ["OPENBLAS_CORETYPE"])):
    sys.exit(f"OPENBLAS_CORETYPE: {reason}")

import networks
import numpy as np
from threadpoolctl import threadpool_info

from folkprobe.network.checkpoint import read_checkpoint, write_checkpoint
from folkprobe.network.drawing import PerTune
from folkprobe.network.lstm import Network, Tile
from folkprobe.network.sampling import generate_tunes
from folkprobe.provenance.job import peak_memory_mb

ROWS = (64, 128, 256)
N_STEPS = 160


class FullTile:
    """folkprobe's tile, full from beginning to end, and its drawing of tokens."""

    def __init__(self, checkpoint, rows, dtype):
        self.tile, self.rows = Tile(Network(checkpoint, dtype), rows), rows

    def run(self, start_index, n_steps):
        drawer, lanes = PerTune(0, self.rows, 1.0), np.arange(self.rows)
        for lane in lanes:
            self.tile.reset(lane)
            drawer.start(lane, lane)
        token = np.full(self.rows, start_index)
        for _ in range(n_steps):
            token, _ = drawer.draw(self.tile.step(token), lanes)
        return self.rows * n_steps


class BareProducts:
    """The matrix products of a step and nothing else: states times weights, or weights times states as folkprobe."""

    def __init__(self, checkpoint, rows, dtype, transposed):
        network = Network(checkpoint, dtype)
        rng = np.random.default_rng(0)
        self.rows, self.operands = rows, []
        for weights in (*network.weights, network.V):
            states = rng.random((weights.shape[1], rows)).astype(dtype)
            pair = (weights, states) if transposed else tuple(np.ascontiguousarray(a.T) for a in (states, weights))
            self.operands.append((*pair, pair[0] @ pair[1]))

    def run(self, _, n_steps):
        for _ in range(n_steps):
            for left, right, out in self.operands:
                np.matmul(left, right, out=out)
        return self.rows * n_steps


def contenders(checkpoint):
    """List (name, rows, run); a name without rows is not installed."""
    makers = {
        "folkprobe, float32": lambda rows: FullTile(checkpoint, rows, "float32"),
        "folkprobe, float64": lambda rows: FullTile(checkpoint, rows, "float64"),
        "bare products, weights x states, float32": lambda rows: BareProducts(checkpoint, rows, "float32", True),
        "bare products, states x weights, float32": lambda rows: BareProducts(checkpoint, rows, "float32", False),
        "torch.nn.LSTMCell, float32": lambda rows: networks.Torch(checkpoint, rows, "LSTMCell"),
        "torch.nn.LSTM, float32": lambda rows: networks.Torch(checkpoint, rows, "LSTM"),
        "onnxruntime, float32": lambda rows: networks.OnnxRuntime(checkpoint, rows),
    }
    start_index = checkpoint.vocabulary.index("<s>")
    for name, make in makers.items():
        for rows in ROWS:
            try:
                contender = make(rows)
            except ImportError as error:
                print(f"SKIPPED: {name}: {error}", file=sys.stderr)
                yield name, None, None
                break
            yield name, rows, lambda contender=contender: contender.run(start_index, N_STEPS)


def tokens_per_second(work):
    """Tokens per second of CPU time."""
    start = time.process_time()
    n_tokens = work()
    return n_tokens / (time.process_time() - start)


def n_drawn(tunes):
    """Count the tokens that were drawn."""
    return len(tunes.token_index) - len(tunes)


def measure_full_tiles(checkpoint, n_rounds):
    """Tokens per CPU-second of full tiles: {name: {rows: median}}."""
    listed = list(contenders(networks.without_end(checkpoint)))
    speeds = {(name, rows): [] for name, rows, _ in listed}
    for number in range(n_rounds):
        for name, rows, run in listed:
            if rows:
                speeds[name, rows].append(tokens_per_second(run))
        print(f"full tiles: round {number + 1} of {n_rounds}", file=sys.stderr)
    table = {}
    for (name, rows), values in speeds.items():
        table.setdefault(name, {}).update({rows: float(np.median(values))} if rows else {})
    return table


def measure_natural_lengths(checkpoint, n_rounds, n_tunes):
    """Tokens per CPU-second of tunes of their own lengths, one call for so many tunes."""
    token_by_token = networks.TokenByToken(checkpoint)
    works = {
        f"folkprobe, float32, {n_tunes} tunes": lambda seed: n_drawn(
            generate_tunes(checkpoint, rng_seed=seed, n_tunes=n_tunes, dtype="float32")
        ),
        f"folkprobe, float64, {n_tunes} tunes": lambda seed: n_drawn(
            generate_tunes(checkpoint, rng_seed=seed, n_tunes=n_tunes, dtype="float64")
        ),
        "sampler folk-rnn, float32": lambda seed: n_drawn(
            generate_tunes(checkpoint, rng_seed=seed, n_tunes=5, sampler="folk-rnn")
        ),
        "token by token in NumPy, float32": lambda seed: sum(
            len(token_by_token.tune(np.random.RandomState(seed + k))) - 1 for k in range(5)
        ),
    }
    speeds = {name: [] for name in works}
    for number in range(n_rounds):
        for name, work in works.items():
            speeds[name].append(tokens_per_second(lambda work=work, number=number: work(number)))
        print(f"natural lengths: round {number + 1} of {n_rounds}", file=sys.stderr)
    return {name: float(np.median(values)) for name, values in speeds.items()}


def measure_occupancy(checkpoint, n_tunes):
    """Share of the computed lane-steps that some tune needed."""
    original, n_computed = Tile.step, [0]

    def counting(tile, *arguments):
        n_computed[0] += tile.n_lanes
        return original(tile, *arguments)

    Tile.step = counting
    try:
        tunes = generate_tunes(checkpoint, rng_seed=1, n_tunes=n_tunes, dtype="float32")
    finally:
        Tile.step = original
    return n_drawn(tunes) / n_computed[0]


def measure_processes(checkpoint_path, n_rounds, n_tunes):
    """How much faster two processes are than one, and the peak memory of one in MiB for each dtype."""
    command = [sys.executable, __file__, "--worker", str(checkpoint_path), "--n-tunes", str(n_tunes), "--dtype"]

    def together(n_processes, dtype="float32"):
        workers = [subprocess.Popen([*command, dtype], stdout=subprocess.PIPE, text=True) for _ in range(n_processes)]
        results = [json.loads(worker.communicate()[0]) for worker in workers]
        return sum(result["tokens_per_second"] for result in results), max(result["peak_mib"] for result in results)

    ratios, peaks = [], []
    for _ in range(n_rounds):
        (one, peak), (two, _) = together(1), together(2)
        ratios.append(two / one)
        peaks.append(peak)
    return float(np.median(ratios)), {"float32": max(peaks), "float64": together(1, "float64")[1]}


def work_alone(checkpoint_path, n_tunes, dtype):
    """Generate in a separate process, timed by wall clock."""
    checkpoint = read_checkpoint(checkpoint_path)
    start = time.perf_counter()
    n_tokens = n_drawn(generate_tunes(checkpoint, rng_seed=1, n_tunes=n_tunes, dtype=dtype))
    elapsed = time.perf_counter() - start
    print(json.dumps({"tokens_per_second": n_tokens / elapsed, "peak_mib": peak_memory_mb() * 1e6 / 2**20}))


def machine():
    """Describe the processor and the libraries."""
    model = platform.processor()
    if Path("/proc/cpuinfo").is_file():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
    (blas,) = [
        f"{info['internal_api']} {info['version']} with {info['architecture']} kernels"
        for info in threadpool_info()
        if info["user_api"] == "blas" and "numpy" in info["filepath"]
    ]
    libraries = [f"Python {platform.python_version()}", f"numpy {np.__version__}", blas]
    others = [name for name in ("torch", "onnxruntime") if name in sys.modules]
    libraries += [f"{name} {sys.modules[name].__version__}" for name in others]
    return f"{model}, {os.cpu_count()} cores; {', '.join(libraries)}"


def goals(results):
    """List (what, goal, found); found is None where a contender is missing."""
    full, natural = results["full_tiles"], results["natural_lengths"]

    def ratio(name, other, reduce=min):
        """Over the numbers of rows, at equal rows."""
        mine, theirs = full[name], full[other]
        return reduce(mine[rows] / theirs[rows] for rows in ROWS) if theirs else None

    ours, slow = (next(v for name, v in natural.items() if name.startswith(s)) for s in ("folkprobe, float32", "token"))
    return [
        ("torch.nn.LSTMCell, float32, at equal rows", 1.3, ratio("folkprobe, float32", "torch.nn.LSTMCell, float32")),
        ("onnxruntime, float32, at equal rows", 1.0, ratio("folkprobe, float32", "onnxruntime, float32")),
        (
            "the bare products, at equal rows and kernels",
            0.88,
            ratio("folkprobe, float32", "bare products, weights x states, float32"),
        ),
        ("float64 over float32, at equal rows", 0.48, ratio("folkprobe, float64", "folkprobe, float32")),
        ("token by token in NumPy, at natural lengths", 10.0, ours / slow),
        ("occupancy of the tile over 2,000 tunes of natural length", 0.95, results["occupancy"]),
        ("two processes over one (clock on the wall)", 1.9, results["two_processes"]),
        ("peak memory in MiB without capture, float32 (at most)", 150, results["peak_mib"]["float32"]),
        ("peak memory in MiB without capture, float64 (at most)", 150, results["peak_mib"]["float64"]),
    ]


def markdown(all_results):
    """Write everything that was measured as one page."""
    lines = ["# How fast tunes are drawn", "", __doc__.split("\n\n")[2].strip().replace("\n", " "), ""]
    lines += ["Written by `benchmarks/generate.py`. The smallest ratio over the numbers of rows counts.", ""]
    lines += ["![Tokens per CPU-second by number of rows](generation_speed.svg)", ""]
    for results in all_results.values():
        what = f"{results['network']}; medians of {results['n_rounds']} rounds; {results['load']}."
        lines += [f"## {results['machine']}", "", what, ""]
        lines += ["| goal: ratio to | goal | found | |", "|---|---|---|---|"]
        for what, goal, found in goals(results):
            if found is None:
                lines.append(f"| {what} | {goal} | | not installed |")
                continue
            met = found <= goal if "at most" in what else found >= goal
            lines.append(f"| {what} | {goal} | {found:.3g} | {'met' if met else '**missed**'} |")
        lines += ["", f"Tokens per CPU-second, {N_STEPS} steps in every row:", ""]
        lines += [f"| | {' | '.join(f'{rows} rows' for rows in ROWS)} |", "|---" * (len(ROWS) + 1) + "|"]
        for name, by_rows in results["full_tiles"].items():
            cells = [f"{by_rows[rows]:,.0f}" if rows in by_rows else "not installed" for rows in ROWS]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        lines += ["", "Tokens per CPU-second, tunes of their natural length:", "", "| | |", "|---|---|"]
        lines += [f"| {name} | {speed:,.0f} |" for name, speed in results["natural_lengths"].items()]
        lines.append("")
    return "\n".join(lines)


def plot(all_results, path):
    """Draw tokens per CPU-second by number of rows, a panel for each machine."""
    # Imported here, so that the workers' memory is that of generation.
    from folkprobe.figures.page import new_figure, write_figure

    with new_figure(height_mm=90) as figure:
        axes = figure.subplots(1, len(all_results), sharey=True, squeeze=False)[0]
        for ax, (kernels, results) in zip(axes, all_results.items(), strict=True):
            for number, (name, by_rows) in enumerate(results["full_tiles"].items()):
                rows = [int(each) for each in by_rows]
                style = "--" if name.startswith("bare") else "-"
                ax.plot(rows, list(by_rows.values()), style, marker="o", color=f"C{number}", label=name)
            ax.set_title(f"{kernels} kernels")
            ax.set_xticks(ROWS)
            ax.set_xlabel("rows computed together")
            ax.set_ylim(0, None)
            ax.grid(True)
        axes[0].set_ylabel("tokens per CPU-second")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
        write_figure(figure, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", help="any format that folkprobe reads; its layers should have 512 units")
    parser.add_argument("--output", type=Path, default=Path("docs"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--n-tunes", type=int, default=400)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--dtype", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        work_alone(arguments.worker, arguments.n_tunes, arguments.dtype)
        return
    load_before = os.getloadavg()[1]
    vocabulary = json.loads((ROOT / "resources/vocabulary_v2.json").read_text(encoding="utf-8"))
    checkpoint = networks.network_of_real_size(arguments.checkpoint, vocabulary)
    results = {
        "network": f"{checkpoint.name}, 3 x {checkpoint.layers[0].n_units} units",
        "n_rounds": arguments.rounds,
        "full_tiles": measure_full_tiles(checkpoint, arguments.rounds),
        "natural_lengths": measure_natural_lengths(checkpoint, arguments.rounds, arguments.n_tunes),
        "occupancy": measure_occupancy(checkpoint, 2000),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint.h5"
        write_checkpoint(checkpoint, path)
        results["two_processes"], results["peak_mib"] = measure_processes(path, arguments.rounds, arguments.n_tunes)
    results["machine"] = machine()
    # Other processes slow down CPU time through the caches, and wall time even more.
    results["load"] = f"load average {load_before:.1f} at the beginning, {os.getloadavg()[1]:.1f} at the end"
    # Runs with other kernels stay beside this one.
    kept = arguments.output / "generation_speed.json"
    all_results = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    kernels = results["machine"].split(" kernels")[0].split()[-1]
    all_results[kernels] = json.loads(json.dumps(results))
    for each in all_results.values():
        each["full_tiles"] = {
            name: {int(rows): v for rows, v in by_rows.items()} for name, by_rows in each["full_tiles"].items()
        }
    kept.write_text(json.dumps(all_results, indent=1) + "\n", encoding="utf-8")
    (arguments.output / "generation_speed.md").write_text(markdown(all_results), encoding="utf-8")
    plot(all_results, arguments.output / "generation_speed.svg")
    print(markdown(all_results))


if __name__ == "__main__":
    main()
