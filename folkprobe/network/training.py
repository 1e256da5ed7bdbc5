"""Training of a folk-rnn in PyTorch: the only module that imports torch; no other module imports this one."""

import math
import pickle
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from folkprobe.artefact import whole_file
from folkprobe.music.vocabulary import END_TOKEN, START_TOKEN
from folkprobe.refusal import Refusal

N_GATES = 4
_PADDING = -100  # what cross_entropy leaves out of the mean


@dataclass(frozen=True)
class TrainingSettings:
    """How a model is trained.

    Attributes
    ----------
    n_layers : int
        LSTM layers, one on the other.
    n_units : int
        Units of each layer.
    n_epochs : int
        Passes through the training tunes.
    n_tunes_per_batch : int
        Tunes of one gradient step.
    learning_rate : float
        Adam's step size at the start; it falls to zero along half a cosine.
    dropout : float
        Share of the outputs of each layer that are set to zero while training, in [0, 1).
    weight_decay : float
        Decoupled weight decay (AdamW), per unit of learning rate; of the matrices only.
    gradient_norm_max : float
        Gradients with a larger norm are scaled down to it.
    validation_fraction : float
        Share of the tunes that are held out, in (0, 1).
    rng_seed : int
        Of the split, the initial weights, the order of the tunes and the dropout.
    """

    n_layers: int
    n_units: int
    n_epochs: int
    n_tunes_per_batch: int
    learning_rate: float
    dropout: float
    weight_decay: float
    gradient_norm_max: float
    validation_fraction: float
    rng_seed: int


@dataclass(frozen=True)
class Epoch:
    """Losses after one epoch, in nats a token; that of training is taken under dropout, while the weights move."""

    number: int
    training_loss: float
    validation_loss: float


@dataclass(frozen=True)
class TrainedModel:
    """The weights of the epoch with the lowest validation loss.

    Attributes
    ----------
    vocabulary : tuple of str
        Tokens in index order.
    param_values : list of ndarray, 1 + 14 n_layers + 2 arrays, float32
        In folk-rnn's order: the one-hot embedding; for each layer W_x (n_in, n_units), W_h (n_units, n_units) and b
        (n_units,) of the input, forget, cell and output gate, then the initial cell state and the initial hidden
        state, each (1, n_units); W (n_units, n_vocabulary) and b (n_vocabulary,) of the softmax layer.
    epochs : tuple of Epoch
        All epochs, in order.
    """

    vocabulary: tuple[str, ...]
    param_values: list[np.ndarray]
    epochs: tuple[Epoch, ...]


class FolkRnn(nn.Module):
    """LSTM layers over one-hot tokens, with initial states that are learnt, and a softmax layer.

    Parameters
    ----------
    n_vocabulary, n_layers, n_units : int
        Number of tokens, of layers, and of units in each layer.
    dropout : float
        After each layer, in [0, 1).

    Notes
    -----
    PyTorch's gates stand in the order i, f, g, o, which is folk-rnn's input, forget, cell, output. Its second bias is
    held at zero: the two only ever occur as a sum.
    """

    def __init__(self, n_vocabulary: int, n_layers: int, n_units: int, dropout: float) -> None:
        super().__init__()
        self.n_vocabulary = n_vocabulary
        # PyTorch drops between layers, and warns where there are none.
        self.lstm = nn.LSTM(n_vocabulary, n_units, n_layers, dropout=dropout if n_layers > 1 else 0.0)
        self.h0 = nn.Parameter(torch.zeros(n_layers, 1, n_units))
        self.c0 = nn.Parameter(torch.zeros(n_layers, 1, n_units))
        self.dropout = nn.Dropout(dropout)
        self.softmax = nn.Linear(n_units, n_vocabulary)
        for layer, (W_x, W_h, b, b_zero) in enumerate(self.lstm.all_weights):
            for gate_rows in W_x.chunk(N_GATES) if layer else ():
                # Smaller input weights leave stacked layers on the unigram plateau for long.
                nn.init.orthogonal_(gate_rows, gain=1.6)
            for gate_rows in W_h.chunk(N_GATES):
                nn.init.orthogonal_(gate_rows)
            nn.init.zeros_(b)
            # R. Jozefowicz et al., An empirical exploration of recurrent network architectures, ICML 2015.
            nn.init.ones_(b.chunk(N_GATES)[1])
            nn.init.zeros_(b_zero).requires_grad_(False)
        # A one-hot input has norm 1, whatever the number of tokens: its weights need the scale of one unit.
        nn.init.uniform_(self.lstm.weight_ih_l0, -0.6, 0.6)

    def forward(self, token_index: torch.Tensor) -> torch.Tensor:
        """Return logits, (n_steps, n_tunes, n_vocabulary), for the tokens after `token_index`, (n_steps, n_tunes)."""
        n_tunes = token_index.shape[1]
        initial = tuple(state.expand(-1, n_tunes, -1).contiguous() for state in (self.h0, self.c0))
        hidden_state, _ = self.lstm(one_hot(token_index, self.n_vocabulary).float(), initial)
        return self.softmax(self.dropout(hidden_state))

    def param_values(self) -> list[np.ndarray]:
        """Copy the weights in folk-rnn's order (see `TrainedModel`)."""
        arrays = [np.eye(self.n_vocabulary, dtype=np.float32)]
        for layer, weights in enumerate(self.lstm.all_weights):
            for W_x, W_h, b in zip(*(w.detach().chunk(N_GATES) for w in weights[:3]), strict=True):
                # Row vectors: folk-rnn multiplies from the left, x @ W.
                arrays += [W_x.T.numpy(), W_h.T.numpy(), b.numpy()]
            arrays += [self.c0.detach()[layer].numpy(), self.h0.detach()[layer].numpy()]
        arrays += [self.softmax.weight.detach().T.numpy(), self.softmax.bias.detach().numpy()]
        return [np.array(array, dtype=np.float32, order="C") for array in arrays]


def train_model(
    tunes: Sequence[Sequence[str]],
    vocabulary: Sequence[str],
    settings: TrainingSettings,
    *,
    report: Callable[[str], None] = print,
) -> TrainedModel:
    """Train a model to predict each next token of `tunes`.

    Parameters
    ----------
    tunes : sequence of sequence of str
        Tokens of each tune, without ``<s>`` and ``</s>``. They are taken as they are: nothing is augmented.
    vocabulary : sequence of str
        All tokens, in the order of their index.
    settings : TrainingSettings
        How to train.
    report : callable
        Called with one line of progress after every epoch.

    Returns
    -------
    TrainedModel
        The same for the same arguments, on the same kind of processor and version of PyTorch.

    Raises
    ------
    Refusal
        For a tune with a token that the vocabulary lacks, and for fewer than two tunes.
    """
    n_validation = max(1, round(settings.validation_fraction * len(tunes)))
    if n_validation >= len(tunes):
        raise Refusal(f"{len(tunes)} tunes are too few to train on: give at least two")
    token_index = _index_tunes(tunes, vocabulary)
    threads_before = torch.get_num_threads()
    torch.set_num_threads(1)  # sums over several threads depend on their number
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.rng_seed)
            order = torch.randperm(len(tunes)).tolist()
            validation_set = [token_index[k] for k in order[:n_validation]]
            training_set = [token_index[k] for k in order[n_validation:]]
            return _train(training_set, validation_set, tuple(vocabulary), settings, report)
    finally:
        torch.set_num_threads(threads_before)


def write_folkrnn_pickle(model: TrainedModel, path: Path | str) -> None:
    """Write a trained model as folk-rnn does.

    Parameters
    ----------
    model : TrainedModel
        What to write; the losses are not in the file.
    path : Path or str
        The file; the same model gives the same bytes under the same versions of Python and NumPy.

    Notes
    -----
    Protocol 2, as folk-rnn's. Python 3 writes the bytes of an array as text there, in UTF-8, so that the file is about
    half as large again as its arrays.
    """
    token2idx = {token: index for index, token in enumerate(model.vocabulary)}
    content = {"token2idx": token2idx, "param_values": model.param_values}
    with whole_file(path) as temporary:
        temporary.write_bytes(pickle.dumps(content, protocol=2))


def _train(
    training_set: list[torch.Tensor],
    validation_set: list[torch.Tensor],
    vocabulary: tuple[str, ...],
    settings: TrainingSettings,
    report: Callable[[str], None],
) -> TrainedModel:
    model = FolkRnn(len(vocabulary), settings.n_layers, settings.n_units, settings.dropout)
    weights = [w for w in model.parameters() if w.requires_grad]
    matrices = [w for w in weights if w.ndim == 2]
    others = [w for w in weights if w.ndim != 2]
    optimiser = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": settings.weight_decay}, {"params": others, "weight_decay": 0.0}],
        lr=settings.learning_rate,
    )
    n_steps_all = settings.n_epochs * math.ceil(len(training_set) / settings.n_tunes_per_batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda k: (1 + math.cos(math.pi * k / n_steps_all)) / 2)
    n_tokens = sum(len(tune) - 1 for tune in training_set)
    validation_batches = _batches(validation_set, settings.n_tunes_per_batch)
    epochs: list[Epoch] = []
    best: list[np.ndarray] = []
    started_s = time.monotonic()
    for number in range(1, settings.n_epochs + 1):
        epoch_started_s = time.monotonic()
        model.train()
        loss_sum = 0.0
        shuffled = [training_set[k] for k in torch.randperm(len(training_set)).tolist()]
        batches = _batches(shuffled, settings.n_tunes_per_batch)
        for k in torch.randperm(len(batches)).tolist():
            optimiser.zero_grad()
            loss, n_targets = _loss(model, batches[k])
            loss.backward()
            nn.utils.clip_grad_norm_(weights, settings.gradient_norm_max)
            optimiser.step()
            schedule.step()
            loss_sum += loss.item() * n_targets
        epochs.append(Epoch(number, loss_sum / n_tokens, _mean_loss(model, validation_batches)))
        if epochs[-1].validation_loss == min(epoch.validation_loss for epoch in epochs):
            best = model.param_values()
        now_s = time.monotonic()
        report(
            f"epoch {number}/{settings.n_epochs}: loss {epochs[-1].training_loss:.4f}, validation loss "
            f"{epochs[-1].validation_loss:.4f} nats a token; {n_tokens / (now_s - epoch_started_s):.0f} tokens/s; "
            f"{(now_s - started_s) / number * (settings.n_epochs - number) / 60:.1f} min left"
        )
        if not math.isfinite(epochs[-1].validation_loss):
            raise Refusal(f"the loss of epoch {number} is not finite: lower learning_rate")
    return TrainedModel(vocabulary, best, tuple(epochs))


def _index_tunes(tunes: Sequence[Sequence[str]], vocabulary: Sequence[str]) -> list[torch.Tensor]:
    index = {token: k for k, token in enumerate(vocabulary)}
    for token in (START_TOKEN, END_TOKEN, *(token for tune in tunes for token in tune)):
        if token not in index:
            raise Refusal(f"the vocabulary lacks the token {token!r}: add it, or leave out the tunes that use it")
    return [torch.tensor([index[token] for token in (START_TOKEN, *tune, END_TOKEN)]) for tune in tunes]


def _batches(tunes: list[torch.Tensor], n_tunes_per_batch: int) -> list[torch.Tensor]:
    """Group tunes of similar length, padded to the longest; shape (n_tokens, n_tunes) each."""
    tunes = sorted(tunes, key=len)
    return [
        nn.utils.rnn.pad_sequence(tunes[k : k + n_tunes_per_batch], padding_value=_PADDING)
        for k in range(0, len(tunes), n_tunes_per_batch)
    ]


def _loss(model: FolkRnn, batch: torch.Tensor) -> tuple[torch.Tensor, int]:
    """Return the mean loss in nats a token, and how many tokens were predicted."""
    # Padding does not affect the loss, since nothing after it is predicted.
    logits = model(batch[:-1].clamp(min=0))
    targets = batch[1:].reshape(-1)
    loss = cross_entropy(logits.reshape(-1, model.n_vocabulary), targets, ignore_index=_PADDING)
    return loss, int((targets != _PADDING).sum())


@torch.no_grad()
def _mean_loss(model: FolkRnn, batches: list[torch.Tensor]) -> float:
    model.eval()
    losses = [_loss(model, batch) for batch in batches]
    return sum(loss.item() * n_targets for loss, n_targets in losses) / sum(n_targets for _, n_targets in losses)
