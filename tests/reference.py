"""The network's equations once more, one number at a time in float64: slow, and independent of folkprobe's code."""

import math


def sigma(x):
    return 1.0 / (1.0 + math.exp(-x))


def run(checkpoint, token_indices, held=()):
    """Replay tokens through a network whose units are held, as far as their readers are concerned.

    `held` lists (layer, unit, value, scope) with the unit's place in the layer. Returns per step: the layers' hidden
    states, their cell states, the logits.
    """
    layers = checkpoint.layers
    h = [[float(x) for x in layer.h0] for layer in layers]
    c = [[float(x) for x in layer.c0] for layer in layers]
    steps = []

    def seen(layer, states, scopes):
        states = list(states)
        for held_layer, unit, value, scope in held:
            if held_layer == layer and scope in scopes:
                states[unit] = value
        return states

    for index in token_indices:
        if checkpoint.embedding is None:
            x = [1.0 if i == index else 0.0 for i in range(len(checkpoint.vocabulary))]
        else:
            x = [float(value) for value in checkpoint.embedding[index]]
        for number, layer in enumerate(layers, start=1):
            own = seen(number, h[number - 1], ("rec", "both"))
            new_h, new_c = [], []
            for unit in range(len(own)):
                z = []
                for gate in range(4):
                    total = float(layer.b[gate, unit])
                    total += sum(x[i] * float(layer.W_x[gate, i, unit]) for i in range(len(x)) if x[i])
                    total += sum(own[i] * float(layer.W_h[gate, i, unit]) for i in range(len(own)))
                    z.append(total)
                cell = sigma(z[1]) * c[number - 1][unit] + sigma(z[0]) * math.tanh(z[2])
                new_c.append(cell)
                new_h.append(sigma(z[3]) * math.tanh(cell))
            h[number - 1], c[number - 1] = new_h, new_c
            x = seen(number, new_h, ("out", "both"))
        logits = [
            float(checkpoint.softmax.v[token]) + sum(x[i] * float(row[i]) for i in range(len(x)))
            for token, row in enumerate(checkpoint.softmax.V)
        ]
        steps.append(([list(states) for states in h], [list(states) for states in c], logits))
    return steps


def posterior(logits, temperature=1.0):
    weights = [math.exp((logit - max(logits)) / temperature) for logit in logits]
    return [weight / sum(weights) for weight in weights]


def write_with_withheld_bars(checkpoint, bars, uniform, *, read, n_tokens_max, delays=None, substitutes=None):
    """Write a tune whose bar tokens are never read, or read late: token by token, in plain loops.

    `uniform` and `substitutes` give numbers in [0, 1) one by one, `delays` the numbers of tokens by which the bars are
    late, in the order in which they are drawn; None withholds every bar. Returns the tokens that were read, with the
    step at which each bar was drawn and the one at which it was read, and the tokens' log-probabilities.
    """
    read, waiting, moves, log_probabilities = list(read), None, [], []

    def invert(p, number, with_bars):
        allowed = [token for token in range(len(p)) if with_bars or token not in bars]
        left = number * sum(p[token] for token in allowed)
        for token in allowed:
            left -= p[token]
            if left < 0:
                return token
        return allowed[-1]

    while checkpoint.vocabulary[read[-1]] != "</s>" and len(read) < n_tokens_max:
        p = posterior(run(checkpoint, read)[-1][2])
        token = invert(p, next(uniform), with_bars=delays is not None and waiting is None)
        if waiting is not None:
            bar, drawn_at, due_at = waiting
            if len(read) == due_at:
                token, waiting = bar, None
                moves.append((drawn_at, due_at))
        elif token in bars:
            delay = next(delays)
            if delay:
                waiting = token, len(read), len(read) + delay
                token = invert(p, next(substitutes), with_bars=False)
            else:
                moves.append((len(read), len(read)))
        log_probabilities.append(math.log(p[token]))
        read.append(token)
    return read, moves, log_probabilities
