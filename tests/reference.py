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
