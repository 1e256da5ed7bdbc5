"""Human-readable summary of a checkpoint."""

import numpy as np

from folkprobe.music.vocabulary import group_by_class
from folkprobe.network.checkpoint import Checkpoint

_MAX_TOKENS_A_LINE = 24


def summarise_checkpoint(checkpoint: Checkpoint) -> list[str]:
    """Describe a network in lines of text, `checkpoint_warnings` last."""
    return [
        f"model {checkpoint.name!r}, converted from {checkpoint.source_format}, sha256 {checkpoint.source_sha256}",
        *_layer_table(checkpoint),
        _embedding(checkpoint),
        *_excisions(checkpoint),
        *_steerings(checkpoint),
        *_vocabulary(checkpoint),
        *(f"warning: {warning}" for warning in checkpoint_warnings(checkpoint)),
    ]


def checkpoint_warnings(checkpoint: Checkpoint) -> list[str]:
    """Return a line for each token class that the vocabulary lacks, and one naming the tokens of no class."""
    groups = group_by_class(checkpoint.vocabulary)
    unknown = groups.pop(None, [])
    warnings = [f"the vocabulary has no token of the class {name}" for name, tokens in groups.items() if not tokens]
    if unknown:
        warnings.append(f"of no class of the folk-rnn v2 format, so ignored where bars are counted: {_listed(unknown)}")
    return warnings


def _layer_table(checkpoint: Checkpoint) -> list[str]:
    rows = [("layer", "inputs", "units", "parameters", "|h0|", "|c0|")]
    for number, layer in enumerate(checkpoint.layers, start=1):
        n_parameters = layer.W_x.size + layer.W_h.size + layer.b.size
        norms = (f"{np.linalg.norm(state.astype(np.float64)):.4g}" for state in (layer.h0, layer.c0))
        rows.append((str(number), f"{layer.W_x.shape[1]:,}", f"{layer.n_units:,}", f"{n_parameters:,}", *norms))
    softmax = checkpoint.softmax
    n_vocabulary, n_units = softmax.V.shape
    rows.append(("softmax", f"{n_units:,}", f"{n_vocabulary:,}", f"{softmax.V.size + softmax.v.size:,}", "", ""))
    rows.append(("all", "", "", f"{checkpoint.n_parameters:,}", "", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _embedding(checkpoint: Checkpoint) -> str:
    if checkpoint.embedding is None:
        return "embedding: one-hot"
    n_vocabulary, n_in = checkpoint.embedding.shape
    return f"embedding: learned, {n_vocabulary} tokens to {n_in} values, counted among the parameters"


def _steerings(checkpoint: Checkpoint) -> list[str]:
    return [
        f"softmax: {steering.directions.shape[1]} directions removed from V, v shifted by up to "
        f"{np.abs(steering.shift).max():.4g} logits"
        for steering in checkpoint.steerings
    ]


def _excisions(checkpoint: Checkpoint) -> list[str]:
    if not checkpoint.excisions:
        return ["excised: nothing"]
    return [
        f"excised: {len(excision.unit_index)} units of layer {excision.layer}, scope {excision.scope}, "
        f"held at {_values(excision.value)}: {_ranges(excision.unit_index)}"
        for excision in checkpoint.excisions
    ]


def _values(value: np.ndarray) -> str:
    if len(value) == 0 or value.min() == value.max():
        return f"{value[0]:g}" if len(value) else "nothing"
    return f"{value.min():.4g} to {value.max():.4g}"


def _ranges(unit_index: np.ndarray) -> str:
    """Return ascending numbers as text, runs as first-last."""
    runs = np.split(unit_index, np.flatnonzero(np.diff(unit_index) != 1) + 1)
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs if len(run))


def _vocabulary(checkpoint: Checkpoint) -> list[str]:
    lines = [f"vocabulary: {len(checkpoint.vocabulary)} tokens"]
    for name, tokens in group_by_class(checkpoint.vocabulary).items():
        lines.append(f"  {name or 'of no class'} ({len(tokens)}): {_listed(tokens)}".rstrip())
    return lines


def _listed(tokens: list[str]) -> str:
    shown = " ".join(tokens[:_MAX_TOKENS_A_LINE])
    n_more = len(tokens) - _MAX_TOKENS_A_LINE
    return f"{shown} and {n_more} more" if n_more > 0 else shown
