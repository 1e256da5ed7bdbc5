"""Training, on a toy corpus: needs the extra `train`."""

import dataclasses
import math

import numpy as np
import pytest
from networks import random_checkpoint

from folkprobe.network.formats import convert_checkpoint
from folkprobe.network.trajectory import capture_trajectory
from folkprobe.refusal import Refusal

torch = pytest.importorskip("torch", reason="PyTorch is not installed: install the extra `train` to test the training")
training = pytest.importorskip("folkprobe.network.training")

VOCABULARY = ("<s>", "|", "C", "D", "</s>", "M:4/4", "K:Cmaj")
SETTINGS = training.TrainingSettings(
    n_layers=3,
    n_units=5,
    n_epochs=2,
    n_tunes_per_batch=4,
    learning_rate=0.05,
    dropout=0.1,
    weight_decay=0.01,
    gradient_norm_max=1.0,
    validation_fraction=0.1,
    rng_seed=3,
)
# Tunes of 1 to 4 bars, so that batches are padded.
TUNES = [["M:4/4", "K:Cmaj", *(["C", "D", "|"] * (1 + k % 4))] for k in range(40)]


@pytest.fixture(scope="module")
def model():
    return training.train_model(TUNES, VOCABULARY, SETTINGS, report=lambda line: None)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def scalar_posteriors(arrays: list[np.ndarray], token_index: list[int]) -> list[list[float]]:
    """Next-token probabilities after each token, number by number in float64, straight from the arrays."""
    layers = [
        [array.astype(float).tolist() for array in arrays[1 + 14 * k : 15 + 14 * k]] for k in range(len(arrays) // 14)
    ]
    V, v = arrays[-2].astype(float).tolist(), arrays[-1].astype(float).tolist()
    cell = [layer[12][0] for layer in layers]
    hidden = [layer[13][0] for layer in layers]
    posteriors = []
    for token in token_index:
        x = [float(k == token) for k in range(len(v))]
        for k, layer in enumerate(layers):
            gates = [
                [
                    sum(x[a] * W_x[a][unit] for a in range(len(x)))
                    + sum(hidden[k][a] * W_h[a][unit] for a in range(len(hidden[k])))
                    + b[unit]
                    for unit in range(len(b))
                ]
                for W_x, W_h, b in (layer[3 * gate : 3 * gate + 3] for gate in range(4))
            ]
            i, f, g, o = gates
            cell[k] = [sigmoid(f[u]) * cell[k][u] + sigmoid(i[u]) * math.tanh(g[u]) for u in range(len(i))]
            hidden[k] = x = [sigmoid(o[u]) * math.tanh(cell[k][u]) for u in range(len(i))]
        logits = [sum(x[u] * V[u][a] for u in range(len(x))) + v[a] for a in range(len(v))]
        total = sum(math.exp(logit) for logit in logits)
        posteriors.append([math.exp(logit) / total for logit in logits])
    return posteriors


def test_loss_falls(model):
    first, second = model.epochs
    assert (first.number, second.number) == (1, 2)
    assert second.training_loss < first.training_loss < 2.5
    assert second.validation_loss < first.validation_loss
    # Better than knowing how often each token occurs, which is about 1.7 nats.
    longer = dataclasses.replace(SETTINGS, n_epochs=30)
    epochs = training.train_model(TUNES, VOCABULARY, longer, report=lambda line: None).epochs
    assert epochs[-1].validation_loss < 0.7


def test_losses_do_not_count_the_padding(model):
    """The validation loss is the mean over all tokens of the tunes held out, from the arrays alone."""
    held_out = [["C"], ["M:4/4", "K:Cmaj", "C", "|"], ["M:4/4", "K:Cmaj", *(["D", "|"] * 4)]]
    index = {token: k for k, token in enumerate(VOCABULARY)}
    network = training.FolkRnn(len(VOCABULARY), 3, 5, dropout=0.5)
    arrays = network.param_values()
    losses = []
    for tune in held_out:
        tokens = [index[token] for token in ("<s>", *tune, "</s>")]
        posteriors = scalar_posteriors(arrays, tokens[:-1])
        losses += [-math.log(posterior[token]) for posterior, token in zip(posteriors, tokens[1:], strict=True)]
    batches = training._batches(training._index_tunes(held_out, VOCABULARY), 2)
    assert [batch.shape for batch in batches] == [(6, 2), (12, 1)]
    assert training._mean_loss(network, batches) == pytest.approx(np.mean(losses), rel=1e-5)


@pytest.mark.parametrize("n_layers", [1, 2, 4])
def test_arrays_give_the_probabilities_of_the_network(n_layers):
    """Catches a wrong gate order, a transposed matrix, swapped or forgotten initial states."""
    torch.manual_seed(0)
    network = training.FolkRnn(len(VOCABULARY), n_layers, 5, dropout=0.0)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if "bias_hh" not in name:
                parameter.normal_(std=0.8)
    token_index = [0, 5, 6, 2, 3, 1, 2]
    with torch.no_grad():
        expected = network(torch.tensor(token_index)[:, None])[:, 0].double().softmax(-1).numpy()
    np.testing.assert_allclose(scalar_posteriors(network.param_values(), token_index), expected, atol=1e-6)


@pytest.mark.parametrize("n_layers", [1, 2, 4])
@pytest.mark.parametrize("n_embedding", [None, 3])
def test_pytorchs_own_lstm_gives_the_same_states(n_layers, n_embedding):
    rng = np.random.default_rng(n_layers)
    network = random_checkpoint(n_layers, n_units=(5,) * n_layers, n_embedding=n_embedding)
    token_index = rng.integers(0, len(network.vocabulary), 40)
    lstm = torch.nn.LSTM(network.layers[0].W_x.shape[1], 5, n_layers).double()
    with torch.no_grad():
        for weights, layer in zip(lstm.all_weights, network.layers, strict=True):
            by_row = [array.transpose(0, 2, 1).reshape(20, -1) for array in (layer.W_x, layer.W_h)]
            for weight, array in zip(weights, (*by_row, layer.b.reshape(-1), np.zeros(20)), strict=True):
                weight.copy_(torch.from_numpy(array))
        states = [np.stack([getattr(layer, name) for layer in network.layers])[:, None] for name in ("h0", "c0")]
        embedding = np.eye(len(network.vocabulary)) if n_embedding is None else network.embedding
        read = torch.from_numpy(embedding[token_index].astype(np.float64))[:, None]
        theirs, (last_h, last_c) = lstm(read, tuple(torch.from_numpy(state.astype(np.float64)) for state in states))
    ours = capture_trajectory(network, [network.vocabulary[index] for index in token_index])
    np.testing.assert_allclose(ours.hidden_state[-1], theirs[:, 0].numpy(), rtol=0, atol=1e-12)
    for layer in range(n_layers):
        np.testing.assert_allclose(ours.hidden_state[layer][-1], last_h[layer, 0].numpy(), rtol=0, atol=1e-12)
        np.testing.assert_allclose(ours.cell_state[layer][-1], last_c[layer, 0].numpy(), rtol=0, atol=1e-12)


@pytest.mark.parametrize("n_layers", [1, 2])
def test_a_network_of_another_depth_is_trained_and_read_back(n_layers, tmp_path):
    settings = dataclasses.replace(SETTINGS, n_layers=n_layers)
    trained = training.train_model(TUNES, VOCABULARY, settings, report=lambda line: None)
    training.write_folkrnn_pickle(trained, tmp_path / "toy.pkl")
    assert [layer.n_units for layer in convert_checkpoint(tmp_path / "toy.pkl").layers] == [5] * n_layers


def test_layout_is_folk_rnns(model):
    shapes = [array.shape for array in model.param_values]
    layers = [[(n_in, 5), (5, 5), (5,)] * 4 + [(1, 5)] * 2 for n_in in (7, 5, 5)]
    assert shapes == [(7, 7), *layers[0], *layers[1], *layers[2], (5, 7), (7,)]
    assert {array.dtype.str for array in model.param_values} == {"<f4"}
    np.testing.assert_array_equal(model.param_values[0], np.eye(7))
    assert all(np.any(model.param_values[k]) for k in (13, 14, 27, 28, 41, 42)), "an initial state was not learnt"


def test_same_arguments_give_the_same_bytes(model, tmp_path):
    again = training.train_model(TUNES, VOCABULARY, SETTINGS, report=lambda line: None)
    other = training.train_model(TUNES, VOCABULARY, dataclasses.replace(SETTINGS, rng_seed=4), report=lambda line: None)
    for name, trained in (("a", model), ("b", again), ("c", other)):
        training.write_folkrnn_pickle(trained, tmp_path / f"{name}.pkl")
    a, b, c = ((tmp_path / f"{name}.pkl").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_pickle_is_read_back_by_the_safe_reader(model, tmp_path):
    training.write_folkrnn_pickle(model, tmp_path / "toy.pkl")
    checkpoint = convert_checkpoint(tmp_path / "toy.pkl")
    assert checkpoint.vocabulary == VOCABULARY
    np.testing.assert_array_equal(checkpoint.layers[1].W_x[3], model.param_values[15 + 9])
    np.testing.assert_array_equal(checkpoint.layers[2].h0, model.param_values[42][0])
    np.testing.assert_array_equal(checkpoint.layers[0].c0, model.param_values[13][0])
    np.testing.assert_array_equal(checkpoint.softmax.V, model.param_values[43].T)


def test_progress_is_reported_every_epoch():
    lines = []
    training.train_model(TUNES, VOCABULARY, SETTINGS, report=lines.append)
    assert [line.split(":")[0] for line in lines] == ["epoch 1/2", "epoch 2/2"]
    assert all("validation loss" in line and "tokens/s" in line and "min left" in line for line in lines)


def test_token_that_the_vocabulary_lacks_is_named():
    with pytest.raises(Refusal, match="'z'"):
        training.train_model([*TUNES, ["z"]], VOCABULARY, SETTINGS)


def test_one_tune_is_too_few():
    with pytest.raises(Refusal, match="two"):
        training.train_model(TUNES[:1], VOCABULARY, SETTINGS)
