"""The script train_model: needs the extra `train`."""

import json

import numpy as np
import pytest
import yaml
from project import ROOT

from folkprobe.network.formats import convert_checkpoint

training = pytest.importorskip(
    "folkprobe.network.training", reason="PyTorch is not installed: install the extra `train`"
)

VOCABULARY = ["<s>", "|", "C", "D", "</s>", "M:4/4"]
SETTINGS = {
    "n_layers": 2,
    "n_units": 4,
    "n_epochs": 3,
    "n_tunes_per_batch": 4,
    "learning_rate": 0.05,
    "dropout": 0.1,
    "weight_decay": 0.01,
    "gradient_norm_max": 1.0,
    "validation_fraction": 0.2,
    "rng_seed": 3,
}


def test_the_weights_of_the_best_epoch_are_written(script, tmp_path, caplog):
    caplog.set_level("INFO", logger="folkprobe")
    tunes = [["M:4/4", *["C", "D", "|"] * (1 + k % 3)] for k in range(12)]
    (tmp_path / "corpus.txt").write_text("".join(" ".join(tune) + "\n" for tune in tunes))
    (tmp_path / "vocabulary.json").write_text(json.dumps(VOCABULARY))
    script("train_model").main(
        corpus_path=tmp_path / "corpus.txt",
        vocabulary_path=tmp_path / "vocabulary.json",
        checkpoint_path=tmp_path / "demo.pkl",
        **SETTINGS,
    )
    settings = training.TrainingSettings(**SETTINGS)
    model = training.train_model(tunes, VOCABULARY, settings, report=lambda line: None)
    written = convert_checkpoint(tmp_path / "demo.pkl")
    assert written.vocabulary == tuple(VOCABULARY)
    assert np.array_equal(written.softmax.V, model.param_values[-2].T)
    assert np.array_equal(written.layers[0].W_x[0], model.param_values[1])
    kept = 1 + int(np.argmin([epoch.validation_loss for epoch in model.epochs]))
    assert any(f"kept epoch {kept}:" in message for message in caplog.messages)


def test_the_configuration_names_every_setting_and_no_other():
    config = yaml.safe_load((ROOT / "config/training.yaml").read_text(encoding="utf-8"))
    for settings in config["models"].values():
        assert set(settings) == set(training.TrainingSettings.__dataclass_fields__) == set(SETTINGS)
