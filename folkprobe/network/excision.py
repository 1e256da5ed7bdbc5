"""Excision of units from a network: a transform checkpoint -> checkpoint.

With R the excised units of layer l and m what is read in their place, the recurrence of layer l reads
``h' = h (1 - e_R) + m e_R`` under the scopes `rec` and `both`, and what comes after the layer (the next layer's
input product, or the softmax) reads h' under `out` and `both`. Both products are linear, so m moves into the biases
(``b += m W_row``) and the rows of W that the units fed are cleared. Under `both` nothing is left that reads the
units, which then go altogether: their columns too, their initial states, their cells. folk-rnn has no peepholes,
so a cell reaches nothing but its own unit.
"""

from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral

import numpy as np

from folkprobe.network.checkpoint import Checkpoint, Excision, Layer
from folkprobe.refusal import Refusal

# Who reads the value in place of the unit under each scope.
_READERS = {"both": {"next layer", "recurrence"}, "out": {"next layer"}, "rec": {"recurrence"}}
SCOPES = tuple(_READERS)


def excise_units(
    checkpoint: Checkpoint,
    layer: int,
    unit_index: Sequence[int] | np.ndarray,
    *,
    value: float | Sequence[float] | np.ndarray = 0.0,
    scope: str = "both",
) -> Checkpoint:
    """Hold units of one layer at constant values, as far as anything that reads them is concerned.

    Parameters
    ----------
    checkpoint : Checkpoint
        Not modified.
    layer : int
        Counted from 1.
    unit_index : sequence of int
        Original unit numbers (zero-based, as in ``Layer.unit_index``), each at most once. Empty gives a checkpoint
        that behaves as the given one.
    value : float or sequence of float, shape (len(unit_index),)
        What is read in place of each unit: 0 (the article's excision) or, say, the unit's own mean.
    scope : {"both", "out", "rec"}
        `out`: only what feeds the next layer or the softmax reads the value. `rec`: at every step, step 0 included,
        the layer's own recurrence reads it, so the unit's h0 is never read; its cell goes on as before, from the gates
        so changed, and what comes after reads the true output.
        `both`: both, and the units leave the network. `out` followed by `rec` behaves as `both`.

    Returns
    -------
    Checkpoint
        The biases that the units fed, and V where they fed it, are float64; the other arrays keep their type.

    Raises
    ------
    Refusal
        For an unknown layer or scope, a unit that the layer does not have or that is already cut out of this scope,
        a unit named twice, a value that is not finite.

    References
    ----------
    B. L. Sturm, *Making sense of the folk-rnn v2 model*, part 7: the units of layer 1 with power at 9 steps.
    """
    if not isinstance(layer, Integral) or layer not in range(1, len(checkpoint.layers) + 1):
        raise Refusal(f"layer {layer!r} is not one of the model's layers 1 to {len(checkpoint.layers)}")
    if scope not in SCOPES:
        raise Refusal(f"scope {scope!r} is not one of {', '.join(SCOPES)}")
    position, values = _positions(checkpoint, layer, unit_index, value, scope)
    target = checkpoint.layers[layer - 1]
    layers, softmax = list(checkpoint.layers), checkpoint.softmax
    excised_number = target.unit_index[position]

    if "recurrence" in _READERS[scope]:
        W_h = target.W_h.copy()
        b = target.b + np.einsum("r,gru->gu", values, W_h[:, position].astype(np.float64))
        W_h[:, position] = 0
        target = replace(target, W_h=W_h, b=b)
    if "next layer" in _READERS[scope]:
        if layer < len(layers):
            above = layers[layer]
            W_x = above.W_x.copy()
            b = above.b + np.einsum("r,gru->gu", values, W_x[:, position].astype(np.float64))
            W_x[:, position] = 0
            layers[layer] = replace(above, W_x=W_x, b=b)
        else:
            V = softmax.V.astype(np.float64)
            v = softmax.v + V[:, position] @ values
            V[:, position] = 0
            softmax = replace(softmax, V=V, v=v)
    if scope == "both":
        kept = np.delete(np.arange(target.n_units), position)
        target = _keep_units(target, kept)
        if layer < len(layers):
            layers[layer] = replace(layers[layer], W_x=layers[layer].W_x[:, kept])
        else:
            softmax = replace(softmax, V=softmax.V[:, kept])
    layers[layer - 1] = target

    record = Excision(layer=layer, scope=scope, unit_index=excised_number, value=values)
    return replace(checkpoint, layers=tuple(layers), softmax=softmax, excisions=(*checkpoint.excisions, record))


def _positions(
    checkpoint: Checkpoint, layer: int, unit_index: Sequence[int] | np.ndarray, value: object, scope: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the named units in the present layer, ascending, and their values in that order."""
    wanted = np.asarray(unit_index)
    if wanted.size == 0:
        wanted = wanted.astype(np.int64)
    if wanted.ndim != 1 or not np.issubdtype(wanted.dtype, np.integer):
        raise Refusal(f"unit_index must be a list of whole numbers, not {unit_index!r}")
    try:
        values = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise Refusal(f"the value of an excised unit must be a number, or one per unit, not {value!r}") from None
    if values.ndim > 0 and values.shape != wanted.shape:
        raise Refusal(f"{values.size} values are given for {wanted.size} units: give one number, or one per unit")
    if not np.isfinite(values).all():
        raise Refusal("the value of an excised unit must be a finite number")
    present = checkpoint.layers[layer - 1].unit_index
    numbers, counts = np.unique(wanted, return_counts=True)
    if (counts > 1).any():
        raise Refusal(f"unit {numbers[counts > 1][0]} of layer {layer} is named more than once")
    earlier_cuts = [e for e in checkpoint.excisions if e.layer == layer and _READERS[e.scope] & _READERS[scope]]
    for number in numbers:
        for earlier in earlier_cuts:
            # Its row is already cleared: a second excision, perhaps at another value, would silently do nothing.
            if number in earlier.unit_index:
                raise Refusal(
                    f"unit {number} of layer {layer} is already excised with scope {earlier.scope}: "
                    "leave it out, or start from the intact checkpoint"
                )
        if number not in present:
            raise Refusal(f"layer {layer} has no unit {number}: its units are numbered from 0")
    order = np.argsort(wanted)
    return np.searchsorted(present, wanted[order]), np.broadcast_to(values, wanted.shape)[order]


def _keep_units(layer: Layer, kept: np.ndarray) -> Layer:
    return Layer(
        W_x=layer.W_x[:, :, kept],
        W_h=layer.W_h[:, kept][:, :, kept],
        b=layer.b[:, kept],
        h0=layer.h0[kept],
        c0=layer.c0[kept],
        unit_index=layer.unit_index[kept],
    )
