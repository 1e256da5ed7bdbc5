"""For several lesions, excise units from a network, draw tunes from the rest, and score them."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from folkprobe.music.lesion_tunes import LesionTunes, write_lesion_tunes
from folkprobe.network.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from folkprobe.network.excision import excise_units
from folkprobe.network.sampling import generate_excised
from folkprobe.network.scoring import score_batches
from folkprobe.provenance.job import run_job
from folkprobe.signal.lesion_sets import resolve_n_units

log = logging.getLogger("folkprobe.generate_lesions")


def main(
    *, checkpoint_path: Path, sets_path: Path, tunes_path: Path, conditions: list[dict], **generation: object
) -> None:
    """Draw the tunes of each condition; `generation` is passed to `generate_tunes` unchanged."""
    intact, sets = read_checkpoint(checkpoint_path), pd.read_csv(sets_path)

    digests = []

    def excised() -> Iterator[Checkpoint]:
        for condition in conditions:
            units = _units(intact, sets, condition)
            version = excise_units(
                intact,
                condition["layer"],
                units["unit_index"].to_numpy(),
                value=units["mean_hidden_state"].to_numpy() if condition["value"] == "mean" else 0.0,
                scope=condition["scope"],
            )
            digests.append(_sha256(version))
            yield version

    batches = generate_excised(intact, excised(), **generation)
    log.info("%d lesions: %d tokens drawn", len(batches), sum(len(tunes.token_index) for tunes in batches))
    scores = score_batches(intact, batches)
    lesions = (
        LesionTunes(condition["condition"], replace(tunes, checkpoint_sha256=digest), score)
        for condition, digest, tunes, score in zip(conditions, digests, batches, scores, strict=True)
    )
    write_lesion_tunes(lesions, tunes_path)


def _units(checkpoint: Checkpoint, sets: pd.DataFrame, condition: dict) -> pd.DataFrame:
    n_units = resolve_n_units(
        checkpoint.layers[condition["layer"] - 1].n_units,
        n_units=condition["n_units"],
        share_of_layer=condition["share_of_layer"],
    )
    wanted = {key: condition[key] for key in ("layer", "kind", "set_index")} | {"n_units": n_units}
    return sets[(sets[list(wanted)] == pd.Series(wanted)).all(axis=1)]


def _sha256(checkpoint: Checkpoint) -> str:
    """Return the digest of the file that the rule excise_units would write of this network."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint.h5"
        write_checkpoint(checkpoint, path)
        return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    run_job(main, snakemake)
