"""Train a folk-rnn on tokenised tunes."""

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from folkprobe.network.training import TrainingSettings, train_model, write_folkrnn_pickle
from folkprobe.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

log = logging.getLogger("folkprobe.train_model")


def main(*, corpus_path: Path, vocabulary_path: Path, checkpoint_path: Path, **settings: float) -> None:
    """Write the weights of the epoch with the lowest validation loss."""
    tunes = [line.split() for line in corpus_path.read_text(encoding="utf-8").splitlines()]
    vocabulary = json.loads(vocabulary_path.read_text(encoding="utf-8"))
    log.info("%d tunes; %s", len(tunes), ", ".join(f"{name} {value}" for name, value in settings.items()))
    model = train_model(tunes, vocabulary, TrainingSettings(**settings), report=log.info)
    kept = min(model.epochs, key=lambda epoch: epoch.validation_loss)
    log.info("kept epoch %d: validation loss %.4f nats a token", kept.number, kept.validation_loss)
    write_folkrnn_pickle(model, checkpoint_path)


if __name__ == "__main__":
    with run_job(snakemake):
        main(
            corpus_path=Path(snakemake.input.corpus),
            vocabulary_path=Path(snakemake.input.vocabulary),
            checkpoint_path=Path(snakemake.output.checkpoint),
            **snakemake.params.job["config"],
        )
