"""What spectra of the population cost beside the replay that feeds them.

Replays tunes of one length in float32 and in float64 through a random network of v2's size, tile by tile, and adds them
to `PopulationSpectrum` as `estimate_spectra` does; both are timed by the processor's clock, one thread.

    OPENBLAS_NUM_THREADS=1 python benchmarks/spectra.py --n-tunes 96
"""

import argparse
import resource
import time

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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-tunes", type=int, default=96)
    parser.add_argument("--n-steps", type=int, default=150, help="mean length; the lengths vary by 40 %%")
    arguments = parser.parse_args()
    checkpoint = random_checkpoint()
    rng = np.random.default_rng(1)
    lengths = np.clip(rng.normal(arguments.n_steps, 0.4 * arguments.n_steps, arguments.n_tunes), 20, 250).astype(int)
    tunes = [rng.integers(0, N_VOCABULARY, size=n_steps) for n_steps in lengths]
    print(f"{arguments.n_tunes} tunes, {lengths.sum()} steps, 3 x {N_UNITS} units")
    for dtype in ("float32", "float64"):
        spent = {256: 0.0, 512: 0.0, 1024: 0.0}
        populations = {n_fft: [PopulationSpectrum(n_fft=n_fft) for _ in range(4)] for n_fft in spent}
        began = time.process_time()
        for trajectory in capture_trajectories(checkpoint, tunes, dtype=dtype):
            for n_fft, of_layers in populations.items():
                at = time.process_time()
                for population, sequences in zip(
                    of_layers, (*trajectory.hidden_state, trajectory.posterior), strict=True
                ):
                    population.add(sequences)
                spent[n_fft] += time.process_time() - at
        replay = time.process_time() - began - sum(spent.values())
        print(f"{dtype}: replay {replay:.2f} s, {1e6 * replay / lengths.sum():.0f} us a step")
        for n_fft, seconds in spent.items():
            print(f"  spectra at n_fft {n_fft}: {seconds:.2f} s, {seconds / replay:.1%} of the replay")
        held = sum(population._power_sum.nbytes + population._padded.nbytes for population in populations[1024])
        print(f"  the spectra at n_fft 1024 hold {held / 2**20:.0f} MB, however many the tunes")
    print(
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, most of it the replay's tile"
    )


if __name__ == "__main__":
    main()
