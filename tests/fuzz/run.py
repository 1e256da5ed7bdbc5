"""The full fuzzing run; CONTRIBUTING.md has its command. `python tests/fuzz/run.py --help` has its options."""

import argparse
import faulthandler
import importlib.util
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fuzz.genuine import write_genuine_files  # noqa: E402
from fuzz.mutation import fuzz  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description="Convert mutants of genuine checkpoint files of every format.")
    parser.add_argument("--mutants", type=int, default=10_000, help="of each file (default: %(default)s)")
    parser.add_argument("--rng-seed", type=int, default=1)
    parser.add_argument("--file", type=Path, action="append", default=[], help="a genuine file of your own")
    options = parser.parse_args()
    faulthandler.enable()
    with_torch = importlib.util.find_spec("torch") is not None
    if not with_torch:
        print("PyTorch files are left out: torch is not installed")
    n_faults = 0
    with tempfile.TemporaryDirectory() as genuine_folder, tempfile.TemporaryDirectory() as folder:
        paths = options.file + write_genuine_files(Path(genuine_folder), with_torch=with_torch)
        columns = ("refused", "a network", "unconfirmed", "faults", "most calls", "extra MiB")
        print("file".ljust(28), *(column.rjust(11) for column in columns), flush=True)
        for path in paths:
            report = fuzz(path, Path(folder), options.mutants, options.rng_seed)
            n_faults += len(report.faults)
            numbers = [report.outcomes[column] for column in columns[:3]]
            numbers += [len(report.faults), report.n_calls, f"{report.extra_bytes / 2**20:.1f}"]
            print(path.name.ljust(28), *(str(number).rjust(11) for number in numbers), flush=True)
            for number, fault in report.faults[:20]:
                print(f"    mutant {number}: {fault}")
    return 1 if n_faults else 0


if __name__ == "__main__":
    sys.exit(main())
