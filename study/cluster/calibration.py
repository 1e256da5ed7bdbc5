"""How much slower this machine is, as it is loaded now, than the one where `study.cluster.costs` was measured.

`python -m study.cluster.calibration` prints it as JSON: `start`, for the start of a process, and `tunes`, for steps of
a network. It takes about a second. Where the costs are measured again, so is REFERENCE_SECONDS.
"""

import json
import sys
import time

from study.conditions import ROOT

# Estimated from runs on a Zen 3, since the machine of the costs is not at hand.
REFERENCE_SECONDS = {"start": 0.3, "tunes": 0.07}


def measure_seconds() -> dict[str, float]:
    """Return the seconds that a start and steps of the demo network take here; valid in a new process only."""
    begin = time.perf_counter()
    import pandas  # noqa: F401

    start = time.perf_counter() - begin
    from folkprobe.network.formats import convert_checkpoint
    from folkprobe.network.sampling import generate_tunes

    checkpoint = convert_checkpoint(ROOT / "resources/checkpoints/demo.pkl")
    # What is done once in a process is part of its start.
    generate_tunes(checkpoint, rng_seed=0, n_tunes=1, max_steps=2)
    begin = time.perf_counter()
    generate_tunes(checkpoint, rng_seed=0, n_tunes=32, max_steps=64)
    return {"start": start, "tunes": time.perf_counter() - begin}


if __name__ == "__main__":
    seconds = measure_seconds()
    json.dump({name: seconds[name] / REFERENCE_SECONDS[name] for name in seconds}, sys.stdout)
