"""Delete or move the bar tokens of the intact network's tunes."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from folkprobe.music.manipulation import delete_bars, jitter_bars
from folkprobe.music.tunes import Tunes, read_tunes, write_tunes
from folkprobe.provenance.job import run_job

log = logging.getLogger("folkprobe.manipulate_tunes")


def main(*, tunes_path: Path, deleted_path: Path, jittered_path: Path, shift_steps_max: int, rng_seed: int) -> None:
    """Write the tunes without bar tokens, and with every bar token moved at random."""
    tunes = read_tunes(tunes_path)

    def jittered(k: int) -> list[str]:
        # A stream for each tune, which does not depend on their number.
        rng = np.random.default_rng([rng_seed, tunes.first_tune + k])
        return jitter_bars(tunes.tokens(k), rng, shift_steps_max=shift_steps_max)

    for path, manipulate in ((deleted_path, lambda k: delete_bars(tunes.tokens(k))), (jittered_path, jittered)):
        manipulated = _manipulated(tunes, manipulate)
        write_tunes(manipulated, path)
        log.info("%s: %d of %d tokens", path.parent.name, len(manipulated.token_index), len(tunes.token_index))


def _manipulated(tunes: Tunes, manipulate: Callable[[int], list[str]]) -> Tunes:
    index_of = {token: index for index, token in enumerate(tunes.vocabulary)}
    rows = [np.array([index_of[token] for token in manipulate(k)], dtype=np.int16) for k in range(len(tunes))]
    token_index = np.concatenate(rows)
    return replace(
        tunes,
        token_index=token_index,
        tune_offsets=np.concatenate([[0], np.cumsum([len(row) for row in rows])]),
        # These tokens were not drawn.
        log_probabilities=np.full(len(token_index), np.nan),
        sampler="manipulated",
    )


if __name__ == "__main__":
    run_job(main, snakemake)
