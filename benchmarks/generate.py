"""Speed of drawing tunes, compared with other libraries and with the bare matrix products.

    python benchmarks/generate.py --checkpoint CHECKPOINT --output docs

The benchmark needs only folkprobe; PyTorch, and onnx with onnxruntime, are included if they are installed. All
contenders take turns in one run, on one thread each; tokens per CPU-second are medians over the rounds. Without
--checkpoint a random network of 3 x 512 units is used, whose tunes have other lengths. OPENBLAS_CORETYPE selects
numpy's kernels; a family that this processor cannot run, or that OpenBLAS does not provide, is refused.
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

# Before numpy is loaded: one thread for all, and no kernels that would crash it.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
if "OPENBLAS_CORETYPE" in os.environ and (reason := kernels.why_not(os.environ["OPENBLAS_CORETYPE"])):
    sys.exit(f"OPENBLAS_CORETYPE: {reason}")

import networks
import numpy as np
from threadpoolctl import threadpool_info

from folkprobe.network.checkpoint import read_checkpoint, write_checkpoint
from folkprobe.network.drawing import PerTune
from folkprobe.network.excision import excise_units
from folkprobe.network.lstm import MAX_LANES, Network, Tile
from folkprobe.network.sampling import generate_excised, generate_tunes
from folkprobe.network.scoring import score_batches
from folkprobe.provenance.job import peak_memory_mb

ROWS = (64, 128, MAX_LANES, 256)
# Why a goal is missed where it is, by how its row begins. "Presumably": not measured apart.
REASONS = {
    "the bare products": "gates and states, element by element in plain operations of one order, take the rest",
    "torch": "the smallest of the ratios at four numbers of rows, see below",
    "onnxruntime": "the smallest of the ratios at four numbers of rows, see below",
    "two processes": "presumably they wait for one memory: the weights do not fit into the caches",
    "natural lengths": "presumably the narrow tiles at the end, whose products take longer for each lane",
    "lesions": "presumably the narrow tiles at the end; copies of the states for excised networks take a twentieth",
    "occupancy": "at the end a few long tunes leave most of the narrowest tile empty",
    "peak memory": "numba and the kernels that it loads take 125 MiB",
}
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
        "bare products, weights x states, float64": lambda rows: BareProducts(checkpoint, rows, "float64", True),
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
    """Tokens per CPU-second for tunes of natural length, drawn in one call."""
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


def measure_lesions(checkpoint, n_rounds, n_lesions=12, n_tunes=50):
    """Tokens per CPU-second, drawn and scored, of networks without a third of the units of a layer, by dtype."""
    rng = np.random.default_rng(1)

    def excised():
        for number in range(n_lesions):
            n_units = checkpoint.layers[number % 3].n_units
            yield excise_units(checkpoint, number % 3 + 1, rng.choice(n_units, n_units // 3, replace=False))

    def work(dtype, seed):
        drawn = generate_excised(checkpoint, excised(), rng_seed=seed, n_tunes=n_tunes, dtype=dtype)
        score_batches(checkpoint, drawn)
        return 2 * sum(n_drawn(tunes) for tunes in drawn)

    return {
        dtype: float(np.median([tokens_per_second(lambda d=dtype, s=seed: work(d, s)) for seed in range(n_rounds)]))
        for dtype in ("float32", "float64")
    }


def measure_occupancy(checkpoint, n_tunes):
    """Share of the computed lane-steps that belong to a tune."""
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
    """Speed of two processes relative to one, and the peak memory of one process in MiB for each dtype."""
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
    """Generate in a separate process, timed by wall-clock time."""
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
    """List (what, goal, found); found is None if a contender is missing."""
    full, natural, lesions = results["full_tiles"], results["natural_lengths"], results["lesions"]
    bare = {dtype: full[f"bare products, weights x states, {dtype}"] for dtype in ("float32", "float64")}
    ours = {dtype: full[f"folkprobe, {dtype}"] for dtype in bare}
    is_large = "512" in results["network"]

    def ratio(other):
        """The smallest over the numbers of rows."""
        return min(ours["float32"][rows] / full[other][rows] for rows in ROWS) if full[other] else None

    drawn, published, slow = (
        next(v for name, v in natural.items() if name.startswith(s)) for s in ("folkprobe, float32", "sampler", "token")
    )
    listed = [
        (f"the bare products, {dtype}, {MAX_LANES} rows", goal, ours[dtype][MAX_LANES] / bare[dtype][MAX_LANES])
        for dtype, goal in (("float32", 0.88 if is_large else 0.6), ("float64", 0.85 if is_large else 0.6))
    ]
    listed += [
        (f"float64 over float32, {MAX_LANES} rows", 0.45, ours["float64"][MAX_LANES] / ours["float32"][MAX_LANES]),
        ("torch.nn.LSTMCell, float32, at equal rows", 1.5, ratio("torch.nn.LSTMCell, float32")),
        ("onnxruntime, float32, at equal rows", 1.0, ratio("onnxruntime, float32")),
    ]
    if is_large:
        listed += [
            ("natural lengths, float32: the bare products, 256 rows", 0.8, drawn / bare["float32"][256]),
            ("sampler folk-rnn: token by token in NumPy", 1.2, published / slow),
            (
                f"lesions, float32: the bare products, {MAX_LANES} rows",
                0.6,
                lesions["float32"] / bare["float32"][MAX_LANES],
            ),
        ]
    else:
        found = lesions["float64"] / bare["float64"][MAX_LANES]
        listed.append((f"lesions, float64: the bare products, {MAX_LANES} rows", 0.45, found))
    return [
        *listed,
        ("occupancy of the tile over 2,000 tunes of natural length", 0.95, results["occupancy"]),
        ("two processes over one (wall-clock time)", 1.9, results["two_processes"]),
        ("peak memory in MiB without capture, float32 (at most)", 150, results["peak_mib"]["float32"]),
        ("peak memory in MiB without capture, float64 (at most)", 150, results["peak_mib"]["float64"]),
    ]


def markdown(all_results):
    """Return all measurements as one page of Markdown."""
    lines = ["# How fast tunes are drawn", "", __doc__.split("\n\n")[2].strip().replace("\n", " "), ""]
    lines += [
        "Written by `benchmarks/generate.py`. A ratio at equal rows is the smallest over the numbers of rows.",
        "",
    ]
    lines += ["![Tokens per CPU-second by number of rows](generation_speed.svg)", ""]
    for results in all_results.values():
        what = f"Medians of {results['n_rounds']} rounds; {results['load']}."
        lines += [f"## {results['network']}; {results['machine']}", "", what, ""]
        lines += ["| goal: ratio to | goal | found | |", "|---|---|---|---|"]
        for what, goal, found in goals(results):
            if found is None:
                lines.append(f"| {what} | {goal} | | not installed |")
                continue
            met = found <= goal if "at most" in what else found >= goal
            reason = next((why for begins, why in REASONS.items() if what.startswith(begins)), "not known")
            lines.append(f"| {what} | {goal} | {found:.3g} | {'met' if met else f'**missed**: {reason}'} |")
        lines += ["", f"Tokens per CPU-second, {N_STEPS} steps in every row:", ""]
        lines += [f"| | {' | '.join(f'{rows} rows' for rows in ROWS)} |", "|---" * (len(ROWS) + 1) + "|"]
        for name, by_rows in results["full_tiles"].items():
            cells = [f"{by_rows[rows]:,.0f}" if rows in by_rows else "not installed" for rows in ROWS]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        lines += ["", "Tokens per CPU-second, tunes of their natural length:", "", "| | |", "|---|---|"]
        lines += [f"| {name} | {speed:,.0f} |" for name, speed in results["natural_lengths"].items()]
        lines += [
            f"| lesions, drawn and scored, {dtype} | {speed:,.0f} |" for dtype, speed in results["lesions"].items()
        ]
        lines.append("")
    return "\n".join(lines)


def plot(all_results, path):
    """Draw tokens per CPU-second by number of rows, a panel for each network and kernel family."""
    # Imported here to keep Matplotlib out of the workers' memory.
    from folkprobe.figures.page import new_figure, write_figure

    with new_figure(height_mm=90) as figure:
        axes = figure.subplots(1, len(all_results), squeeze=False)[0]
        for ax, (title, results) in zip(axes, all_results.items(), strict=True):
            for number, (name, by_rows) in enumerate(results["full_tiles"].items()):
                rows = [int(each) for each in by_rows]
                style = "--" if name.startswith("bare") else "-"
                ax.plot(rows, list(by_rows.values()), style, marker="o", color=f"C{number}", label=name)
            ax.set_title(title)
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
    parser.add_argument("--n-tunes", type=int, default=1500)
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
        "lesions": measure_lesions(checkpoint, min(arguments.rounds, 3)),
        "occupancy": measure_occupancy(checkpoint, 2000),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint.h5"
        write_checkpoint(checkpoint, path)
        results["two_processes"], results["peak_mib"] = measure_processes(path, arguments.rounds, arguments.n_tunes)
    results["machine"] = machine()
    # Other processes slow down even CPU time, through the caches, and wall-clock time much more.
    results["load"] = f"load average {load_before:.1f} at the beginning, {os.getloadavg()[1]:.1f} at the end"
    # Keep the results of runs with other kernels.
    kept = arguments.output / "generation_speed.json"
    all_results = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    kernels = results["machine"].split(" kernels")[0].split()[-1]
    all_results[f"{results['network']}, {kernels} kernels"] = json.loads(json.dumps(results))
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
