"""Speed of drawing tunes with excised networks, relative to the intact network.

    python benchmarks/excised.py CHECKPOINT [--n-tunes 192] [--max-steps 150]

Excises a growing share of random units from every layer with scope both, draws tunes in float64 on one thread, and
prints a row of a Markdown table for each share: the share of parameters that is left, and the tokens per second
relative to the intact network. Each network draws the same number of tokens (the end token is forbidden) three times;
the fastest run is used.
"""

import argparse
import time
from dataclasses import replace

import numpy as np

from folkprobe.music.vocabulary import END_TOKEN
from folkprobe.network.checkpoint import Checkpoint
from folkprobe.network.excision import excise_units
from folkprobe.network.formats import convert_checkpoint
from folkprobe.network.sampling import generate_tunes

SHARES = (0.0, 0.1, 0.33, 0.5, 0.66)
N_REPEATS = 3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("checkpoint")
    parser.add_argument("--n-tunes", type=int, default=192)
    parser.add_argument("--max-steps", type=int, default=150)
    arguments = parser.parse_args()
    intact = _endless(convert_checkpoint(arguments.checkpoint))
    how = {"rng_seed": 1, "n_tunes": arguments.n_tunes, "max_steps": arguments.max_steps, "prompt": "M:4/4 K:Cmaj"}
    print("| units excised from every layer | parameters left | tokens per second, relative to intact |\n|---|---|---|")
    speed = {}
    for share in SHARES:
        network = _cut(intact, share)
        seconds = []
        for _ in range(N_REPEATS):
            start = time.perf_counter()
            tunes = generate_tunes(network, **how)
            seconds.append(time.perf_counter() - start)
        speed[share] = len(tunes.token_index) / min(seconds)
        left = network.n_parameters / intact.n_parameters
        print(f"| {100 * share:.0f} % | {100 * left:.0f} % | {speed[share] / speed[0.0]:.2f} |", flush=True)


def _endless(checkpoint: Checkpoint) -> Checkpoint:
    v = checkpoint.softmax.v.astype(np.float64)
    v[checkpoint.vocabulary.index(END_TOKEN)] = -1e4
    return replace(checkpoint, softmax=replace(checkpoint.softmax, v=v))


def _cut(checkpoint: Checkpoint, share: float) -> Checkpoint:
    rng = np.random.default_rng(1)
    for layer in range(1, len(checkpoint.layers) + 1):
        n_units = checkpoint.layers[layer - 1].n_units
        chosen = rng.choice(n_units, round(share * n_units), replace=False)
        checkpoint = excise_units(checkpoint, layer, chosen)
    return checkpoint


if __name__ == "__main__":
    main()
