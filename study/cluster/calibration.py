"""How fast this machine is, as loaded as it is now: seconds for the start of a job and for some steps of a network.

`python -m study.cluster.calibration` prints them as JSON, within a second or two. `study.cluster.costs` compares them
with those of the processor where the costs were measured.
"""

import json
import sys
import time

from study.places import ROOT


def measure_seconds() -> dict[str, float]:
    """Return the seconds `start` and `tunes`; correct only as the first thing that a process does."""
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
    json.dump(measure_seconds(), sys.stdout)
