"""Cost of spectra of the population relative to the replay that feeds them.

Replays random tunes in float32 and in float64 through a random network of v2's size, tile by tile, and adds them to
`PopulationSpectrum` as `estimate_spectra` does. Both are timed in CPU time on one thread.

    OPENBLAS_NUM_THREADS=1 python benchmarks/spectra.py --n-tunes 96 288 1152 10000 --dtypes float32

docs/spectra_cost.md has the results.
"""

import argparse
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from folkprobe.network.checkpoint import Checkpoint, Layer, Softmax
from folkprobe.network.trajectory import capture_trajectories
from folkprobe.signal.spectrum import PopulationSpectrum

N_UNITS, N_VOCABULARY = 512, 137


def random_checkpoint(rng_seed=0):
    rng = np.random.default_rng(rng_seed)

    def normal(*shape):
        return rng.normal(0, 0.08, shape).astype(np.float32)

    layers, n_in = [], N_VOCABULARY
    for _ in range(3):
        weights = normal(4, n_in, N_UNITS), normal(4, N_UNITS, N_UNITS), normal(4, N_UNITS)
        layers.append(Layer(*weights, normal(N_UNITS), normal(N_UNITS), np.arange(N_UNITS)))
        n_in = N_UNITS
    return Checkpoint(
        name="random",
        source_format="random",
        source_sha256="0" * 64,
        vocabulary=("<s>", "</s>", *(str(token) for token in range(N_VOCABULARY - 2))),
        layers=tuple(layers),
        softmax=Softmax(V=normal(N_VOCABULARY, N_UNITS), v=normal(N_VOCABULARY)),
    )


def measure(checkpoint, n_tunes, mean_n_steps, dtype):
    """Replay tunes and estimate their spectra; print the seconds of each, and shares."""
    rng = np.random.default_rng(1)
    lengths = np.clip(rng.normal(mean_n_steps, 0.4 * mean_n_steps, n_tunes), 20, 250).astype(int)
    tunes = [rng.integers(0, N_VOCABULARY, size=n_steps) for n_steps in lengths]
    spent = {256: 0.0, 512: 0.0, 1024: 0.0}
    populations = {n_fft: [PopulationSpectrum(n_fft=n_fft) for _ in range(4)] for n_fft in spent}
    began = time.process_time()
    for trajectory in capture_trajectories(checkpoint, tunes, dtype=dtype):
        for n_fft, of_layers in populations.items():
            at = time.process_time()
            for population, sequences in zip(of_layers, (*trajectory.hidden_state, trajectory.posterior), strict=True):
                population.add(sequences)
            spent[n_fft] += time.process_time() - at
    replay = time.process_time() - began - sum(spent.values())
    held = sum(population._power_sum.nbytes + population._padded.nbytes for population in populations[1024])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    shares = " | ".join(f"{seconds / replay:.1%}" for seconds in spent.values())
    print(
        f"| {dtype} | {n_tunes:,} | {lengths.sum():,} | {replay:.1f} | {1e6 * replay / lengths.sum():.0f} | {shares} "
        f"| {held / 2**20:.0f} | {peak:.0f} |",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-tunes", type=int, nargs="+", default=[96])
    parser.add_argument("--n-steps", type=int, default=150, help="mean length; the lengths vary by 40 %%")
    parser.add_argument("--dtypes", nargs="+", choices=["float32", "float64"], default=["float32", "float64"])
    arguments = parser.parse_args()
    checkpoint = random_checkpoint()
    print("| dtype | tunes | steps | replay, s | us a step | n_fft 256 | 512 | 1024 | held, MB | peak of process, MB |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for dtype in arguments.dtypes:
        for n_tunes in arguments.n_tunes:
            measure(checkpoint, n_tunes, arguments.n_steps, dtype)


if __name__ == "__main__":
    main()
