"""Number of tunes that differ between the kernel families of OpenBLAS: the reason why float64 is the default.

    python benchmarks/kernel_families.py --checkpoint CHECKPOINT --output docs

Draws the same tunes with each family's kernels, in separate processes, and compares them token by token with those of
the first family. Families that this processor cannot run, or that OpenBLAS does not provide, are skipped and named.
--jobs 2 uses two cores. The page keeps what was found with other families.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# `networks` and `generate` are those beside this file; tests/ has another `networks`.
sys.path[:0] = [str(ROOT), str(Path(__file__).parent), str(ROOT / "tests")]

import generate
import kernels
import networks
import numpy as np
from threadpoolctl import threadpool_info

from folkprobe.music.tunes import read_tunes, write_tunes
from folkprobe.network.checkpoint import read_checkpoint, write_checkpoint
from folkprobe.network.sampling import generate_tunes

HEAD = """\
# The same tune on other processors

Tunes of rng_seed 1, drawn with the kernels of several families and compared token by token with those of the first
family. Written by `benchmarks/kernel_families.py`."""


def draw(checkpoint_path, tunes_path, n_tunes, dtype):
    """Draw tunes with the kernels that OPENBLAS_CORETYPE selects, and print their name."""
    tunes = generate_tunes(read_checkpoint(checkpoint_path), rng_seed=1, n_tunes=n_tunes, dtype=dtype)
    write_tunes(tunes, tunes_path)
    print(next(info["architecture"] for info in threadpool_info() if info["user_api"] == "blas"))


def draw_with(family, dtype, folder, n_tunes):
    """Draw in a separate process; return the name of the kernels and the tunes."""
    path = folder / f"{family}_{dtype}.h5"
    command = [sys.executable, __file__, "--worker", str(folder / "checkpoint.h5"), "--output", str(path)]
    ended = subprocess.run(
        [*command, "--n-tunes", str(n_tunes), "--dtype", dtype],
        env=kernels.environment_of(family),
        capture_output=True,
        text=True,
        check=True,
    )
    print(f"{family}, {dtype}: done", file=sys.stderr)
    return ended.stdout.strip(), read_tunes(path)


def n_differing(tunes, others):
    """Count the tunes in which at least one token differs."""
    return sum(not np.array_equal(tunes.indices(k), others.indices(k)) for k in range(len(tunes)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", help="any format that folkprobe reads; default: a random network")
    parser.add_argument("--output", type=Path, default=Path("docs"))
    parser.add_argument("--n-tunes", type=int, default=2000)
    parser.add_argument("--families", nargs="+", default=kernels.families(), help="default: %(default)s")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--dtype", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        draw(arguments.worker, arguments.output, arguments.n_tunes, arguments.dtype)
        return
    left_out = {family: reason for family in arguments.families if (reason := kernels.why_not(family))}
    for reason in left_out.values():
        print(f"SKIPPED: {reason}", file=sys.stderr)
    families = [family for family in arguments.families if family not in left_out]
    if len(families) < 2:
        parser.error(f"nothing to compare: {len(families)} of these families can run here")
    vocabulary = json.loads((ROOT / "resources/vocabulary_v2.json").read_text(encoding="utf-8"))
    checkpoint = networks.network_of_real_size(arguments.checkpoint, vocabulary)
    lines = [
        f"## {checkpoint.name}, 3 x {checkpoint.layers[0].n_units} units: {', '.join(families)}",
        "",
        f"{arguments.n_tunes:,} tunes; {generate.machine().split(';')[0]}.",
        "",
        "| dtype | OPENBLAS_CORETYPE | kernels | tunes that differ | tokens |",
        "|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        write_checkpoint(checkpoint, folder / "checkpoint.h5")
        for dtype in ("float64", "float32"):
            with ThreadPoolExecutor(arguments.jobs) as pool:
                drawn = list(
                    pool.map(lambda name, dtype=dtype: draw_with(name, dtype, folder, arguments.n_tunes), families)
                )
            for family, (used, tunes) in zip(families, drawn, strict=True):
                differing, total = n_differing(drawn[0][1], tunes), len(tunes.token_index)
                lines.append(f"| {dtype} | {family} | {used} | {differing:,} | {total:,} |")
    page = arguments.output / "kernel_families.md"
    sections = re.split(r"(?m)^(?=## )", page.read_text(encoding="utf-8"))[1:] if page.is_file() else []
    kept = [section.rstrip("\n") for section in sections if not section.startswith(f"{lines[0]}\n")]
    page.write_text("\n\n".join([HEAD, *kept, "\n".join(lines)]) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
