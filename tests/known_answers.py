"""Networks whose mechanism is known because it is written into their weights, gate by gate.

Every gate is saturated by a bias of +-20, so a unit is one of two things. With its forget gate shut it has no memory:
c = g, h = tanh(g), g = tanh(x W_xc + b_c). With its forget gate open it adds up: c <- c + g.

**Counter** (layer 1). With D = 1/10 and n the eighths since the last bar token, its cell is

    c = D (n - 7.5),   h = tanh(c):  below 0 while the bar is incomplete, above 0 once it is full.

A note adds D, a duration token `2` or `3` after it 1 D or 2 D more (it multiplies a note of one eighth), any other
token nothing; a bar token shuts the forget gate and writes -7.5 D. The first bar starts from c0 = -7.5 D, so initial
states matter. Its memory is its cell, so the scope `rec` takes nothing from it, and `out` everything.

**Thresholds** (layer 2): g = tanh(400 (h - T)) is +1 or -1. Each counter has two: `full` (n = 8, T = 0) and `roomy`
(n <= 6, so that a `3` still fits). Layer 3 takes the counters together: `full` by the sign of the sum, `roomy` by OR.
Of a counter that is held at 0, `full` is exactly 0 and `roomy` is -1: it says nothing, and the other one decides.

**Output.** The logit of a bar token is log(1/9) + 60 full: certain at 8 eighths and impossible before. Without a
counter it is log(1/9): about one token in ten, wherever it falls. Durations need `note`, a unit of layer 1 that knows
whether the last token was a note, and `3` needs `roomy`. `</s>` is certain after 16 bars and impossible before, by a
unit of layer 1 that adds up bar tokens, `form`: a tune has about 147 steps, with a counter or without.

**Follower** (layer 1): i = sigma(-20 + 40 [bar token]), g = 1: it spikes at a bar token, as periodic as the counter,
and nothing reads it.

**Fillers**: all other units. They carry the pitches, weights of random size, from layer to layer to the logits of the
pitches, so that excising one changes tunes and no bar. They read as many pitches with a weight as with its negative and
no other token, so their mean does not depend on the place in the bar.

**Oscillator**, instead of counters: eight units of layer 1 form a ring, `RING`. Each note hands the single +1 among
them on to the next unit; no other token moves it, the bar token neither. The unit `full` of layer 2 is +1 where the
last token was a note and the +1 stands at the beginning of the ring again.

A note and its bar token are 9 steps; so is a bar with a `2`, while one with a `3` has 8. Hence the three ways of
counting that `counts` offers: `durations` is right, `steps` takes a `3` for one eighth, `notes` takes neither duration
for anything.
"""

import numpy as np

from folkprobe.network.checkpoint import Checkpoint, Layer, Softmax

PITCHES = ("C", "D", "E", "F", "G", "A", "B", "c")
VOCABULARY = ("K:Cmaj", "|", "C", "2", "D", "E", "</s>", "F", "G", "M:4/4", "A", "3", "B", "c", "<s>")
PROMPT = "M:4/4 K:Cmaj"
N_UNITS = 16

# Where the units of layer 1 stand; neighbours are fillers, so that no unit is found by counting from the wrong end.
COUNTERS = (5, 11)
FOLLOWER = 8
RING = (0, 3, 4, 6, 7, 9, 10, 12)
NOTE, FORM = 2, 13
# Layers 2 and 3; a second counter has its own thresholds in layer 2.
FULL, ROOMY, NOTE_ABOVE, FORM_ABOVE = (4, 7), (9, 14), 1, 12

EIGHTHS = {
    "durations": dict.fromkeys(PITCHES, 1) | {"2": 1, "3": 2},
    "steps": dict.fromkeys(PITCHES, 1) | {"2": 1, "3": 1},
    "notes": dict.fromkeys(PITCHES, 1),
}

_INPUT, _FORGET, _CELL, _OUTPUT = range(4)
_SATURATED = 20.0
_STEEP = 400.0
_PER_EIGHTH, _PER_BAR = 0.1, 0.05
N_BARS = 16
# What a threshold's hidden state is when it is +1.
_YES = np.tanh(1.0)


def constructed_network(*, n_counters=1, counts="durations", p_three=0.01, rng_seed=0, oscillates=False):
    """A network of known mechanism, see the module.

    `n_counters` of 2 makes a redundant pair; of 0, a network without a period: every token is drawn independently of
    those before, but for the last one, which ends the tune after 16 bars. `p_three` is the chance of a `3` after a
    note, which is what makes the period irregular. `oscillates` puts the ring in the place of the counters; it draws no
    durations.
    """
    rng = np.random.default_rng(rng_seed)
    counters = COUNTERS[:n_counters]
    index = {token: place for place, token in enumerate(VOCABULARY)}

    first = _Draft(len(VOCABULARY))
    first.accumulator(FORM, {index["|"]: _PER_BAR}, start=-_PER_BAR * (N_BARS - 0.5))
    for unit in counters:
        eighths = {index[token]: _PER_EIGHTH * duration for token, duration in EIGHTHS[counts].items()}
        first.accumulator(unit, eighths, start=_cell(0))
        first.W_x[_FORGET, index["|"], unit] = -2 * _SATURATED
        first.W_x[_CELL, index["|"], unit] = np.arctanh(_cell(0))
    if oscillates:
        first.ring([index[pitch] for pitch in PITCHES])
    first.b[_INPUT, FOLLOWER] = -_SATURATED
    first.W_x[_INPUT, index["|"], FOLLOWER] = 2 * _SATURATED
    first.b[_CELL, FOLLOWER] = _SATURATED
    first.threshold(NOTE, [index[pitch] for pitch in PITCHES], above=0.5)
    below = first.fill(rng, used=(*COUNTERS, FOLLOWER, NOTE, FORM, *(RING if oscillates else ())))
    for unit in below:
        weights = rng.uniform(0.2, 1.0, len(PITCHES) // 2)
        first.W_x[_CELL, [index[pitch] for pitch in rng.permutation(PITCHES)], unit] = [*weights, *-weights]

    second, third = _Draft(N_UNITS), _Draft(N_UNITS)
    for unit, full, roomy in zip(counters, FULL, ROOMY, strict=False):
        second.threshold(full, [unit], above=0.0)
        second.threshold(roomy, [unit], above=(np.tanh(_cell(6)) + np.tanh(_cell(7))) / 2, sign=-1)
    if oscillates:
        # Both at +1, or one of them at -1.
        second.threshold(FULL[0], [RING[0], NOTE], above=_YES)
    third.threshold(FULL[0], FULL[: n_counters or 1], above=0.0)
    # OR of n votes of +-tanh(1).
    third.threshold(ROOMY[0], ROOMY[: n_counters or 1], above=(1 - n_counters) * _YES)
    for draft, note, form in ((second, NOTE, FORM), (third, NOTE_ABOVE, FORM_ABOVE)):
        draft.threshold(NOTE_ABOVE, [note], above=0.0)
        draft.threshold(FORM_ABOVE, [form], above=0.0)
        used = (*FULL, *ROOMY, NOTE_ABOVE, FORM_ABOVE)
        above = draft.fill(rng, used=used)
        draft.W_x[_CELL][np.ix_(below, above)] = rng.normal(0, 1.0, (len(below), len(above)))
        below = above

    V, v = np.zeros((len(VOCABULARY), N_UNITS)), np.full(len(VOCABULARY), -60.0)
    v[[index[pitch] for pitch in PITCHES]] = -np.log(len(PITCHES))
    for token, chance in {"|": 1 / 9, "2": 0.08, "3": p_three, "</s>": 1 / 144}.items():
        v[index[token]] = np.log(chance)
    V[index["</s>"], FORM_ABOVE] = 60 / _YES
    if n_counters or oscillates:
        V[index["|"], FULL[0]] = 60 / _YES
        for token, needed in {"2": [NOTE_ABOVE], "3": [NOTE_ABOVE, ROOMY[0]]}.items():
            V[index[token], needed] = 30 / _YES
            v[index[token]] -= 30 * len(needed)
        V[np.ix_([index[pitch] for pitch in PITCHES], below)] = rng.normal(0, 0.4, (len(PITCHES), len(below)))
    return Checkpoint(
        name="constructed",
        source_format="made by the tests",
        source_sha256="0" * 64,
        vocabulary=VOCABULARY,
        layers=tuple(draft.layer() for draft in (first, second, third)),
        softmax=Softmax(V=V.astype(np.float32), v=v.astype(np.float32)),
        embedding=None,
    )


def _cell(n_eighths):
    return _PER_EIGHTH * (n_eighths - 7.5)


class _Draft:
    """A layer in the making: to begin with, all units have open input and output gates, no memory and no input."""

    def __init__(self, n_in):
        self.W_x = np.zeros((4, n_in, N_UNITS))
        self.W_h = np.zeros((4, N_UNITS, N_UNITS))
        self.b = np.full((4, N_UNITS), _SATURATED)
        self.b[_FORGET] *= -1
        self.b[_CELL] = 0
        self.h0, self.c0 = np.zeros(N_UNITS), np.zeros(N_UNITS)

    def accumulator(self, unit, added, *, start):
        """c <- c + added[token], from `start` on."""
        self.b[_FORGET, unit] = _SATURATED
        for token, increment in added.items():
            self.W_x[_CELL, token, unit] = np.arctanh(increment)
        self.c0[unit], self.h0[unit] = start, np.tanh(start)

    def ring(self, notes):
        """Hand +1 on from unit to unit of `RING` at each note, from the first on; the others are -1."""
        self.b[_INPUT, RING], self.b[_FORGET, RING] = -_SATURATED, _SATURATED
        for unit, before in zip(RING, (RING[-1], *RING[:-1]), strict=True):
            self.W_x[_INPUT, notes, unit], self.W_x[_FORGET, notes, unit] = 2 * _SATURATED, -2 * _SATURATED
            self.W_h[_CELL, before, unit] = _STEEP
            start = 1.0 if unit == RING[0] else -1.0
            self.c0[unit], self.h0[unit] = start, np.tanh(start)

    def threshold(self, unit, reads, *, above, sign=1):
        """tanh(tanh(400 sign (sum of what it reads - above)))."""
        self.W_x[_CELL, reads, unit] = sign * _STEEP
        self.b[_CELL, unit] = -sign * _STEEP * above

    def fill(self, rng, *, used):
        """Give the unused units gates that are partly open, some memory, and ties among themselves."""
        fillers = np.setdiff1d(np.arange(N_UNITS), used)
        for gate, bias in ((_INPUT, 1.0), (_FORGET, -1.0), (_OUTPUT, 1.0)):
            self.b[gate, fillers] = bias + rng.normal(0, 0.3, len(fillers))
        self.W_h[_CELL][np.ix_(fillers, fillers)] = rng.normal(0, 0.2, (len(fillers), len(fillers)))
        return fillers

    def layer(self):
        arrays = (self.W_x, self.W_h, self.b, self.h0, self.c0)
        return Layer(*(array.astype(np.float32) for array in arrays), unit_index=np.arange(N_UNITS))
